"""Settings of matching. Standard library only: forms are made from them before anything else is loaded."""
from dataclasses import dataclass

from ..core.errors import SettingsError
from ..core.settings import Settings, field

CORRELATION, FLOW, PHASE = "correlation", "flow", "phase"
METHODS = ((CORRELATION, "Regularised correlation"), (FLOW, "Optical flow"), (PHASE, "Phase correlation"))
NONE, BOTH = "none", "both"
AVERAGES = ((NONE, "None"), (BOTH, "Forward and backward"))


@dataclass(frozen=True)
class MatchSettings(Settings):
    """Match two images densely."""
    method: str = field(CORRELATION, label="Method", choices=METHODS,
                        help="Regularised correlation is the most accurate on every kind of scene that was tested. "
                             "Optical flow suits images of different sensors, phase correlation large smooth motion "
                             "and cross-checks.")
    window: int = field(21, label="Window", unit="px", minimum=3, maximum=255,
                        help="Side of the correlation window, odd. With the regularisation the result is finer than "
                             "the window: 21 px hold enough texture at 1 % noise. Smaller follows narrow features, "
                             "larger calms noisy images (radar amplitude: 31 and more).")
    range: int = field(16, label="Search range", unit="px", minimum=1, maximum=256,
                       help="Largest shift that is looked for in each direction, mis-registration included. 16 px is "
                            "160 m with 10 m pixels: enough for all but fast glaciers. A larger range costs time and "
                            "wrong matches; take a little more than the fastest motion times the days between.")
    regularisation: float = field(0.3, label="Regularisation", minimum=0.0, maximum=3.0,
                                  help="How smooth the field is where the images say little; 0 leaves the plain "
                                       "window, 0.3 is strong. Its strength follows the noise of the images by itself; "
                                       "raise it only if the result still looks noisy.")
    threshold: float = field(0.15, label="Correlation threshold", minimum=-1.0, maximum=1.0,
                             help="Pixels whose windows correlate less are left out; where noise rules a scene, windows "
                                  "of three times the side count. 0.15 keeps noisy but usable ground and drops what "
                                  "changed; clouds and gross changes are recognised anyway.")
    step: int = field(1, label="Step", unit="px", minimum=1, maximum=64,
                      help="Pixels of the images per pixel of the result. 1 keeps every pixel; the regularised field "
                           "really resolves 2 to 3.")
    radius: int = field(12, label="Radius", unit="px", minimum=2, maximum=64,
                        help="Optical flow only: largest window radius; it is reduced from level to level of the "
                             "iterations down to a third. Larger is smoother.")
    levels: int = field(4, label="Levels", minimum=1, maximum=8,
                        help="Optical flow only: levels of the pyramid. 4 reaches shifts of about 16 px.")
    iterations: int = field(4, label="Iterations", minimum=1, maximum=50,
                            help="Optical flow and phase correlation: iterations at each radius or window. The "
                                 "estimates rarely change after the fourth.")
    rank: int = field(4, label="Rank radius", unit="px", minimum=0, maximum=16,
                      help="Optical flow only: radius of the rank transform that makes images of different light or "
                           "sensors comparable; 0 = none, 4 as in the literature.")
    detect_change: bool = field(True, label="Detect clouds and change", advanced=True,
                                help="Leave out ground whose brightness changed (clouds, shadows, fresh snow, floods) "
                                     "before matching, even where no mask tells. One cloud would otherwise bend the "
                                     "field around it.")
    mask_water: bool = field(True, label="Leave out water", advanced=True,
                             help="Where a class mask is given. Waves and ice floes do not move with the ground.")
    mask_snow: bool = field(False, label="Leave out snow", advanced=True,
                            help="Where a class mask is given. Off: glaciers are snow to a classifier, and snow keeps "
                                 "its texture over weeks.")
    logarithm: bool = field(True, label="Logarithm of brightness", advanced=True,
                            help="Compare logarithms where all values are positive: light and shade change "
                                 "brightness by a factor, which becomes an offset.")
    radar: bool = field(False, label="Radar amplitude", advanced=True,
                        help="For geocoded amplitude or backscatter of synthetic aperture radar. Speckle is averaged first "
                             "(about 25 looks), and texture of all lengths counts, because no sun casts light on relief. "
                             "Take a window of 31 px or more.")

    def check(self) -> None:
        if self.window % 2 == 0:
            raise SettingsError(f"Window: {self.window} px is even, but the window is centred on a pixel. "
                                f"Take {self.window - 1} or {self.window + 1}.")

    @property
    def window_sigma(self) -> float:
        """Sigma of the Gaussian window that holds as much as a square of side `window`, px."""
        return ((self.window ** 2 - 1) / 12.0) ** 0.5


@dataclass(frozen=True)
class PairRunSettings(MatchSettings):
    """Match many pairs into a stack."""
    average: str = field(NONE, label="Average", choices=AVERAGES,
                         help="Forward and backward matches each pair in both directions and averages them where they "
                              "agree. It finds gross errors of large motion at twice the time; it does not reduce "
                              "noise, which both directions share.")
    bands: str = field("", label="Bands", help="Names or numbers of the bands to match and average, comma separated, "
                                               "for example B04,B08. Empty takes the best band of each product, or "
                                               "the first of a plain raster.")
    scheduler: str = field("", label="Dask scheduler",
                           help="Address of a Dask cluster over shared storage, for example tcp://host:8786. Empty "
                                "works on this machine.")
    agreement: float = field(0.5, label="Agreement", unit="px", minimum=0.01, maximum=10.0, advanced=True,
                             help="Directions or bands that differ by more than this from their median are left out; "
                                  "right matches differ by less than 0.3 px even at 10 % noise.")
    threads: int = field(0, label="Threads", minimum=0, maximum=256, advanced=True,
                         help="Pairs or tiles worked on at once; 0 takes every core.")

    def match_settings(self) -> MatchSettings:
        """The settings of one match."""
        names = MatchSettings.__dataclass_fields__
        return MatchSettings(**{name: getattr(self, name) for name in names})
