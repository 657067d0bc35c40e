"""Whether the folders of the InSAR service are the tracks that they were given as, before hours are spent on them, and what
the selection costs them."""
import math
from datetime import date
from pathlib import Path
from typing import Dict, List, Optional, Sequence

from ..core.errors import InputError
from ..io.manifests import read_stack


def require_different(folders: Dict[str, Path]) -> None:
    """Raise InputError where one folder was given for both tracks."""
    places = [folder.resolve() for folder in folders.values()]
    if len(places) == 2 and places[0] == places[1]:
        raise InputError(f"{places[0]} was given as both tracks. Choose a folder for each; where one holds both, import it "
                         "with a stack for each track and choose the folders of the stacks.")


def require_two_directions(stacks: Dict[str, Path], least: float) -> None:
    """Raise InputError where two stacks were seen along directions that differ by less than `least` degrees."""
    angles = {name: _look_angle(stack) for name, stack in stacks.items()}
    if len(angles) < 2 or None in angles.values():
        return
    apart = max(angles.values()) - min(angles.values())
    if apart < least:
        told = " and ".join(f"{stacks[name]} ({angle:+.0f}° from the vertical, positive east)"
                            for name, angle in angles.items())
        raise InputError(f"Both tracks look along nearly one direction: {told}. East and up need an ascending and a "
                         "descending track. Choose the folder of the other one, or a smaller angle between looks.")


def mismatch(name: str, stack: Path) -> List[str]:
    """A sentence where the pass of a stack is not what its folder was given as."""
    found = _facts(stack).get("orbit_pass")
    if not found or found == name:
        return []
    return [f"The folder given as the {name} track holds interferograms of the {found} pass; the results carry the name "
            f"{name}"]


def lost(name: str, isolated: Sequence[date]) -> List[str]:
    """A sentence where the selection leaves dates without any interferogram."""
    if not isolated:
        return []
    days = ", ".join(day.isoformat() for day in isolated[:6]) + (", …" if len(isolated) > 6 else "")
    return [f"{name.capitalize()} track: the limits of the selection leave {len(isolated)} dates without any interferogram "
            f"({days}). Choose a longer temporal baseline, or keep the spanning tree"]


def _facts(stack: Path) -> Dict:
    return read_stack(stack)[0].extra.get("track") or {}


def _look_angle(stack: Path) -> Optional[float]:
    """Degrees of the satellite from the vertical in the plane of east and up; None where unknown."""
    facts = _facts(stack)
    if not {"heading", "look_side", "incidence"} <= set(facts):
        return None
    toward = math.radians(facts["heading"] + (-90.0 if facts["look_side"] == "right" else 90.0))
    incidence = math.radians(facts["incidence"][1])
    return math.degrees(math.atan2(math.sin(incidence) * math.sin(toward), math.cos(incidence)))
