"""What a download costs: bytes, requests and waiting, of an area of 10 km in whole Sentinel-2 tiles on this machine.

An archive is started on 127.0.0.1 that answers every request after 50 ms. Prints the share of the files that was
fetched, requests per file, seconds with 1, 4 and 8 connections, seconds to search 2,000 scenes, and how long a cancelled
download takes to end.
"""
import importlib.util
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np

SIZE, SCENES, FOUND, DELAY = 10980, 8, 2000, 0.05
ROOT = Path(__file__).resolve().parents[1]


def load_server():
    spec = importlib.util.spec_from_file_location("archive_server", ROOT / "tests" / "archive_server.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tile(module, folder: Path) -> bytes:
    """One band of a tile as Earth Search keeps it: 10980 x 10980 px, blocks of 1024, about 2 bytes a pixel of detail."""
    rng = np.random.default_rng(1)
    coarse = rng.normal(0, 600, (SIZE // 20, SIZE // 20)).repeat(20, 0).repeat(20, 1)
    values = (2500 + coarse + rng.normal(0, 60, (SIZE, SIZE))).clip(1, 12000).astype(np.uint16)
    return module.write_cog(folder / "B04.tif", values, options=("BLOCKSIZE=1024", "NUM_THREADS=2"))


def fill(server, data: bytes, count: int):
    """Scenes of one place, five days apart."""
    for number in range(count):
        day = (date(2018, 1, 1) + timedelta(5 * number)).isoformat()
        name = f"S2A_32TMS_{day.replace('-', '')}_0_L2A"
        red = {"href": server.add_file(f"/cogs/{name}/B04.tif", data), "type": "image/tiff", "roles": ["data"],
               "raster:bands": [{"scale": 1e-4, "offset": 0.0}]}
        server.add_item(name, f"{day}T10:00:00Z", {"red": red}, platform="sentinel-2a", **{"eo:cloud_cover": 5.0})


def slow(server):
    """Every answer comes after DELAY, as from another continent."""
    answer = server.fault

    def fault(path):
        time.sleep(DELAY)
        return answer(path)
    server.fault = fault


def main() -> None:
    from terrain_motion.engine.core.errors import Cancelled
    from terrain_motion.engine.core.progress import Progress
    from terrain_motion.engine.io.area import Area
    from terrain_motion.engine.scenes.archive import download, search
    from terrain_motion.engine.scenes.archive.archive_settings import DownloadSettings, SearchSettings
    module = load_server()
    folder = Path(tempfile.mkdtemp(prefix="terrain-motion-archive-"))
    server = module.ArchiveServer()
    server.page = 100
    data = tile(module, folder)
    fill(server, data, FOUND)
    area = Area((404000.0, 5050000.0, 414000.0, 5060000.0), "EPSG:32632")
    for item in server.items["sentinel-2-l2a"]:
        item["geometry"]["coordinates"] = [[[7.5, 45.0], [7.5, 46.2], [9.2, 46.2], [9.2, 45.0], [7.5, 45.0]]]
    slow(server)
    start = time.perf_counter()
    found = search.run(area, SearchSettings(endpoint=f"{server.url}/stac")).scenes
    print(f"search: {len(found)} scenes in {time.perf_counter() - start:.1f} s")
    for connections in (1, 4, 8):
        server.log.clear()
        start = time.perf_counter()
        result = download.run(found[:SCENES], area, DownloadSettings(connections=connections), folder / str(connections))
        seconds = time.perf_counter() - start
        files = [entry for entry in server.log if entry[1].endswith(".tif")]
        print(f"{connections} connections: {result.done} scenes in {seconds:.1f} s, {result.fetched / 1e6:.1f} MB of "
              f"{SCENES * len(data) / 1e6:.0f} MB ({result.fetched / SCENES / len(data):.1%}), "
              f"{len(files) / SCENES:.1f} requests a file")
    stop = threading.Event()
    progress = Progress(None, stop.is_set)
    asked = []
    threading.Timer(1.0, lambda: (asked.append(time.perf_counter()), stop.set())).start()
    try:
        download.run(found[:200], None, DownloadSettings(max_size=1e6), folder / "cancelled", progress=progress)
    except Cancelled:
        print(f"cancelled: ended after {time.perf_counter() - asked[0]:.2f} s")
    server.close()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tools"))
    from headless import import_root
    import_root()
    main()
