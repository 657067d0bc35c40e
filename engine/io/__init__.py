"""Files in and out: rasters, displacements, manifests, tables of scenes and pairs, archive products."""
