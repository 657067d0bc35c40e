"""Simulated interferograms: HyP3-like products of a glaciated mountain whose motion is known."""
