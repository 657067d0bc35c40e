"""Settings of the simulated interferograms."""
from dataclasses import dataclass, replace

from ...core.settings import Settings, field

ASCENDING, DESCENDING = "ascending", "descending"
TRACKS = (("both", "Ascending and descending"), (ASCENDING, "Ascending"), (DESCENDING, "Descending"))


@dataclass(frozen=True)
class SimulateInterferogramsSettings(Settings):
    """Products of one or two tracks over a mountain with glaciers, in the layout of ASF's HyP3."""
    tracks: str = field("both", label="Tracks", choices=TRACKS, help="Each track goes into a folder of its own.")
    size: int = field(256, label="Size", unit="px", minimum=32, maximum=1024,
                      help="Width and height of the area; a pixel is 80 m. Products cover a little less, each its own "
                           "part.")
    dates: int = field(38, label="Dates of each track", minimum=4, maximum=200,
                       help="Every 12 days, with two passes missing in a long series. 38 dates are 1.3 years and 108 "
                            "products a track.")
    neighbours: int = field(3, label="Neighbours", minimum=1, maximum=6,
                            help="Each date makes an interferogram with so many later ones.")
    seed: int = field(1, label="Seed", minimum=0, maximum=2 ** 31 - 1,
                      help="The same seed gives the same products; another one other weather and noise.")
    clean: bool = field(False, label="Without errors",
                        help="No atmosphere, noise, constants or errors of unwrapping, for tests of signs and units. "
                             "Extents still differ.")
    archives: bool = field(False, label="As zip archives", help="As HyP3 delivers them.", advanced=True)
    motion: float = field(0.9, label="Fastest motion toward west", unit="m/yr", minimum=0.0, maximum=20.0,
                          advanced=True, help="Of the western glaciers; the eastern ones reach two fifths of it. The "
                                              "tongues sink by a third of it.")
    north: float = field(0.0, label="Motion along north", unit="×", minimum=0.0, maximum=2.0, advanced=True,
                         help="0: glaciers move east or west, and two tracks see everything. 1: they flow radially; "
                              "their north component, which two tracks hardly see, goes into east and up.")
    stratified: float = field(0.03, label="Stratified atmosphere", unit="m/km", minimum=0.0, maximum=1.0,
                              advanced=True, help="Largest delay per kilometre of elevation, either sign, one value a "
                                                  "date.")
    turbulent: float = field(0.0075, label="Turbulent atmosphere", unit="m", minimum=0.0, maximum=0.2, advanced=True,
                             help="Mean standard deviation of a date; single dates have two thirds to four thirds.")
    constants: bool = field(True, label="Constants", advanced=True,
                            help="Each interferogram has an unknown constant of up to two cycles.")
    decorrelation: bool = field(True, label="Decorrelation", advanced=True,
                                help="Phase noise by coherence, which time and fast ice destroy.")
    unwrapping_errors: int = field(2, label="Unwrapping errors", minimum=0, maximum=50, advanced=True,
                                   help="Patches that lie one cycle off, in different interferograms.")
    noise_interferograms: int = field(2, label="Interferograms of noise", minimum=0, maximum=50, advanced=True,
                                      help="Products without any coherence.")
    dem_error: float = field(0.0, label="Error of the DEM", unit="m", minimum=0.0, maximum=200.0, advanced=True,
                             help="1 standard deviation; its phase grows with the perpendicular baseline.")
    baseline: float = field(60.0, label="Perpendicular baselines", unit="m", minimum=0.0, maximum=1000.0, advanced=True,
                            help="1 standard deviation of the orbits.")
    extents: bool = field(True, label="Different extents", advanced=True,
                          help="Products of one track never share one extent. Off: all cover the whole area.")

    @property
    def track_names(self):
        """The tracks to make, in order."""
        return (ASCENDING, DESCENDING) if self.tracks == "both" else (self.tracks,)

    @property
    def effective(self) -> "SimulateInterferogramsSettings":
        """These settings with every error off where "Without errors" asks for it."""
        if not self.clean:
            return self
        return replace(self, stratified=0.0, turbulent=0.0, constants=False, decorrelation=False, unwrapping_errors=0,
                       noise_interferograms=0, dem_error=0.0)
