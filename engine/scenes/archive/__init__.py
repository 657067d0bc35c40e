"""Archives: search and download over the STAC interface, elevation models, glacier outlines."""
