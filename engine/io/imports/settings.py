"""Settings of the import of displacements."""
from dataclasses import dataclass
from typing import Optional

from ...core.errors import SettingsError
from ...core.settings import Settings, field

FORMATS = (("detect", "Detect"), ("geotiff", "GeoTIFF"), ("autorift", "autoRIFT"), ("itslive", "ITS_LIVE"),
           ("micmac", "MicMac"), ("cosicorr", "COSI-Corr"))
UNITS = (("m", "metres"), ("px", "pixels"), ("m/yr", "m/yr"), ("m/day", "m/day"))


@dataclass(frozen=True)
class ImportSettings(Settings):
    """How files of another program are read: what they do not say themselves is declared here."""
    format: str = field("detect", label="Format", choices=FORMATS, help=(
        "Who made the files. Detect looks at names, bands and variables, and says in the log what it found. GeoTIFF: "
        "two files (_vx and _vy, _dx and _dy, …) or one file with both bands for each pair of dates."))
    unit: Optional[str] = field(None, label="Unit", choices=UNITS, help=(
        "Unit of the values. Left empty, it is taken from the files, or from the format where it is fixed (ITS_LIVE: "
        "m/yr, autoRIFT offsets and MicMac: pixels, COSI-Corr: metres). GeoTIFF files that do not say their unit "
        "need it. Velocity times the days between the dates is the displacement."))
    cover: str = field("all", label="Cover", choices=(("all", "all area"), ("common", "common area")), advanced=True,
                       help=("Area of the stack where maps have different extents: all that any map covers, or only "
                             "what all maps cover."))
    north: str = field("format", label="Second component is positive", advanced=True, name="NORTHSIGN", choices=(
        ("format", "as the format has it"), ("up", "north (up)"), ("down", "south (down)")), help=(
        "GeoTIFF, ITS_LIVE, autoRIFT and COSI-Corr: positive north (up the map). MicMac: positive down the rows. "
        "Change this where your files differ; the log says what was taken."))
    pixel_size: float = field(0.0, label="Pixel of the images", unit="m", minimum=0.0, advanced=True, help=(
        "Side of the image pixel that values in pixels refer to. 0: the maps' own pixel, which is wrong where maps "
        "are coarser than the images they were measured in."))
    x_pattern: str = field("", label="Name of the first component", advanced=True, help=(
        "Part of the file name (or band name) that marks the east component, e.g. _vx. Empty: the usual ones "
        "(_vx, _dx, _ux, _east, _ew, _px1)."))
    y_pattern: str = field("", label="Name of the second component", advanced=True, help=(
        "Part of the file name (or band name) that marks the north component, e.g. _vy; the rest of the name must be "
        "the same as that of the first component. Empty: the usual ones."))
    no_data: Optional[float] = field(None, label="No-data value", advanced=True, help=(
        "A value that means no data, in addition to what the files declare."))
    reference_date: str = field("", label="First date", kind="date", advanced=True, help=(
        "Date of the first image, for one pair whose files and folders do not say it."))
    secondary_date: str = field("", label="Second date", kind="date", advanced=True, help=(
        "Date of the second image, for one pair whose files and folders do not say it."))

    def check(self):
        if bool(self.x_pattern) != bool(self.y_pattern):
            raise SettingsError("Names of the components: give both, or neither.")
        if self.x_pattern and self.x_pattern.lower() == self.y_pattern.lower():
            raise SettingsError(f"Names of the components: '{self.x_pattern}' cannot mark both of them.")
        if bool(self.reference_date) != bool(self.secondary_date):
            raise SettingsError("First and second date: give both, or neither.")
        if self.reference_date and self.reference_date == self.secondary_date:
            raise SettingsError(f"First and second date are the same ({self.reference_date}).")
