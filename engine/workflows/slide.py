"""SLIDE: velocity and time series of slow landslides (Provost et al. 2022, sections 2.2.3 and 3.3).

Baselines of 500 to 1500 days; low correlation, outliers, flat ground and small patches removed; unweighted inversion.
"""
from ..core.progress import Progress
from . import motion
from .motion import MotionResult
from .settings import SLIDE, SlideSettings


def run(scenes, settings: SlideSettings, output, progress: Progress = None, stable=None, dem=None,
        area=None) -> MotionResult:
    """Velocity and series of the scenes. What is finished in the output folder is not done again."""
    return motion.run("slide", "Landslide: velocity and time series", scenes, settings, SLIDE, output, progress, stable, dem,
                      area)
