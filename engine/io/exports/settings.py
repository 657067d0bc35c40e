"""Settings of sampling and export of time series."""
from dataclasses import dataclass

from ...core.settings import Settings, field

FORMATS = (("netcdf", "NetCDF"), ("cog", "COG"), ("mesh", "mesh"), ("mintpy", "MintPy"),
           ("insarexplorer", "InSAR Explorer"))
COMPONENTS = (("main", "along the mean direction, or line of sight"), ("east", "east"), ("north", "north"))
_COMPONENT = ("Displacement in the columns DYYYYMMDD. Along the mean direction: the part of the horizontal displacement "
              "in the direction in which the place moves on average, so that steady motion grows. A line-of-sight "
              "series has only its own component.")


@dataclass(frozen=True)
class SampleSettings(Settings):
    """How places are sampled."""
    component: str = field("main", label="Component", choices=COMPONENTS, advanced=True, help=_COMPONENT)
    unit: str = field("m", label="Unit of the columns", choices=(("m", "metres"), ("mm", "millimetres")), advanced=True,
                      help=("Metres as everywhere here. InSAR Explorer and PS Time Series Viewer write mm beside their "
                            "axes: choose millimetres for them. The column 'unit' says which it is."))


@dataclass(frozen=True)
class ExportSettings(Settings):
    """What is written, and for whom."""
    format: str = field("netcdf", label="Format", choices=FORMATS, help=(
        "NetCDF: one CF file with a time axis (xarray, Panoply). COG: cloud-optimised GeoTIFFs of each component, "
        "velocity and quality. mesh: UGRID mesh with vectors, for arrows and streamlines in QGIS. MintPy: "
        "timeseries.h5 and velocity.h5 (of east and north: a folder each). InSAR Explorer: points with columns "
        "DYYYYMMDD in mm."))
    component: str = field("main", label="Component of the points", choices=COMPONENTS, advanced=True,
                           help=_COMPONENT + " InSAR Explorer only.")
    every: int = field(0, label="Every n-th pixel", unit="px", minimum=0, maximum=1000, advanced=True, help=(
        "Mesh and points: one node for each block of n x n pixels, their mean; or one point from each block, its "
        "middle pixel. 0: as many as QGIS draws fluently (250 000 nodes, 100 000 points)."))
