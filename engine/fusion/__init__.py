"""Mean velocity and vector coherence of a stack of pairs."""
