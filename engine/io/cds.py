"""Requests to the Copernicus Climate Data Store for the ERA5 files that a stack needs: as files ready to run, or sent."""
import json
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

from ..core.errors import Cancelled, InputError
from ..core.files import replacing
from ..core.progress import Progress

DATASET = "reanalysis-era5-pressure-levels"
LEVELS = (1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100, 125, 150, 175, 200, 225, 250, 300, 350, 400, 450, 500, 550, 600, 650,
          700, 750, 775, 800, 825, 850, 875, 900, 925, 950, 975, 1000)  # hPa
MARGIN = 0.6  # degrees: two nodes of 0.25 degrees around the area
JSON_NAME, SCRIPT_NAME = "era5_requests.json", "era5_download.py"

_SCRIPT = '''"""Downloads the ERA5 files that Terrain Motion asked for, with your own key of the Climate Data Store.

Needs the package cdsapi and a key: https://cds.climate.copernicus.eu/how-to-api
"""
import json
import pathlib

import cdsapi

folder = pathlib.Path(__file__).resolve().parent
client = cdsapi.Client()
for item in json.loads((folder / "{json_name}").read_text(encoding="utf-8")):
    target = folder / item["file"]
    if not target.exists():
        client.retrieve(item["dataset"], item["request"], str(target))
'''


def requests_for(dates: Sequence[date], seconds: float, box: Tuple[float, float, float, float]) -> List[Dict]:
    """One request for each date. seconds: time of the acquisitions after midnight UTC. box: west, south, east, north.

    The two hours around the acquisition are asked for; after 23:00 the second one belongs to the next day.
    """
    west, south, east, north = box
    area = [round(north + MARGIN, 2), round(west - MARGIN, 2), round(south - MARGIN, 2), round(east + MARGIN, 2)]
    found = []
    for day in sorted(set(dates)):
        hour = int(seconds // 3600)
        hours: Dict[date, List[str]] = {day: [f"{hour:02d}:00"]}
        if seconds % 3600:
            after = day + timedelta(days=(hour + 1) // 24)
            hours.setdefault(after, []).append(f"{(hour + 1) % 24:02d}:00")
        for asked, times in hours.items():
            found.append({"dataset": DATASET, "file": f"ERA5_{asked:%Y%m%d}_{times[0][:2]}.grib", "request": {
                "product_type": ["reanalysis"], "variable": ["geopotential", "temperature", "specific_humidity"],
                "pressure_level": [str(level) for level in LEVELS], "year": [f"{asked:%Y}"], "month": [f"{asked:%m}"],
                "day": [f"{asked:%d}"], "time": times, "area": area, "data_format": "grib",
                "download_format": "unarchived"}})
    return found


def write_requests(folder, dates: Sequence[date], seconds: float, box) -> Path:
    """Write the requests and a script that runs them into a folder; returns the script."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / JSON_NAME).write_text(json.dumps(requests_for(dates, seconds, box), indent=1), encoding="utf-8")
    script = folder / SCRIPT_NAME
    script.write_text(_SCRIPT.replace("{json_name}", JSON_NAME), encoding="utf-8")
    return script


API = "https://cds.climate.copernicus.eu/api/retrieve/v1"
HOST = "cds.climate.copernicus.eu"
_POLL_SECONDS = (2.0, 5.0, 10.0, 20.0)  # between questions whether a request is ready; the last one from then on
_LOOK_SECONDS = 0.2  # how often a waiting run looks whether it was cancelled
_DONE, _WAITING = "successful", ("accepted", "running")
_TRIES = 4  # of a connection that breaks


@dataclass(frozen=True)
class Call:
    """A request for a transport (`send(call, stopped)` -> context manager of status, headers, chunks). login: send the
    user's key along."""
    url: str
    headers: Dict[str, str] = field(default_factory=dict)
    body: Optional[bytes] = None
    login: bool = False


def download(requests: Sequence[Dict], folder, transport, progress: Progress) -> List[Path]:
    """Fetch the files of requests into a folder, those that are not there yet. transport: sends the key with the header
    PRIVATE-TOKEN where `Call.login` asks for it. Raises InputError with what the store answered."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, item in enumerate(requests):
        target = folder / item["file"]
        paths.append(target)
        part = progress.part(number / len(requests), (number + 1) / len(requests))
        if not target.exists():
            part.report(0.0, f"Waiting for {target.name} from the Climate Data Store, {number + 1} of {len(requests)}")
            _fetch(item, target, transport, part)
    return paths


def _fetch(item: Dict, target: Path, transport, progress: Progress) -> None:
    body = json.dumps({"inputs": item["request"]}).encode()
    job = _ask(Call(f"{API}/processes/{item['dataset']}/execution", {"Content-Type": "application/json"}, body, True),
               transport, progress)
    turn = 0
    while job.get("status") in _WAITING:
        _sleep(_POLL_SECONDS[min(turn, len(_POLL_SECONDS) - 1)], progress)
        job, turn = _ask(Call(f"{API}/jobs/{job['jobID']}", login=True), transport, progress), turn + 1
    if job.get("status") != _DONE:
        raise InputError(f"The Climate Data Store gave up on {target.name} ({job.get('status')}). Look at your requests on "
                         f"https://{HOST}/requests.")
    made = _ask(Call(f"{API}/jobs/{job['jobID']}/results", login=True), transport, progress)
    with replacing(target) as temporary, open(temporary, "wb") as file:
        _receive(Call(made["asset"]["value"]["href"]), transport, progress, file)


def _ask(call: Call, transport, progress: Progress) -> Dict:
    """The JSON answer to a call."""
    for left in range(_TRIES - 1, -1, -1):
        try:
            with transport.send(call, lambda: progress.stopped) as answer:
                text, status = b"".join(answer.chunks), answer.status
            break
        except (Cancelled, InputError):
            raise
        except Exception as error:  # noqa: BLE001 - the transport's own word for a broken connection
            if not left:
                raise InputError(f"The Climate Data Store cannot be reached ({error}). Try again later.") from error
            _sleep(_POLL_SECONDS[0], progress)
    try:
        found = json.loads(text or b"{}")
    except ValueError:
        found = {}
    if status == 401:
        raise InputError("The Climate Data Store did not accept the key. Make an authentication configuration of the method "
                         "'API Header' with the header PRIVATE-TOKEN and your key, from "
                         f"https://{HOST}/profile.")
    if status >= 400 or not isinstance(found, dict):
        words = found.get("detail") or found.get("title") if isinstance(found, dict) else ""
        raise InputError(f"The Climate Data Store refused the request ({status}{f': {words}' if words else ''}). Accept the "
                         f"licence of ERA5 once on https://{HOST}/datasets/{DATASET}.")
    return found


def _receive(call: Call, transport, progress: Progress, file) -> None:
    with transport.send(call, lambda: progress.stopped) as answer:
        if answer.status >= 400:
            raise InputError(f"A file of the Climate Data Store could not be fetched ({answer.status}). Run again.")
        total, got = int(answer.headers.get("content-length") or 0), 0
        for chunk in answer.chunks:
            file.write(chunk)
            got += len(chunk)
            progress.report(got / total if total else 0.0)
    if total and got != total:
        raise InputError(f"A file of the Climate Data Store broke off ({got} of {total} bytes). Run again.")


def _sleep(seconds: float, progress: Progress) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        progress.check()
        time.sleep(_LOOK_SECONDS)
