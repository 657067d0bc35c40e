"""The main dock: scenes, pairs, matching, results. Pages are views on one study; every run is a Processing algorithm."""
