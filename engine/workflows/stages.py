"""The steps that services share: each calls one stage and keeps what it said."""
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

from ..compute.pairs import StackResult, fingerprint
from ..core.flags import WORDS, Flag
from ..core.scene import Scene
from ..correction import average, sequence
from ..correction.settings import AverageSettings, CorrectSettings
from ..filtering import stack as filtering
from ..filtering.settings import FilterSettings
from ..fusion import fuse
from ..inversion import invert, precision
from ..inversion.settings import PrecisionSettings
from ..io.area import Area
from ..io.manifests import read_stack
from ..io.products.roles import roles
from ..io.scene_reader import read_product
from ..io.stable import StableGround
from ..io.tables import read_scenes, write_pairs
from ..matching import pairs as matching
from ..matching.settings import PairRunSettings
from ..network import pairing, plots
from ..network.pairing import NetworkResult
from ..network.settings import PairNetworkSettings
from ..scenes import prepare
from ..scenes.prepare_settings import PrepareSettings
from .journal import Journal

PREPARED, PAIRS, NETWORK = "prepared", "pairs.gpkg", "network.html"
MATCHED, CORRECTED, FILTERED, SERIES = "matched", "corrected", "filtered", "series"
FIRST, SHARED = "corrected_first", "shared_motion.tif"  # of a first round of corrections
DISPLACEMENT, VELOCITY = "displacement.tif", "velocity.tif"
PRECISION, PRECISION_PLOT = "precision.csv", "precision.png"

#: Length of an area, in wavelengths of the jitter, from which it is corrected.
SHORTEST = 2.2
#: Pairs from which the motion that they share says more than each of them.
FEWEST_SHARED = 4

Share = Tuple[float, float]


@dataclass(frozen=True)
class Given:
    """What a service works with. dem: elevation raster. stable: ground that holds still. area: what to look at."""
    scenes: Sequence[Scene]
    stable: Optional[StableGround] = None
    dem: Optional[str] = None
    area: Optional[Area] = None

    @property
    def stable_key(self) -> str:
        return self.stable.fingerprint() if self.stable is not None else ""


def scenes_key(scenes: Sequence[Scene]) -> str:
    """A fingerprint of the scenes: their records and the state of their files."""
    files = [name for scene in scenes for name in (scene.path, scene.mask) if name]
    return fingerprint("\n".join(map(repr, scenes)), *files)


def prepare_scenes(journal: Journal, given: Given, settings: PrepareSettings, preset: PrepareSettings, bands: str,
                   share: Share) -> Given:
    """The scenes on one grid with class and shadow masks, where an area or an elevation model is given.

    Scenes that share a grid need no preparation: without either they are matched as they are.
    """
    if given.area is None and not given.dem:
        return given
    settings = replace(settings, bands=bands)

    def work(progress):
        made = prepare.run(given.scenes, settings, journal.path(PREPARED), progress, given.area, given.dem)
        return made.summary(), {"failed": list(made.failed)}

    journal.step("prepare", "Preparing the scenes", settings, (f"{PREPARED}/{prepare.SCENES}",), work, share,
                 fingerprint(f"{given.area} {given.dem}", *([given.dem] if given.dem else [])), preset)
    return replace(given, scenes=read_scenes(journal.path(PREPARED) / prepare.SCENES), area=None)


def pair_scenes(journal: Journal, given: Given, settings: PairNetworkSettings, preset: PairNetworkSettings,
                share: Share) -> NetworkResult:
    """The network of the scenes, as a layer and a plot."""
    network: List[NetworkResult] = []

    def work(progress):
        network.append(pairing.run(given.scenes, settings, progress))
        write_pairs(journal.path(PAIRS), network[0].pairs)
        plots.write_plot(network[0], journal.path(NETWORK))
        return _network_words(network[0]), {}

    journal.step("pairs", "Pairing the scenes", settings, (PAIRS, NETWORK), work, share, preset=preset)
    return network[0] if network else pairing.run(given.scenes, settings)


def match_pairs(journal: Journal, given: Given, network: NetworkResult, settings: PairRunSettings,
                preset: PairRunSettings, share: Share) -> None:
    """The stack of displacements."""
    def work(progress):
        made = matching.run(network.pairs, settings, journal.path(MATCHED), progress, given.area)
        return made.summary(), {"failed": list(made.failed)}

    journal.step("match", "Matching the pairs", settings, (f"{MATCHED}/stack.json",), work, share,
                 repr(given.area), preset)


def correct_pairs(journal: Journal, given: Given, settings: CorrectSettings, preset: CorrectSettings,
                  share: Share, target: str = CORRECTED, motion: str = "") -> None:
    """The corrected stack; detector footprints are those of the scenes. motion: name of a displacement that all pairs
    share."""
    footprints = detectors_of(given.scenes) if settings.destripe else {}
    manifest, _ = read_stack(journal.path(MATCHED))
    length = max(manifest.grid.shape) * manifest.grid.pixel_size
    short = settings.jitter and length < SHORTEST * settings.waves.wavelength
    if short:
        settings = replace(settings, jitter=False)

    def work(progress):
        made = sequence.run_stack(journal.path(MATCHED), settings, journal.path(target), progress, given.stable,
                                  footprints or None, journal.path(motion) if motion else None)
        told = [] if not settings.destripe else [
            f"Detector footprints of {len(footprints)} scenes" if footprints else
            "No scene has detector footprints: their borders are found in each displacement"]
        if short:
            told.append(f"The jitter was left: the area is {length / 1000:.1f} km long, and it takes more than two "
                        "wavelengths to tell its waves from motion")
        return _stack_words(made) + told, {"failed": list(made.failed)}

    first = target == FIRST
    journal.step("correct first" if first else "correct", "Correcting, first round" if first else "Correcting", settings,
                 (f"{target}/stack.json",), work, share, f"{given.stable_key} {sorted(footprints.items())}", preset)


def filter_pairs(journal: Journal, given: Given, settings: FilterSettings, preset: FilterSettings,
                 share: Share) -> None:
    """The filtered stack. Without a DEM the topographic filter is left out, and the report says so."""
    told = []
    if settings.topography and not given.dem:
        settings = replace(settings, topography=False)
        told = ["No DEM was given: the topographic filter was left out"]

    def work(progress):
        made = filtering.run_stack(journal.path(CORRECTED), settings, journal.path(FILTERED), progress, given.dem)
        return _stack_words(made) + told, {"failed": list(made.failed), "flags": made.flags}

    journal.step("filter", "Filtering", settings, (f"{FILTERED}/stack.json",), work, share,
                 fingerprint(str(given.dem or ""), *([given.dem] if given.dem else [])), preset)


def shared_motion(journal: Journal, given: Given, settings: CorrectSettings, preset: CorrectSettings,
                  split_date: str, share: Share) -> str:
    """The mean of all pairs after a first round of corrections; empty where there are too few pairs.

    Errors belong to single scenes, the motion across an event to all pairs: in what the mean leaves of a pair its
    errors are found without the motion, which no longer passes for a ramp or a wave.
    """
    manifest, _ = read_stack(journal.path(MATCHED))
    if len(manifest.pairs) < FEWEST_SHARED or not (settings.deramp or settings.destripe or settings.jitter):
        return ""
    (start, end), averaging = share, AverageSettings(split_date=split_date)
    correct_pairs(journal, given, settings, preset, (start, start + 0.8 * (end - start)), FIRST)
    average_pairs(journal, averaging, averaging, (start + 0.8 * (end - start), end), FIRST, SHARED)
    return SHARED


def average_pairs(journal: Journal, settings: AverageSettings, preset: AverageSettings, share: Share,
                  stack: str = CORRECTED, target: str = DISPLACEMENT) -> None:
    """One displacement of all pairs."""
    def work(progress):
        manifest, folder = read_stack(journal.path(stack))
        made = average.run([folder / pair.file for pair in manifest.pairs], settings, journal.path(target), progress)
        return made.summary(), {"spread_m": made.spread, "valid_fraction": made.valid_fraction}

    first = target == SHARED
    journal.step("average first" if first else "average", "Motion that all pairs share" if first else "Averaging all pairs",
                 settings, (target,), work, share, preset=preset)


def fuse_pairs(journal: Journal, settings, preset, share: Share) -> None:
    """The mean velocity and vector coherence."""
    def work(progress):
        made = fuse.run(journal.path(FILTERED), settings, journal.path(VELOCITY), progress)
        return ([f"Mean velocity of {made.pairs} pairs of {made.dates} dates; {made.solved} of {made.pixels} pixels "
                 f"have one; median speed {made.median_speed:.3g} m/yr, vector coherence {made.median_coherence:.2f}"],
                {})

    journal.step("fuse", "Mean velocity", settings, (VELOCITY,), work, share, preset=preset)


def invert_pairs(journal: Journal, given: Given, settings, preset, share: Share) -> None:
    """The time series with its velocity."""
    def work(progress):
        made = invert.run(journal.path(FILTERED), settings, journal.path(SERIES), progress, stable=given.stable)
        return list(made.notes), {"medians": made.medians}

    journal.step("invert", "Time series", settings, (f"{SERIES}/series.json",), work, share, given.stable_key, preset)


def judge(journal: Journal, given: Given, stack: str, share: Share) -> None:
    """The precision of the pairs on stable ground, where that is known."""
    if given.stable is None:
        return
    settings = PrecisionSettings(measure="nmad")

    def work(progress):
        made = precision.run(journal.path(stack), given.stable, settings, journal.path(PRECISION), progress,
                             plot=journal.path(PRECISION_PLOT))
        return made.notes, {"classes": [[c.start, c.stop, c.component, c.pairs, c.displacement, c.velocity, c.share]
                                        for c in made.classes]}

    journal.step("precision", "Precision on stable ground", settings, (PRECISION, PRECISION_PLOT), work, share,
                 f"{given.stable_key} {stack}")


def detectors_of(scenes: Sequence[Scene]) -> Dict[date, str]:
    """Footprints of the detectors by date, of the scenes that have them."""
    return {scene.date: scene.detectors for scene in scenes
            if scene.detectors and (scene.detectors.startswith("/vsi") or Path(scene.detectors).exists())}


def bands_of(scenes: Sequence[Scene], wanted: Sequence[str]) -> str:
    """Names of the bands of these roles that every scene has, comma separated; empty where there is none.

    A role may name a replacement after a slash: "nir_wide/nir".
    """
    common: Optional[List[str]] = None
    for scene in scenes:
        known = roles(read_product(scene.path, dated=False))
        names = [next((known[r].name for r in role.split("/") if r in known and known[r].name), "") for role in wanted]
        common = names if common is None else [a if a == b else "" for a, b in zip(common, names)]
    return ",".join(filter(None, common or []))


def _network_words(result: NetworkResult) -> List[str]:
    shortest, longest = result.baselines
    said = [f"{len(result.pairs)} pairs of {len(result.dates)} dates, {shortest} to {longest} days apart"]
    if len(result.components) > 1:
        said.append(f"The network has {len(result.components)} parts that no pair connects")
    said += [f"Left out {path}: {reason}" for path, reason in result.dropped]
    said += [f"{count} combinations not paired: {reason}" for reason, count in result.refused.items()]
    return said + list(result.notes)


def _stack_words(made: StackResult) -> List[str]:
    said = [f"{made.done} pairs done, {made.reused} found finished, {len(made.failed)} failed"]
    said += [f"Pair {name} is left out: {reason}" for name, reason in made.failed]
    total = sum(made.flags.values())
    if total:
        said.append("Pixels: " + ", ".join(f"{count / total:.1%} {WORDS[Flag(code)]}"
                                           for code, count in sorted(made.flags.items()) if count))
    return said

