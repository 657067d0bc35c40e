"""How a file came to be: the list of steps, their settings and the versions that ran them (TM_HISTORY)."""
import json
from typing import Any, Dict, List, Optional, Sequence

from .settings import Settings

VERSION = "0.1.0"


def step(name: str, settings: Optional[Settings] = None, **details: Any) -> Dict[str, Any]:
    """One entry of a history. details: whatever the step found, plain values only."""
    entry: Dict[str, Any] = {"step": name, "version": VERSION}
    if settings is not None:
        entry["settings"] = settings.as_dict()
    if details:
        entry["found"] = details
    return entry


def to_text(steps: Sequence[Dict[str, Any]]) -> str:
    return json.dumps(list(steps), ensure_ascii=False, default=str)


def from_text(text: Optional[str]) -> List[Dict[str, Any]]:
    """The steps of a TM_HISTORY item; an unreadable or missing one is an empty history."""
    try:
        steps = json.loads(text or "[]")
    except ValueError:
        return []
    return steps if isinstance(steps, list) else []
