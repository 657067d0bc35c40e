"""ICE: velocity and time series of glaciers (Provost et al. 2022, section 3.2).

Baselines under 100 days, matched forward and backward between clouds, correlation from 0.3 on; mean velocity with its
vector coherence, and the time series of every pixel.
"""
from ..core.progress import Progress
from . import motion
from .motion import MotionResult
from .settings import ICE, IceSettings


def run(scenes, settings: IceSettings, output, progress: Progress = None, stable=None, dem=None,
        area=None) -> MotionResult:
    """Velocity and series of the scenes. What is finished in the output folder is not done again."""
    return motion.run("ice", "Ice: velocity and time series", scenes, settings, ICE, output, progress, stable, dem,
                      area)
