"""Interferograms: selection, closure, atmosphere, errors of the DEM, and motion in two dimensions."""
