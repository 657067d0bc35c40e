"""Time-series dock: click on the map, see the history of the ground there."""
