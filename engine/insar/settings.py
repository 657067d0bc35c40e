"""Settings of selection and reference of interferograms. Standard library only, so that forms can show them."""
from dataclasses import dataclass

from ..core.settings import Settings, field


@dataclass(frozen=True)
class SelectSettings(Settings):
    """Which interferograms of a stack are used."""
    max_days: int = field(
        30, label="Longest temporal baseline", unit="days", minimum=1, maximum=36525,
        help="Longer pairs lose their coherence (Xu: 30 days).")
    max_perpendicular: float = field(
        300.0, label="Longest perpendicular baseline", unit="m", minimum=0.0, maximum=1e5,
        help="Either sign (Xu: 300 m). Pairs whose baseline is not known are kept.")
    min_coherence: float = field(
        0.1, label="Lowest mean coherence", minimum=0.0, maximum=1.0,
        help="Mean over the area. Below 0.1 an interferogram is noise (Xu); one such pair spoils a velocity map by "
             "centimetres per year. Pairs without coherence are kept.")
    spanning_tree: bool = field(
        False, label="Keep the spanning tree", name="SPANNINGTREE",
        help="Pairs that hold the dates together are kept whatever their baselines and coherence: of all ways to do so, "
             "those of the highest coherence.")
    drop_pairs: str = field(
        "", label="Pairs to leave out", advanced=True, name="DROPPAIRS",
        help="Names like 20220105_20220117, separated by commas.")
    drop_dates: str = field(
        "", label="Dates to leave out", kind="dates", advanced=True, name="DROPDATES",
        help="All pairs of these dates are left out, for example of a day with snow or a storm. ISO dates, separated by "
             "commas.")


@dataclass(frozen=True)
class ReferenceStackSettings(Settings):
    """What is held still in every interferogram, and how it is found where nobody says so."""
    radius: int = field(
        0, label="Radius around the point", unit="px", minimum=0, maximum=500, advanced=True,
        help="0: the pixel that holds the point. Otherwise the median of the pixels around it, which noise moves less.")
    coherence: float = field(
        0.7, label="Automatic: coherence", minimum=0.0, maximum=1.0, advanced=True,
        help="Least mean coherence of the automatic reference; where no ground reaches it, the best tenth is taken.")
    elevation_range: float = field(
        200.0, label="Automatic: elevation", unit="m", minimum=1.0, maximum=10000.0, advanced=True, name="ELEVATIONRANGE",
        help="The automatic reference lies within so many metres of the mean elevation: delays of a stratified "
             "atmosphere then spoil the rest of the area least.")
    min_pixels: int = field(
        1, label="Fewest pixels", unit="px", minimum=1, maximum=10 ** 6, advanced=True, name="MINPIXELS",
        help="Pairs with fewer valid pixels on the reference are left out and named.")
