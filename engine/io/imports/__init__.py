"""Displacements that other programs made, as a stack. One module per format; `displacements.run` is the entrance."""
