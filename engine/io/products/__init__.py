"""Archive products: how Sentinel-2, Landsat and single-band folders name their bands and describe themselves."""
