"""Groups of the toolbox, in the order of the work."""
from enum import Enum


class Group(Enum):
    """A toolbox group: its label; the id and icon are the member's name."""
    SCENES = "1 Scenes"
    PAIRS = "2 Pairs"
    MATCHING = "3 Matching"
    CORRECTION = "4 Correction"
    FILTERING = "5 Filtering"
    TIMESERIES = "6 Time series"
    INSAR = "7 InSAR"
    VALIDATION = "8 Validation"
    WORKFLOWS = "9 Workflows"

    @property
    def id(self) -> str:
        return self.name.lower()
