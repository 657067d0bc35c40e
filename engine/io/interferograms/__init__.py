"""Interferograms of other programs: HyP3, MintPy, LiCSAR, and folders of GeoTIFFs with a mapping."""
