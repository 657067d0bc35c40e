"""Settings of the scenes stage."""
from dataclasses import dataclass
from typing import Optional

from ..core.errors import SettingsError
from ..core.settings import Settings, field

GLACIER, LANDSLIDE, EARTHQUAKE = "glacier", "landslide", "earthquake"
SCENARIOS = ((GLACIER, "Glacier"), (LANDSLIDE, "Landslide"), (EARTHQUAKE, "Earthquake"))
#: Sentinel-2 bands that the simulator knows the ground's spectra of.
SIMULATED_BANDS = ("B02", "B03", "B04", "B08", "B11", "B12", "B07", "B8A", "B10")


@dataclass(frozen=True)
class Artefacts:
    """What the sensor does to a scene where the user says nothing, px. Each service has its own troubles."""
    detector_offset: float
    jitter: float
    ramp: float


#: Sentinel-2 pairs over faults are chosen for their date, not for their quality, and show all three.
ARTEFACTS = {GLACIER: Artefacts(0.02, 0.02, 0.10), LANDSLIDE: Artefacts(0.02, 0.02, 0.10),
             EARTHQUAKE: Artefacts(0.08, 0.10, 0.30)}


@dataclass(frozen=True)
class SimulateSettings(Settings):
    """A Sentinel-2-like series with known motion."""
    scenario: str = field(LANDSLIDE, label="Scenario", choices=SCENARIOS,
                          help="Glacier: a valley glacier with shear margins and a summer speed-up, one year. "
                               "Landslide: a slow body that accelerates, two years. "
                               "Earthquake: a strike-slip rupture between two dates, four months.")
    size: int = field(512, label="Size", unit="px", minimum=96, maximum=2048,
                      help="Width and height of the scenes. 512 takes seconds.")
    dates: int = field(12, label="Number of scenes", minimum=2, maximum=120, help="12 make a network of 66 pairs.")
    seed: int = field(1, label="Seed", minimum=0, maximum=2 ** 31 - 1,
                      help="The same seed gives the same scenes; another one other terrain, weather and errors.")
    pixel_size: float = field(10.0, label="Pixel size", unit="m", minimum=1.0, maximum=60.0, advanced=True,
                              help="10 m is Sentinel-2's. Motion is made in pixels, so metres grow with it.")
    motion: float = field(1.0, label="Motion", unit="×", minimum=0.0, maximum=5.0, advanced=True,
                          help="Factor on the scenario's motion; 0 holds the ground still, for tests of precision.")
    rupture_top: float = field(0.0, label="Top of the rupture", unit="m", minimum=0.0, maximum=20000.0, advanced=True,
                               help="Earthquake: 0 breaks the surface in a sharp step; deeper smooths it.")
    rupture_bottom: float = field(1200.0, label="Bottom of the rupture", unit="m", minimum=100.0, maximum=20000.0,
                                  advanced=True, help="Earthquake: depth at which slip ends. Deeper moves ground "
                                                      "farther from the fault; 1200 m fits a scene of 5 km.")
    cloud: float = field(10.0, label="Cloud cover", unit="%", minimum=0.0, maximum=80.0, advanced=True,
                         help="Mean share of the series; single scenes have less or more.")
    mask_clouds: bool = field(True, label="Announce the class masks", advanced=True,
                              help="Write the class rasters' paths into the scenes layer. Off: clouds come unannounced.")
    noise: float = field(15.0, label="Sensor noise", unit="DN", minimum=0.0, maximum=500.0, advanced=True,
                         help="1 standard deviation at reflectance 0.2 (DN 2000); Sentinel-2's red band has about 14.")
    change: float = field(0.2, label="Change of the ground", minimum=0.0, maximum=1.0, advanced=True,
                          help="Share of the fine texture that differs between any two dates (plants, moisture).")
    seasons: bool = field(True, label="Seasons", advanced=True,
                          help="Vegetation, snow, haze and the real sun of each date. Off: one summer day for all.")
    misregistration: float = field(0.3, label="Misregistration", unit="px", minimum=0.0, maximum=5.0, advanced=True,
                                   help="Largest shift of a scene; each has its own, from a third of it up.")
    detector_offset: Optional[float] = field(None, label="Detector offsets", unit="px", minimum=0.0, maximum=2.0,
                                             advanced=True, help="1 standard deviation per detector, scene and "
                                                                 "axis. Empty: the scenario's.")
    jitter: Optional[float] = field(None, label="Jitter", unit="px", minimum=0.0, maximum=2.0, advanced=True,
                                    help="Amplitude of the along-track undulation of 1.8-2 km. Empty: the scenario's.")
    ramp: Optional[float] = field(None, label="Ramp", unit="px", minimum=0.0, maximum=5.0, advanced=True,
                                  help="Largest difference across a scene, per axis. Empty: the scenario's.")
    bands: str = field("B04", label="Bands", advanced=True,
                       help="One or more of B02, B03, B04, B07, B08, B8A, B10, B11, B12, comma separated, all at the pixel "
                            "size. Several go into one raster per date. Classify needs B02, B03, B04, B08 and B11.")

    def check(self) -> None:
        unknown = [name for name in self.band_names if name not in SIMULATED_BANDS]
        if unknown or not self.band_names:
            raise SettingsError(f"Bands: {', '.join(unknown) or 'none given'}. Use one or more of "
                                f"{', '.join(SIMULATED_BANDS)}.")
        if self.rupture_top >= self.rupture_bottom:
            raise SettingsError(f"Top of the rupture ({self.rupture_top:g} m) must lie above its bottom "
                                f"({self.rupture_bottom:g} m).")

    @property
    def band_names(self):
        """Bands in the order of the rasters, each once."""
        return tuple(dict.fromkeys(name.strip().upper() for name in self.bands.split(",") if name.strip()))

    @property
    def artefacts(self) -> Artefacts:
        """Artefacts as asked for; what is empty comes from the scenario."""
        usual = ARTEFACTS[self.scenario]
        return Artefacts(*(own if own is not None else preset for own, preset in (
            (self.detector_offset, usual.detector_offset), (self.jitter, usual.jitter), (self.ramp, usual.ramp))))

    def without_artefacts(self) -> "SimulateSettings":
        """The same ground under a perfect sensor and a clear, constant sky."""
        from dataclasses import replace
        return replace(self, cloud=0.0, noise=0.0, change=0.0, seasons=False, misregistration=0.0,
                       detector_offset=0.0, jitter=0.0, ramp=0.0)
