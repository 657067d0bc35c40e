"""Toolbox group Validation: velocities and series against stations and other velocities, and one field of all."""
from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsProcessingParameterFile

from ..engine.validation.comparison_settings import CompareSettings, JoinSettings, StationSettings
from .archive import Outlines
from .base import Outcome, StageAlgorithm
from .groups import Group
from .insar_corrections import VelocityAlgorithm
from .outputs import FileDestination, RasterDestination
from .ports import Manifest, Raster, Rasters, Stable


@dataclass(frozen=True)
class Stations(Outlines):
    """A table or layer of stations; the engine gets the path."""

    def _definition(self):
        return QgsProcessingParameterFile(self.name, self.label, QgsProcessingParameterFile.File, optional=self.optional,
                                          fileFilter="Stations (*.csv *.txt *.tenv3 *.gpkg *.shp *.geojson);;All files (*)")


class CompareStations(StageAlgorithm):
    """Stations beside a series."""
    ID, LABEL, GROUP, SETTINGS = "comparestations", "Compare with stations", Group.VALIDATION, StationSettings
    HELP = ("Compares a series or a velocity map with GNSS or other stations: root mean square of the difference, both "
            "velocities and their sigmas, in a table and a plot. Along a line of sight the stations' east, north and up are "
            "projected by the look vector of the pixel.")
    TAGS = ("GNSS", "GPS", "extensometer", "ground truth")
    INPUTS = (Manifest("SERIES", "Series (series.json) or velocity map"),
              Stations("STATIONS", "Stations", "CSV or layer: a line for each station and day, with columns date, east, "
                       "north, up (m, or east_mm …), station, and lon, lat, or x, y in the coordinates of the series; or "
                       "a .tenv3 file."))
    OUTPUTS = (FileDestination("OUTPUT", "Table", filter="CSV (*.csv)", optional=False),
               FileDestination("PLOT", "Plot", filter="PNG (*.png)"))

    def stage(self, run):
        from ..engine.validation import station_comparison
        station_comparison.run(run.values["SERIES"], run.values["STATIONS"], run.settings, run.outputs["OUTPUT"],
                               run.progress, run.outputs["PLOT"])
        return Outcome(summary=[f"Table: {run.outputs['OUTPUT']}"])


class CompareVelocity(StageAlgorithm):
    """Differences between two velocities."""
    ID, LABEL, GROUP, SETTINGS = "comparevelocity", "Compare velocities", Group.VALIDATION, CompareSettings
    HELP = ("Subtracts a reference velocity, for example of ITS_LIVE, on the input's grid: differences as a raster, numbers "
            "for all, stable and moving ground, and a page. Velocities along the axes of another map projection are turned; "
            "a line of sight is compared with the projected reference.")
    TAGS = ("ITS_LIVE", "difference", "bias", "NMAD")
    INPUTS = (Raster("INPUT", "Velocity map"),
              Raster("REFERENCE", "Reference velocity", "Bands velocity_east and velocity_north; or vx and vy; or *_vx.tif "
                     "with *_vy.tif beside it."), Stable())
    OUTPUTS = (RasterDestination("OUTPUT", "Differences", kind="difference"),
               FileDestination("REPORT", "Report", filter="HTML (*.html)"))

    def stage(self, run):
        from ..engine.validation import velocities
        velocities.run(run.values["INPUT"], run.values["REFERENCE"], run.settings, run.outputs["OUTPUT"], run.progress,
                       run.values["STABLE"], run.outputs["REPORT"])
        return Outcome(summary=[f"Differences: {run.outputs['OUTPUT']}"])


class JoinVelocity(VelocityAlgorithm):
    """One field of all velocities."""
    ID, LABEL, GROUP, SETTINGS = "joinvelocity", "Join velocities in 3-D", Group.VALIDATION, JoinSettings
    HELP = ("East, north and up velocity from any mixture of velocities from images and along lines of sight, each weighed "
            "by its sigma, with sigmas. What nothing measures gets no value. The misfit tells where they contradict each "
            "other.")
    TAGS = ("3D", "optical", "radar", "fusion", "GNSS", "decompose")
    INPUTS = (Rasters("INPUTS", "Velocity maps or series (series.json)",
                      "Maps with velocity_east, _north, _up, or along a line of sight with its look vectors."), Stable())
    OUTPUTS = (RasterDestination("OUTPUT", "Joint velocity", kind="velocity"),)

    def stage(self, run):
        from ..engine.validation import joint
        result = joint.run(run.values["INPUTS"], run.settings, run.outputs["OUTPUT"], run.progress, run.values["STABLE"])
        return Outcome(summary=[f"Joint velocity: {Path(result.velocity)}"])


ALGORITHMS = (CompareStations, CompareVelocity, JoinVelocity)
