"""Small simulated products and ways to change them, for the tests of InSAR."""
import shutil
from pathlib import Path

import numpy as np
from osgeo import gdal, osr

from terrain_motion.engine.core.progress import Progress
from terrain_motion.engine.insar import importing
from terrain_motion.engine.io.interferograms.settings import ImportInterferogramsSettings
from terrain_motion.engine.io.manifests import read_stack
from terrain_motion.engine.io.raster import open_raster
from terrain_motion.engine.scenes.interferograms import simulate
from terrain_motion.engine.scenes.interferograms.settings import SimulateInterferogramsSettings


def simulated(folder, **settings):
    return simulate.run(SimulateInterferogramsSettings(**{"size": 40, "dates": 4, **settings}), folder)


def imported(folder, output, progress=None, area=None, **settings):
    """(result, manifest, folder of the stack)."""
    result = importing.run(folder, ImportInterferogramsSettings(**settings), output, progress or Progress(), area)
    return (result, *read_stack(result.stacks[0]))


def band(path, name):
    with open_raster(path) as raster:
        return raster.read(name)


def change(path, function):
    """Rewrite the first band of a raster in place."""
    dataset = gdal.Open(str(path), gdal.GA_Update)
    raster = dataset.GetRasterBand(1)
    raster.WriteArray(function(raster.ReadAsArray()))
    dataset.FlushCache()


def set_crs(path, code):
    dataset = gdal.Open(str(path), gdal.GA_Update)
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(code)
    dataset.SetProjection(reference.ExportToWkt())
    dataset.FlushCache()


def renamed(product: Path, name: str) -> Path:
    """A product folder under another name, its files with it."""
    target = product.with_name(name)
    target.mkdir()
    for file in product.iterdir():
        shutil.copyfile(file, target / file.name.replace(product.name, name))
    shutil.rmtree(product)
    return target


def write_tif(path, values, grid, nodata=None, dtype=gdal.GDT_Float32, items=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), grid.width, grid.height, 1, dtype)
    dataset.SetGeoTransform(grid.transform)
    reference = osr.SpatialReference()
    reference.SetFromUserInput(grid.crs)
    dataset.SetProjection(reference.ExportToWkt())
    dataset.SetMetadata(items or {})
    if nodata is not None:
        dataset.GetRasterBand(1).SetNoDataValue(nodata)
    dataset.GetRasterBand(1).WriteArray(np.asarray(values))
    dataset.FlushCache()
    return path
