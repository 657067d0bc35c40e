"""Requests to the Copernicus Climate Data Store for the ERA5 files that a stack needs, as files ready to run."""
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

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
