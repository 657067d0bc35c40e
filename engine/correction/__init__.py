"""Corrections of measured displacement: ramps, stripes, jitter, reference, and their sequence over a stack."""
