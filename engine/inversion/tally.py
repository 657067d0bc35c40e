"""Counts and medians of the tiles of an inversion, for the summary, the table of pairs and a later run."""
from typing import Any, Dict, List, Tuple

import numpy as np

from ..core.flags import Flag
from .solver import START, Network, Solution

SAMPLES = 200000  # pixels of which the medians are taken


class Tally:
    """counts: pixels by what became of them. statistics: (pairs, 5), see `outcome.add_statistics`."""

    def __init__(self, network: Network, components: Tuple[str, ...], tiles: int):
        self.statistics = np.zeros((len(network.pairs), 5))
        self.components = components
        self.counts = {"pixels": 0, "solved": 0, "not_connected": 0, "too_few": 0, "outside": 0, "late": 0}
        self._share = max(64, SAMPLES // tiles)  # pixels of a tile
        self._maps: List[np.ndarray] = []

    def add(self, found: Solution) -> None:
        self.statistics += found.statistics
        self.counts["pixels"] += found.flag.size
        self.counts["solved"] += int(np.isfinite(found.velocity[0]).sum())
        for name, flag in (("not_connected", Flag.NOT_CONNECTED), ("too_few", Flag.TOO_FEW),
                           ("outside", Flag.OUTSIDE)):
            self.counts[name] += int((found.flag == flag).sum())
        self.counts["late"] += int((found.quality[START] > 0).sum())
        thin = slice(None, None, -(-found.flag.size // self._share))
        maps = np.concatenate([found.velocity, found.velocity_sigma, found.rmse])
        self._maps.append(maps.reshape(len(maps), -1)[:, thin].copy())

    def medians(self) -> Dict[str, float]:
        """Medians over pixels of velocity, its sigma and rmse of each component."""
        names = [f"{kind}_{c}" for kind in ("velocity", "sigma", "rmse") for c in self.components]
        return {name: float(np.median(row[np.isfinite(row)])) if np.isfinite(row).any() else float("nan")
                for name, row in zip(names, self._sample())}

    def record(self) -> Tuple[Dict[str, Any], Dict[str, np.ndarray]]:
        """Plain values and arrays that `restore` needs."""
        return {"counts": self.counts}, {"statistics": self.statistics, "maps": self._sample()}

    def restore(self, found: Dict[str, Any]) -> None:
        """Go on from the record of an earlier run."""
        self.counts.update(found["counts"])
        self.statistics += found["statistics"]
        self._maps.append(found["maps"])

    def _sample(self) -> np.ndarray:
        return np.concatenate(self._maps or [np.empty((3 * len(self.components), 0), np.float32)], axis=1)
