"""Which scenes are paired, and whether the pairs hold together."""
