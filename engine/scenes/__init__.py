"""Scenes: simulated, found in folders, prepared and classified."""
