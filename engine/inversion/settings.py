"""Settings of the time-series inversion. Standard library only, so that forms can show them at start-up."""
from dataclasses import dataclass
from typing import Optional

from ..core.errors import SettingsError
from ..core.settings import Settings, field

WEIGHTS = (("none", "None: every pair counts the same"),
           ("short", "Short baselines (eq. 3)"),
           ("long", "Long baselines (eq. 4)"),
           ("quality", "Correlation or coherence"),
           ("variance", "Variance of each pair"))

ROBUST = (("none", "None: least squares"),
          ("misclosure", "Network misclosure (eq. 5)"),
          ("cauchy", "Cauchy"),
          ("tukey", "Tukey's biweight"))


@dataclass(frozen=True)
class InvertSettings(Settings):
    """Cumulative displacement of every date, velocity and their sigmas from a network of pairs."""
    weights: str = field(
        "variance", label="Weights", choices=WEIGHTS,
        help="How much a pair counts. Variance takes the sigma band (or the correlation or coherence where there is "
             "none) and corrects it pair by pair with the misclosures of the network. Weights multiply the squared "
             "residuals.")
    robust: str = field(
        "cauchy", label="Robust estimator", choices=ROBUST,
        help="What happens to pairs that contradict the others. Cauchy and Tukey start pixel by pixel and then look "
             "at the neighbouring pixels and at each pair's prediction by all others. Misclosure is the re-weighting "
             "of Provost et al. (2022), equation 5.")
    iterations: int = field(
        5, label="Iterations", minimum=1, maximum=50,
        help="Solutions of each pixel before neighbours are compared, the first one without robust weights. Five are "
             "enough for a tenth of wrong pairs; the paper uses 2 for the misclosure. Without a robust estimator "
             "there is one solution.")
    min_observations: int = field(
        0, label="Fewest observations", unit="pairs", minimum=0, maximum=10000,
        help="Pixels with fewer valid pairs get no value. 0: a tenth of the pairs, at most 10.")
    neighbours: bool = field(
        True, label="Compare with neighbouring pixels", advanced=True,
        help="Cauchy and Tukey only. Medians of 3 x 3 pixels of the step from date to date decide where a single "
             "pixel has two contradicting pairs and nothing else. Small moving features are kept by a guard.")
    learn_sigma: bool = field(
        True, label="Learn the noise of each pair", advanced=True,
        help="With variance weights: one factor per pair from the misclosures of the network (variance components). "
             "Off: the sigmas of the stack are believed and get one common factor only if they are unknown.")
    date_noise: bool = field(
        True, label="Noise shared by the pairs of a date", advanced=True,
        help="Atmosphere or mis-registration of one image shifts all its pairs alike and leaves no misclosure. Its "
             "size is learnt from the roughness of the series in time and added to every sigma.")
    reference_noise: Optional[float] = field(
        None, label="Noise R0", unit="m", minimum=1e-6, maximum=1e3, advanced=True,
        help="R0 of equation 5, about the standard deviation of the noise. Empty: learnt from the residuals.")
    minimum_norm: bool = field(
        False, label="Join unconnected parts by minimum norm", advanced=True,
        help="Singular value decomposition: unconnected parts of the network are joined by the smallest velocities. "
             "A guess, not a measurement; such pixels keep their flag and have no sigma outside the main part.")
    smoothing: float = field(
        0.0, label="Temporal smoothing", unit="m", minimum=0.0, maximum=1e4, advanced=True,
        help="0: none. Otherwise the standard deviation of the step between neighbouring dates about the pixel's "
             "mean velocity; smaller is smoother, and sudden motion is flattened.")

    def check(self) -> None:
        if self.smoothing and self.minimum_norm:
            raise SettingsError("Temporal smoothing and minimum norm both fill gaps of the network: choose one.")

    @property
    def is_robust(self) -> bool:
        """True for the estimators that reject pairs by their probability."""
        return self.robust in ("cauchy", "tukey")

    def fewest(self, pairs: int) -> int:
        """The number of valid pairs that a pixel needs, for a stack of so many pairs."""
        return self.min_observations or max(1, min(10, pairs // 10))


#: The inversion of the paper: two iterations with the misclosure, every pair alike.
PAPER = InvertSettings(weights="none", robust="misclosure", iterations=2, neighbours=False)
