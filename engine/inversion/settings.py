"""Settings of the time-series inversion. Standard library only, so that forms can show them at start-up."""
from dataclasses import dataclass, replace
from datetime import date
from typing import Optional, Tuple

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
        help="Pixels with fewer valid pairs get no value. 0: a twentieth of the pairs, at most 10; of interferograms, which "
             "cover little time each, a quarter.")
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
        help="0: none. Otherwise how far the step between two dates an average interval apart may be from the pixel's "
             "mean velocity (standard deviation); smaller is smoother, and sudden motion is flattened.")

    def check(self) -> None:
        if self.smoothing and self.minimum_norm:
            raise SettingsError("Temporal smoothing and minimum norm both fill gaps of the network: choose one.")

    @property
    def is_robust(self) -> bool:
        """True for the estimators that reject pairs by their probability."""
        return self.robust in ("cauchy", "tukey")

    def for_stack(self, kind: str, pairs: int) -> "InvertSettings":
        """These settings with what follows from the stack where it is left open."""
        if kind != "insar" or self.min_observations:
            return self
        return replace(self, min_observations=max(1, -(-pairs // 4)))

    def fewest(self, pairs: int) -> int:
        """The number of valid pairs that a pixel needs, for a stack of so many pairs."""
        return self.min_observations or max(1, min(10, pairs // 20))


#: The inversion of the paper: two iterations with the misclosure, every pair alike.
PAPER = InvertSettings(weights="none", robust="misclosure", iterations=2, neighbours=False)


@dataclass(frozen=True)
class PrecisionSettings(Settings):
    """Precision of displacements on stable ground, by temporal baseline (Provost et al. 2022, section 3.4)."""
    min_quality: float = field(
        0.0, label="Lowest correlation or coherence", minimum=0.0, maximum=1.0,
        help="Pixels below do not count. Try several: higher limits give a better precision on fewer pixels.")
    cycle: int = field(
        30, label="Width of the baseline classes", unit="days", minimum=1, maximum=3660,
        help="Pairs are put together in classes of so many days of temporal baseline.")
    measure: str = field(
        "deviation", label="Measure", choices=(("deviation", "Standard deviation"), ("nmad", "Robust (NMAD)")),
        help="The paper takes the standard deviation, which a few wrong pixels dominate; NMAD leaves them out.")
    speed: Optional[float] = field(
        None, label="Speed to resolve", unit="m/yr", minimum=1e-6, maximum=1e6,
        help="Equation 6: the shortest temporal baseline over which this motion exceeds the precision. Empty: none.")


DECAYS = (("none", "None"), ("logarithmic", "Logarithmic"), ("exponential", "Exponential"))


@dataclass(frozen=True)
class ModelSettings(Settings):
    """A course in time fitted to every pixel of a series."""
    degree: int = field(
        1, label="Degree of the polynomial", minimum=0, maximum=5,
        help="1: velocity; 2: acceleration as well. With the choice below it is the highest that is tried.")
    seasonal: bool = field(
        False, label="Seasonal", help="A sine and a cosine of one year. Needs about two years of dates.")
    steps: str = field(
        "", label="Steps", kind="dates", help="Dates of sudden displacements (earthquakes), separated by commas.")
    decay: str = field(
        "none", label="Decay after the first step", choices=DECAYS,
        help="Post-seismic motion: A ln(1 + t / T) or A (1 - exp(-t / T)) from the first step (or the first date) on.")
    relaxation: float = field(
        30.0, label="Relaxation time T", unit="days", minimum=0.1, maximum=36525.0,
        help="T of the decay; it is held fixed, as few series can tell it.")
    change: bool = field(
        False, label="Find a change of velocity",
        help="The date after which the velocity differs, where the information criterion prefers it.")
    select: bool = field(
        True, label="Choose the degree by an information criterion", advanced=True,
        help="Bayesian information criterion, pixel by pixel. Off: the degree above everywhere.")

    def check(self) -> None:
        if self.decay != "none" and self.change:
            raise SettingsError("A decay and a change of velocity explain the same motion: choose one.")

    @property
    def step_dates(self) -> Tuple[date, ...]:
        """The dates of `steps`, sorted."""
        return tuple(sorted(date.fromisoformat(t.strip()[:10]) for t in self.steps.split(",") if t.strip()))
