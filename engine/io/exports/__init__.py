"""Series for other programs: points and tables, NetCDF, COG, meshes, MintPy. Nothing here is read back."""
