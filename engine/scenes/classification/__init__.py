"""Classes of a scene after the published Fmask rules: spectral tests, cloud probability, shadows, parallax."""
