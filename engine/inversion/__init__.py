"""Time series from redundant pairs: weights, robust solver, covariance, velocity."""
