"""A line on the map, and the displacement along and across it."""
