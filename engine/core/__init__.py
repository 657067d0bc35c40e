"""What every stage shares: settings, grids, records, manifests, flags, units, errors and progress."""
