"""Pyramid of masked images, and fields carried from a coarse grid to a finer one.

Cell i of a grid covers the cells 2i and 2i + 1 of the next finer one, so their centres lie a quarter cell apart.
"""
import numpy as np


def pad(image, multiple: int, value):
    """Extend rows and columns at their end to a multiple, filled with `value`."""
    rows, columns = (-n % multiple for n in image.shape)
    return np.pad(image, ((0, rows), (0, columns)), constant_values=value) if rows or columns else image


def _halve(field, axis: int):
    """Every second sample of the binomial mean (1 3 3 1) / 8 along an axis; zero outside. Even length."""
    field = np.moveaxis(field, axis, 0)
    inner = 3.0 * (field[0::2] + field[1::2])
    inner[1:] += field[1:-1:2]
    inner[:-1] += field[2::2]
    return np.moveaxis(inner * np.float32(0.125), 0, axis)


def reduce_image(image, weight):
    """The next coarser image and its weight (0..1); masked pixels (weight 0) do not enter. Even sizes."""
    total = _halve(_halve(weight, 0), 1)
    value = _halve(_halve(image * weight, 0), 1) / np.maximum(total, 1e-6)
    weight = np.where(total > 0.5, np.minimum(total, 1.0), 0.0)
    return np.where(weight > 0, value, 0.0).astype(np.float32), weight.astype(np.float32)


def build(image, weight, levels: int):
    """[(image, weight)] from full size to 1 / 2**(levels - 1)."""
    made = [(image, weight)]
    for _ in range(levels - 1):
        made.append(reduce_image(*made[-1]))
    return made


def block_sum(field, factor: int):
    """Sums over blocks of factor x factor; the sizes are multiples of it."""
    if factor == 1:
        return field
    # line by line: a sum over two axes of a reshaped array takes six times as long
    across = field[:, 0::factor] + field[:, 1::factor]
    for k in range(2, factor):
        across += field[:, k::factor]
    total = across[0::factor] + across[1::factor]
    for k in range(2, factor):
        total += across[k::factor]
    return total


def _double(field, axis: int):
    shape = list(field.shape)
    shape[axis] *= 2
    fine = np.empty(shape, field.dtype)
    near, far = 0.75 * field, 0.25 * field
    first, last = (np.moveaxis(fine, axis, 0)[k::2] for k in range(2))
    near, far = np.moveaxis(near, axis, 0), np.moveaxis(far, axis, 0)
    np.add(near[:1], far[:1], out=first[:1])
    np.add(near[1:], far[:-1], out=first[1:])
    np.add(near[:-1], far[1:], out=last[:-1])
    np.add(near[-1:], far[-1:], out=last[-1:])
    return fine


def refine(field, factor: int):
    """A field on a grid `factor` (power of two) times finer, bilinear, constant beyond the outer centres."""
    while factor > 1:
        field = _double(_double(field, 0), 1)
        factor //= 2
    return np.ascontiguousarray(field, dtype=np.float32)


def repeat(field, factor: int):
    """A field on a finer grid by repetition (masks)."""
    return np.repeat(np.repeat(field, factor, axis=0), factor, axis=1) if factor > 1 else field
