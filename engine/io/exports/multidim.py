"""NetCDF files through GDAL's multidimensional API, written under a temporary name."""
import os
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional, Sequence

import numpy as np
from osgeo import gdal

from ...core.errors import InputError
from ..raster import _quiet, check_writable, spatial_reference

_TYPES = {"float64": gdal.GDT_Float64, "float32": gdal.GDT_Float32, "int32": gdal.GDT_Int32}


class NetcdfFile:
    """A NetCDF file that is being written."""

    def __init__(self, dataset, path: Path):
        self.path = path
        self._dataset = dataset
        self._root = dataset.GetRootGroup()
        self._dimensions, self._arrays = {}, {}

    def attributes(self, items: Mapping[str, Any]) -> None:
        """Global attributes."""
        for name, value in items.items():
            _attribute(self._root, name, value)

    def dimension(self, name: str, size: int, kind: str = "") -> None:
        """kind: "TEMPORAL", "HORIZONTAL_X", "HORIZONTAL_Y" or nothing."""
        self._dimensions[name] = self._root.CreateDimension(name, kind, "", size)

    def variable(self, name: str, dimensions: Sequence[str], dtype: str, items: Mapping[str, Any], crs: str = "",
                 block: Optional[Sequence[int]] = None, values: Optional[np.ndarray] = None) -> None:
        """A variable; float32 ones are compressed and have the fill value NaN."""
        options = []
        if dtype == "float32" and dimensions:
            options = ["COMPRESS=DEFLATE", "ZLEVEL=1"]
            if block:
                options.append("BLOCKSIZE=" + ",".join(str(b) for b in block))
        with _quiet():
            array = self._root.CreateMDArray(name, [self._dimensions[d] for d in dimensions],
                                             gdal.ExtendedDataType.Create(_TYPES[dtype]), options)
        if array is None:
            raise InputError(f"{self.path} could not be written ({gdal.GetLastErrorMsg()}).")
        if dtype == "float32":
            array.SetNoDataValueDouble(float("nan"))
        if crs:
            array.SetSpatialRef(spatial_reference(crs))
        for key, value in items.items():
            _attribute(array, key, value)
        self._arrays[name] = array
        if values is not None:
            self.write(name, values)

    def write(self, name: str, values: np.ndarray, start: Optional[Sequence[int]] = None) -> None:
        """Write an array at a position (the beginning where none is given)."""
        array = self._arrays[name]
        kind = {"float64": np.float64, "float32": np.float32, "int32": np.int32}[
            {gdal.GDT_Float64: "float64", gdal.GDT_Float32: "float32", gdal.GDT_Int32: "int32"}[
                array.GetDataType().GetNumericDataType()]]
        values = np.ascontiguousarray(values, kind)
        with _quiet():
            failed = array.Write(values, list(start or [0] * values.ndim), list(values.shape))
        if failed:
            raise InputError(f"{self.path} could not be written ({gdal.GetLastErrorMsg()}). Is the disk full?")

    def close(self) -> None:
        self._arrays.clear()
        self._dimensions.clear()
        self._root = self._dataset = None


def _attribute(owner, name: str, value: Any) -> None:
    if name == "units" and hasattr(owner, "SetUnit"):
        owner.SetUnit(str(value))
        return
    if isinstance(value, str):
        made = owner.CreateAttribute(name, [], gdal.ExtendedDataType.CreateString())
    elif isinstance(value, list):
        made = owner.CreateAttribute(name, [len(value)], gdal.ExtendedDataType.Create(gdal.GDT_Float32))
    else:
        kind = gdal.GDT_Int32 if isinstance(value, int) else gdal.GDT_Float64
        made = owner.CreateAttribute(name, [], gdal.ExtendedDataType.Create(kind))
    made.Write(value)


@contextmanager
def new_netcdf(path) -> Iterator[NetcdfFile]:
    """Create a NetCDF-4 file; renamed if the block succeeds, removed if it fails or is cancelled."""
    target = Path(path)
    check_writable(target.parent)
    driver = gdal.GetDriverByName("netCDF")
    if driver is None or driver.GetMetadataItem("DCAP_CREATE_MULTIDIMENSIONAL") != "YES":
        raise InputError("This GDAL cannot write NetCDF (its driver netCDF is missing). Install GDAL's netCDF plug-in "
                         "(Debian: libgdal with NetCDF, OSGeo4W: gdal-netcdf), or export as COG.")
    temporary = target.with_name(f".{os.getpid()}.{target.name}")
    with _quiet():
        try:
            dataset = driver.CreateMultiDimensional(str(temporary), [], ["FORMAT=NC4"])
        except RuntimeError:
            dataset = None
    if dataset is None:
        raise InputError(f"{target} cannot be created ({gdal.GetLastErrorMsg()}). Choose a folder you can write to.")
    file = NetcdfFile(dataset, target)
    del dataset
    try:
        yield file
        file.close()
        os.replace(temporary, target)
    finally:
        file.close()
        temporary.unlink(missing_ok=True)
