"""Reading layers by window, whatever file they are in."""
from contextlib import contextmanager
from typing import Iterator

import numpy as np

from ...core.errors import InputError, MissingPackage
from ...core.grid import Window
from ..raster import open_raster
from .model import Layer


class LayerReader:
    """An open layer. Values are as stored: only NaN, and 0 where the layer says so, mean no data."""

    def __init__(self, layer: Layer, read):
        self._layer, self._read = layer, read

    def read(self, window: Window) -> np.ndarray:
        """(rows, columns) float32, NaN = no data."""
        values = self._read(window).astype(np.float32)
        if self._layer.zero:
            values[values == 0] = np.nan
        return values


@contextmanager
def open_layer(layer: Layer) -> Iterator[LayerReader]:
    """Open a layer. Use it from one thread."""
    if layer.dataset:
        with open_hdf5(layer.path) as file:
            yield LayerReader(layer, lambda window: _slice(file, layer, window))
        return
    with open_raster(layer.path) as raster:
        declared = raster._dataset.GetRasterBand(layer.band).GetNoDataValue()
        # A declared "0 = no data" does not hold for phases: one of exactly 0 is a phase. The coherence decides.
        read = raster.read if declared else raster.read_raw
        yield LayerReader(layer, lambda window: read(layer.band, window))


@contextmanager
def open_hdf5(path):
    """An HDF5 file, read only. Raises InputError naming the file."""
    try:
        import h5py
    except ImportError as error:
        raise MissingPackage("h5py", "reading MintPy's files") from error
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise InputError(f"{path} cannot be read as HDF5 ({error}). Get the file again.") from error
    try:
        yield file
    finally:
        file.close()


def _slice(file, layer: Layer, window: Window) -> np.ndarray:
    try:
        data = file[layer.dataset]
        return data[(layer.index, *window.slices)] if layer.index is not None else data[window.slices]
    except (KeyError, OSError, ValueError) as error:
        raise InputError(f"{layer.path} has no readable '{layer.dataset}' ({error}). Get the file again.") from error


def attributes(file) -> dict:
    """The attributes of an HDF5 file as text."""
    return {key: text_of(value) for key, value in file.attrs.items()}


def text_of(value) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
