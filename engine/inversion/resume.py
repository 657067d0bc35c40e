"""Going on with an unfinished inversion: what was learnt and which tiles are finished, kept in a draft.

Learning reads every pair once, so that it is kept as well as the tiles.
"""
import hashlib
import json
import time
from dataclasses import dataclass, field
from typing import Any, Dict, Optional, Set, Tuple

import numpy as np

from ..compute.pairs import fingerprint
from ..core.history import VERSION
from ..io.draft import Draft
from ..io.stack_source import StackSource
from .sampling import Learnt, Weighting
from .settings import InvertSettings
from .solver import Noise
from .starts import Starts
from .tally import Tally

EVERY = 3.0  # s between two records; what GDAL holds back until then must be written within the second of a cancel
WORTH = 10.0  # s of learning that are kept even if no tile is finished


@dataclass(frozen=True)
class Plan:
    """How the tiles are solved. side: px of a tile; the result does not depend on it, but what is finished does."""
    side: int
    learnt: Learnt
    starts: Optional[Starts]


@dataclass
class Work:
    """An inversion on its way. done: numbers of finished tiles."""
    draft: Draft
    plan: Plan
    tally: Tally
    done: Set[int] = field(default_factory=set)
    saved: float = field(default_factory=time.monotonic)

    def finished(self, tile: int) -> None:
        """Note a tile whose values are written; now and then it is recorded."""
        self.done.add(tile)
        if time.monotonic() - self.saved >= EVERY:
            self.save()

    def save(self) -> None:
        """Record everything that is finished."""
        plain, arrays = _of_plan(self.plan)
        counts, sums = self.tally.record()
        self.draft.save({**plain, **counts, "done": sorted(self.done)}, {**arrays, **sums})
        self.saved = time.monotonic()


def recipe(source: StackSource, settings: InvertSettings, stable: Optional[np.ndarray]) -> str:
    """Fingerprint of all that the result depends on: files, manifest, settings, stable ground."""
    ground = "" if stable is None else hashlib.sha256(np.packbits(stable).tobytes()).hexdigest()
    text = json.dumps([VERSION, settings.as_dict(), source.manifest.as_json(), ground], sort_keys=True, default=str)
    return fingerprint(text, *(source.folder / pair.file for pair in source.pairs))


def _of_plan(plan: Plan) -> Tuple[Dict[str, Any], Dict[str, np.ndarray]]:
    """Plain values and arrays of a plan; what is None has no entry."""
    learnt, noise = plan.learnt, plan.learnt.noise
    plain = {"side": plan.side, "code": learnt.weighting.code, "use_sigma": learnt.weighting.sigma,
             "use_quality": learnt.weighting.quality, "notes": list(learnt.notes), "wrong": noise.wrong,
             "reference": float(noise.reference), "known": noise.known, "typical": noise.typical}
    arrays = {"pair_sigma": learnt.sigma, "factor": noise.factor, "typical_sigma": learnt.weighting.typical,
              "offset": noise.offset, "date_variance": noise.date_variance}
    if plan.starts is not None:
        plain.update(cell=plan.starts.cell, origin=plan.starts.origin)
        arrays.update(start_rows=plan.starts.rows, start_ratio=plan.starts.ratio, start_doubt=plan.starts.doubt)
    return plain, {name: values for name, values in arrays.items() if values is not None}


def recall(found: Dict[str, Any]) -> Plan:
    """The plan of an earlier run from its record."""
    noise = Noise(found["factor"], found["wrong"], found["reference"], found["known"], found["typical"],
                  found.get("offset"), found.get("date_variance"))
    weighting = Weighting(found["code"], found["use_sigma"], found["use_quality"], found.get("typical_sigma"))
    starts = None
    if "cell" in found:
        starts = Starts(found["start_rows"], found["start_ratio"], found["start_doubt"], found["cell"], found["origin"])
    return Plan(found["side"], Learnt(weighting, noise, found["pair_sigma"], tuple(found["notes"])), starts)
