"""The embedded sample: terrain, texture, motion, atmosphere and sensor of a simulated Sentinel-2-like series."""
