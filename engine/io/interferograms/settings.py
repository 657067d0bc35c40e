"""Settings of the import of interferograms."""
from dataclasses import dataclass
from typing import Optional

from ...core.errors import SettingsError
from ...core.settings import Settings, field

FORMATS = (("detect", "Detect"), ("hyp3", "HyP3"), ("mintpy", "MintPy"), ("licsar", "LiCSAR"),
           ("geotiff", "GeoTIFF with the mapping below"))
RADIANS = "rad"
UNITS = ((RADIANS, "radians"), ("mm", "millimetres"), ("cm", "centimetres"), ("m", "metres"))
AWAY, TOWARD = "away", "toward"


@dataclass(frozen=True)
class ImportInterferogramsSettings(Settings):
    """How interferograms are found, and what their files do not say themselves."""
    format: str = field("detect", label="Format", choices=FORMATS, help=(
        "Who made the interferograms. Detect looks at names and says in the log what it found. HyP3: ASF's GAMMA "
        "products, single and multiple bursts, as folders or zips. MintPy: ifgramStack.h5 with geometryGeo.h5, or "
        "timeseries.h5. LiCSAR: *.geo.unw.tif, *.geo.cc.tif, E, N, U."))
    cover: str = field("common", label="Cover", choices=(("common", "common area"), ("all", "all area")), help=(
        "Products never share one extent. Common: what all of them cover. All: what any of them covers; dates then "
        "have holes at the edges."))
    several: str = field("refuse", label="Several tracks in the folder", advanced=True, name="TRACKS", choices=(
        ("refuse", "Refuse, naming them"), ("each", "A stack for each")), help=(
        "Interferograms of different tracks, frames or bursts see the ground from different sides and cannot go into "
        "one stack. A stack for each: in folders of the output named after them."))
    need_look: bool = field(True, label="Look vectors are needed", advanced=True, help=(
        "Without look vectors motion is known along the line of sight only and can't become east and up. Off: import "
        "such products all the same. GeoTIFFs with a mapping never need them."))
    wavelength: Optional[float] = field(None, label="Wavelength", unit="m", minimum=0.001, maximum=2.0, advanced=True,
                                        help=("Of the radar. Empty: from the files, or that of Sentinel-1 "
                                              "(0.0554658 m) for HyP3 and LiCSAR."))
    looks: Optional[float] = field(None, label="Independent looks", minimum=1.0, maximum=10000.0, advanced=True, help=(
        "Looks of the coherence, which together give the sigma of each pixel. Empty: half of the product of range and "
        "azimuth looks that the files tell (neighbouring samples of a radar are not independent)."))
    dataset: str = field("unwrapPhase", label="MintPy: dataset of the phase", advanced=True, help=(
        "unwrapPhase, or a corrected one such as unwrapPhase_bridging or unwrapPhase_phaseClosure."))
    result: str = field("stack", label="MintPy: what to import", advanced=True, name="MINTPYRESULT", choices=(
        ("stack", "Interferograms; a time series where there are none"), ("series", "The time series")), help=(
        "A time series becomes a series.json with velocity, quality and look vectors, and needs no inversion."))
    phase_files: str = field("*unw*.tif", label="GeoTIFF: names of the phases", advanced=True, help=(
        "Pattern of the file names, * stands for anything; several patterns separated by commas. Both dates must stand "
        "in the name or in the file's metadata."))
    coherence_files: str = field("*cc*.tif, *coh*.tif, *cor*.tif", label="GeoTIFF: names of the coherences",
                                 advanced=True, help="Pattern of file names with the same two dates. None is needed.")
    elevation_files: str = field("*dem*.tif, *hgt*.tif, *height*.tif", label="GeoTIFF: elevation", advanced=True,
                                 help="Pattern of the file with the elevation, m.")
    look_files: str = field("*E.geo.tif, *N.geo.tif, *U.geo.tif", label="GeoTIFF: look vector", advanced=True, help=(
        "Patterns of the files with east, north and up of the unit vector from the ground to the satellite, in this "
        "order, separated by commas."))
    incidence: Optional[float] = field(None, label="GeoTIFF: incidence angle", unit="°", minimum=1.0, maximum=89.0,
                                       advanced=True, help=("One angle from the vertical for the whole area, where "
                                                            "there are no files of the look vector."))
    heading: Optional[float] = field(None, label="GeoTIFF: heading", unit="°", minimum=-360.0, maximum=360.0,
                                     advanced=True, help=("Direction of flight, clockwise from north, of a satellite "
                                                          "that looks to the right; with the incidence angle."))
    value_unit: Optional[str] = field(None, label="GeoTIFF: unit of the values", choices=UNITS, advanced=True,
                                      name="VALUEUNIT", help="Empty: what the files say, else radians.")
    positive: str = field(AWAY, label="GeoTIFF: positive is", advanced=True, choices=(
        (AWAY, "away from the satellite"), (TOWARD, "toward the satellite")), help=(
        "Motion that gives positive values. Unwrapped phase of GAMMA, ISCE, HyP3, ROI_PAC and LiCSAR is positive away."))
    reference_date: str = field("", label="GeoTIFF: first date", kind="date", advanced=True,
                                help="For one interferogram whose name and metadata hold no dates.")
    secondary_date: str = field("", label="GeoTIFF: second date", kind="date", advanced=True,
                                help="For one interferogram whose name and metadata hold no dates.")

    def check(self):
        if (self.incidence is None) != (self.heading is None):
            raise SettingsError("Incidence angle and heading: give both, or neither.")
        if bool(self.reference_date) != bool(self.secondary_date):
            raise SettingsError("First and second date: give both, or neither.")
        if self.reference_date and self.reference_date == self.secondary_date:
            raise SettingsError(f"First and second date are the same ({self.reference_date}).")
        if self.look_files.strip() and len(patterns(self.look_files)) != 3:
            raise SettingsError("Look vector: give three patterns (east, north, up), separated by commas, or none.")


def patterns(text: str):
    """The patterns of a list separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
