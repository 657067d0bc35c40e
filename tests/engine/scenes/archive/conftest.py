"""An archive on this machine, with Sentinel-2-like scenes."""
import importlib.util
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location("archive_server", Path(__file__).parents[3] / "archive_server.py")
archive_server = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(archive_server)


@pytest.fixture(scope="session")
def make():
    """The module that makes archives and their files."""
    return archive_server


@pytest.fixture
def archive():
    """An empty archive."""
    server = archive_server.ArchiveServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def cogs(tmp_path_factory):
    """{name: bytes} of one Sentinel-2-like date: B04, B08 (10 m) and SCL (20 m)."""
    folder = tmp_path_factory.mktemp("cogs")
    classes = (archive_server.values_of(9, 256) % 11).astype("uint8")
    return {"B04": archive_server.write_cog(folder / "B04.tif", archive_server.values_of(4)),
            "B08": archive_server.write_cog(folder / "B08.tif", archive_server.values_of(8)),
            "SCL": archive_server.write_cog(folder / "SCL.tif", classes, pixel=20.0)}


@pytest.fixture
def earth_search(archive, cogs):
    """The archive with scenes as Earth Search has them: flat folders of COGs. earth_search.add(day, **properties)."""
    def add(day, sequence=0, **properties):
        name = f"S2B_32TMS_{day.replace('-', '')}_{sequence}_L2A"
        raster = {"nodata": 0, "data_type": "uint16", "scale": 0.0001, "offset": -0.1}
        assets = {key: {"href": archive.add_file(f"/cogs/{name}/{band}.tif", cogs[band]), "gsd": 10,
                        "type": "image/tiff; application=geotiff; profile=cloud-optimized", "roles": ["data"],
                        "eo:bands": [{"name": key, "common_name": key}], "raster:bands": [raster]}
                  for key, band in (("red", "B04"), ("nir", "B08"))}
        assets["scl"] = {"href": archive.add_file(f"/cogs/{name}/SCL.tif", cogs["SCL"]), "type": "image/tiff"}
        assets["red-jp2"] = {"href": "s3://elsewhere/B04.jp2", "type": "image/jp2", "roles": ["data"], "gsd": 10}
        assets["thumbnail"] = {"href": f"/cogs/{name}/t.jpg", "type": "image/jpeg", "roles": ["thumbnail"]}
        described = {"platform": "sentinel-2b", "eo:cloud_cover": 8.0, "grid:code": "MGRS-32TMS",
                     "view:sun_azimuth": 153.2, "view:sun_elevation": 54.3, "s2:processing_baseline": "05.09",
                     "s2:product_uri": f"S2B_MSIL2A_{day.replace('-', '')}T094549_N0509_R079_T32TMS_20230820T124817.SAFE",
                     "earthsearch:boa_offset_applied": False}
        return archive.add_item(name, f"{day}T09:58:11.072000Z", assets, **{**described, **properties})
    archive.add = add
    return archive


@pytest.fixture
def patience():
    """Short waits."""
    from terrain_motion.engine.scenes.archive.client import Patience
    return Patience(first_wait=0.01, longest_wait=0.05)


@pytest.fixture
def area():
    """An area of 100 x 80 pixels whose borders lie inside pixels, across the blocks of 128."""
    from terrain_motion.engine.io.area import Area
    return Area((401003.0, 5098203.0, 401997.0, 5098997.0), "EPSG:32632")
