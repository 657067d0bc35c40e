"""Dense sub-pixel matching of two images: regularised correlation, optical flow, phase correlation; pairs into stacks."""
