#!/usr/bin/env python3
"""Makes the pictures of the documentation again, in the real QGIS on a virtual screen (called by `./run docs`).

    tools/screenshots.py [FOLDER] [--output docs/images] [--only NAME]

FOLDER: a result of `./run demo` (default demo_output), or any folder that holds a series.json or a project.
Each picture is a session of QGIS of its own, with a fresh profile; what it shows is in SESSIONS.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import matching_pictures

ROOT = Path(__file__).resolve().parents[1]
INSIDE = ROOT / "tools" / "screenshot_session.py"
LIMIT_S = 400
DARK = "Night Mapping"
# name of the picture -> what the session does (a function of screenshot_session), interface theme
SESSIONS = {
    **{f"study-{state}": {"scene": "study", "state": state, "theme": "default"}
       for state in ("begin", "scenes", "network", "preview", "cleaning", "running", "result", "comparison")},
    "study-preview-dark": {"scene": "study", "state": "preview", "theme": DARK},
    "timeseries": {"scene": "timeseries", "theme": "default"},
    "timeseries-dark": {"scene": "timeseries", "theme": DARK},
    "model": {"scene": "model", "theme": "default"},
    "pairs": {"scene": "pairs", "theme": "default"},
    "area": {"scene": "area", "theme": "default"},
    "profile": {"scene": "profile", "theme": "default"},
    "fault": {"scene": "fault", "theme": "default"},
    "streamlines": {"scene": "streamlines", "theme": "default"},
    "settings": {"scene": "settings", "theme": "default"},
    "packages": {"scene": "packages", "theme": "default"},
    "missing": {"scene": "missing", "theme": "default"},
    "toolbox": {"scene": "toolbox", "theme": "default"},
}
PROFILE = """[PythonPlugins]
terrain_motion=true
processing=true

[UI]
UITheme={theme}

[app]
fontFamily=DejaVu Sans
fontPointSize=9

[qgis]
checkVersion=false
showTips=false
iconSize=24

[migration]
fileVersion=2
settings=true

[news-feed]
disabled=true

[locale]
overrideFlag=true
userLocale={language}

[core]
NewsFeed\\httpsfeedqgisorg\\disabled=true

[Processing]
Configuration\\ACTIVATE_GRASS7=false
"""


def find_series(folder: Path) -> Path:
    """The series to show: a measured one rather than the simulator's truth."""
    found = sorted(folder.rglob("series.json"), key=lambda path: ("truth" in str(path).lower(), len(path.parts)))
    if not found:
        sys.exit(f"{folder} holds no series.json. Make one with ./run demo.")
    return found[0]


def find_truth(folder: Path) -> str:
    """The simulator's truth, empty where there is none."""
    return next((str(path) for path in sorted(folder.rglob("series.json")) if "truth" in str(path).lower()), "")


def find_project(folder: Path) -> str:
    found = [*sorted(folder.glob("*.qgz")), *sorted(folder.glob("*/*.qgz"))]
    return str(found[0]) if found else ""


def make_picture(name: str, session: dict, folder: Path, output: Path) -> None:
    """Run one session of QGIS; raises if it leaves no picture."""
    profiles = Path(tempfile.mkdtemp(prefix="terrain-motion-docs-"))
    try:
        settings = profiles / "profiles" / "docs" / "QGIS" / "QGIS3.ini"
        settings.parent.mkdir(parents=True)
        settings.write_text(PROFILE.format(**session), encoding="utf-8")
        (profiles / "plugins").mkdir()
        (profiles / "plugins" / "terrain_motion").symlink_to(ROOT, target_is_directory=True)
        target = output / f"{name}.png"
        target.unlink(missing_ok=True)
        job = {**session, "series": str(find_series(folder)), "truth": find_truth(folder),
               "project": find_project(folder), "target": str(target),
               "scratch": str(profiles)}
        environment = {**os.environ, "QGIS_PLUGINPATH": str(profiles / "plugins"), "LANG": "C.UTF-8",
                       "TERRAIN_MOTION_JOB": json.dumps(job), "QT_QPA_PLATFORM": "xcb", "LIBGL_ALWAYS_SOFTWARE": "1",
                       "QT_SCALE_FACTOR": session["scale"]}
        environment.pop("QGIS_CUSTOM_CONFIG_PATH", None)
        done = subprocess.run(["qgis", "--nologo", "--noversioncheck", "--profiles-path", str(profiles), "--profile", "docs",
                               "--code", str(INSIDE)], env=environment, timeout=LIMIT_S, check=False,
                              capture_output=True, text=True)
        if not target.is_file():
            sys.exit(f"{name}: no picture was made.\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        # half the size in the repository, and nobody sees it
        subprocess.run(["convert", str(target), "+dither", "-colors", "255", f"png8:{target}"], check=True)
        print(target)
    finally:
        shutil.rmtree(profiles, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "demo_output")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--only", choices=sorted([*SESSIONS, *matching_pictures.PICTURES]))
    parser.add_argument("--theme", help="another theme than the session's, to look at")
    parser.add_argument("--size", help="of the window, as 1366x768")
    parser.add_argument("--language", default="en_GB", help="of the interface")
    parser.add_argument("--scale", default="1", help="of the screen, 2 for high resolution")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    for name, session in SESSIONS.items():
        if arguments.only in (None, name):
            changes = {"theme": arguments.theme or session["theme"], "language": arguments.language,
                       "scale": arguments.scale}
            if arguments.size:
                changes["size"] = [int(side) for side in arguments.size.split("x")]
            make_picture(name, {**session, **changes}, arguments.folder.resolve(), arguments.output.resolve())
    for name in matching_pictures.PICTURES:
        if arguments.only in (None, name):
            print(matching_pictures.make(name, arguments.output.resolve()))


if __name__ == "__main__":
    main()
