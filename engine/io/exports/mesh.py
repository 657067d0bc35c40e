"""A series as a UGRID mesh: QGIS draws its vector datasets as arrows, streamlines and moving traces."""
import logging
import math
from pathlib import Path
from typing import Dict, List

import numpy as np

from ...core.history import VERSION
from ...core.progress import Progress
from ...core.units import METRE, METRE_PER_YEAR
from ..raster import spatial_reference
from .multidim import NetcdfFile, new_netcdf
from .netcdf import axis_items
from .reader import WindowReader

_LOG = logging.getLogger(__name__)
_NODES = 250_000
_NAMES = {"displacement": ("displacement since the first date", METRE),
          "velocity": ("velocity", METRE_PER_YEAR)}


def write(reader: WindowReader, path: Path, every: int, progress: Progress) -> List[Path]:
    """Write nodes at the middles of blocks of every x every pixels, faces between four nodes that have values."""
    manifest = reader.manifest
    every = every or max(1, math.ceil(math.sqrt(manifest.grid.width * manifest.grid.height / _NODES)))
    fields = _fields(reader, every, progress.part(0.0, 0.7))
    seen = np.logical_and.reduce([np.isfinite(f).any(axis=0) for f in fields["displacement"].values()])
    number, faces = _faces(seen)
    grid = manifest.grid.coarser(every)
    columns, rows = np.meshgrid(np.arange(grid.width) + .5, np.arange(grid.height) + .5)
    x, y = grid.xy(columns, rows)
    kept = number >= 0
    with new_netcdf(path) as file:
        _topology(file, manifest, x[kept], y[kept], faces)
        for name, components in fields.items():
            _vectors(file, name, {c: v[:, kept] for c, v in components.items()}, len(manifest.dates))
            progress.report(0.9, "Writing mesh")
    vectors = len(manifest.components) == 2
    _LOG.info("Mesh: %d nodes and %d faces, one node for %d x %d pixels. %s", int(kept.sum()), len(faces), every, every,
              "In the layer's style, choose velocity as vector dataset and streamlines." if vectors else
              "A line of sight has no direction on the map, so there are no vectors and no streamlines.")
    return [Path(path)]


def _fields(reader: WindowReader, every: int, progress: Progress) -> Dict[str, Dict[str, np.ndarray]]:
    """{"displacement" or "velocity": {component: (times, rows, columns)}} of block means."""
    strips = reader.strips(every)
    parts: Dict[str, Dict[str, List[np.ndarray]]] = {"displacement": {}, "velocity": {}}
    for number, window in enumerate(strips):
        progress.report(number / len(strips), "Reading the series")
        values, _, velocity, _ = reader.window(window)
        for component in reader.manifest.components:
            parts["displacement"].setdefault(component, []).append(block_means(values[component], every))
            band = f"velocity_{component}"
            if band in velocity:
                parts["velocity"].setdefault(component, []).append(block_means(velocity[band][None], every))
    return {name: {c: np.concatenate(p, axis=1) for c, p in found.items()} for name, found in parts.items() if found}


def block_means(values: np.ndarray, every: int) -> np.ndarray:
    """(times, rows // every, columns // every) means; NaN where less than half of a block has values."""
    if every == 1:
        return values
    times, rows, columns = values.shape
    rows, columns = rows // every, columns // every
    blocks = values[:, :rows * every, :columns * every].reshape(times, rows, every, columns, every)
    count = np.isfinite(blocks).sum(axis=(2, 4))
    total = np.nansum(blocks, axis=(2, 4), dtype=np.float64)
    return np.where(count * 2 >= every * every, total / np.maximum(count, 1), np.nan).astype(np.float32)


def _faces(seen: np.ndarray):
    """(number of each node or -1, (faces, 4) node numbers counter-clockwise); nodes without a face are dropped."""
    square = seen[:-1, :-1] & seen[1:, :-1] & seen[:-1, 1:] & seen[1:, 1:]
    used = np.zeros(seen.shape, bool)
    for rows in (slice(0, -1), slice(1, None)):
        for columns in (slice(0, -1), slice(1, None)):
            used[rows, columns] |= square
    number = np.where(used, np.cumsum(used.ravel()).reshape(used.shape) - 1, -1)
    corners = (number[1:, :-1], number[1:, 1:], number[:-1, 1:], number[:-1, :-1])
    return number, np.stack([c[square] for c in corners], axis=1).astype(np.int32)


def _topology(file: NetcdfFile, manifest, x: np.ndarray, y: np.ndarray, faces: np.ndarray) -> None:
    days = np.array([(d - manifest.dates[0]).days for d in manifest.dates], np.float64)
    file.attributes({"Conventions": "CF-1.8 UGRID-1.0", "title": "Displacement of the ground",
                     "source": f"Terrain Motion {VERSION}"})
    for name, size in (("nmesh2d_node", len(x)), ("nmesh2d_face", len(faces)), ("max_nmesh2d_face_nodes", 4),
                       ("time", len(days))):
        file.dimension(name, size)
    if manifest.grid.crs:
        reference = spatial_reference(manifest.grid.crs)
        code = reference.GetAuthorityCode(None)
        file.variable("projected_coordinate_system", [], "int32", {
            "wkt": reference.ExportToWkt(), **({"epsg": int(code)} if code else {})})
    file.variable("mesh2d", [], "int32", {
        "cf_role": "mesh_topology", "topology_dimension": 2, "node_coordinates": "mesh2d_node_x mesh2d_node_y",
        "node_dimension": "nmesh2d_node", "face_node_connectivity": "mesh2d_face_nodes",
        "face_dimension": "nmesh2d_face", "max_face_nodes_dimension": "max_nmesh2d_face_nodes"})
    mapping = {"grid_mapping": "projected_coordinate_system"} if manifest.grid.crs else {}
    for axis, values in zip("xy", (x, y)):
        file.variable(f"mesh2d_node_{axis}", ["nmesh2d_node"], "float64", {
            **axis_items(manifest.grid.crs)[axis], **mapping, "mesh": "mesh2d", "location": "node"}, values=values)
    file.variable("mesh2d_face_nodes", ["nmesh2d_face", "max_nmesh2d_face_nodes"], "int32", {
        "cf_role": "face_node_connectivity", "mesh": "mesh2d", "location": "face", "start_index": 0}, values=faces)
    file.variable("time", ["time"], "float64", {
        "standard_name": "time", "units": f"days since {manifest.dates[0].isoformat()} 00:00:00",
        "calendar": "standard"}, values=days)


def _vectors(file: NetcdfFile, name: str, components: Dict[str, np.ndarray], times: int) -> None:
    """A dataset of each component. The wording of the long names tells QGIS that x and y are one vector.

    The velocity is repeated at every date: of vectors without a time axis, QGIS's reader (MDAL, CFDataset2D) takes x
    for both components.
    """
    words, unit = _NAMES[name]
    vector = set(components) == {"east", "north"}
    for component, values in components.items():
        values = np.broadcast_to(values, (times, values.shape[1]))
        axis = {"east": "x", "north": "y"}.get(component, component)
        long_name = f"{words}, {axis}-component" if vector else words
        items = {"long_name": long_name, "units": unit, "mesh": "mesh2d", "location": "node"}
        file.variable(f"mesh2d_{name}_{axis}", ["time", "nmesh2d_node"], "float32", items, values=values)
