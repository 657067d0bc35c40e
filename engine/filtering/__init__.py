"""Filters that remove wrong displacement: outliers, motion against the topography, small isolated patches."""
