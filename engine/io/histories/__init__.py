"""Histories of places out of any kind of time series: our own, MintPy's, multi-band rasters, points with dates."""
