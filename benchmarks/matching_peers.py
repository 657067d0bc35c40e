"""Other people's dense matching beside ours: each a function (reference, secondary, range) -> (down, right), px.

Install what is to be compared: scikit-image, opencv-python-headless, openpiv, gefolki. Methods that measure every so
many pixels are interpolated linearly.
"""
import sys

import numpy as np
from scipy import ndimage

_WINDOW, _SPACING = 32, 8  # px, of the methods that measure in windows


def efolki(reference, secondary, reach):
    """GeFolki's EFolki with the settings of its authors' example."""
    own = sys.path.pop(0)  # gefolki needs the package click, and a script of this folder has its name
    try:
        from gefolki.algorithm import EFolki
    finally:
        sys.path.insert(0, own)
    right, down = EFolki(reference.astype(np.float32), secondary.astype(np.float32), iteration=4, radius=range(32, 7, -4),
                         rank=4, levels=5 if reach > 16 else 4)
    return down, right


def _bytes(*images):
    low, high = np.percentile(images[0], [0.5, 99.5])
    return [np.clip(255 * (i - low) / (high - low), 0, 255).astype(np.uint8) for i in images]


def dis(reference, secondary, reach):
    """OpenCV's dense inverse search."""
    import cv2
    cv2.setNumThreads(1)
    found = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(*_bytes(reference, secondary), None)
    return found[..., 1], found[..., 0]


def farneback(reference, secondary, reach):
    """OpenCV's flow by polynomial expansion."""
    import cv2
    cv2.setNumThreads(1)
    found = cv2.calcOpticalFlowFarneback(*_bytes(reference, secondary), None, 0.5, 5, 21, 5, 7, 1.5, 0)
    return found[..., 1], found[..., 0]


def ilk(reference, secondary, reach):
    """scikit-image's iterative Lucas-Kanade."""
    from skimage.registration import optical_flow_ilk
    return optical_flow_ilk(reference.astype(np.float32), secondary.astype(np.float32), radius=9)


def windows_phase(reference, secondary, reach):
    """scikit-image's phase cross-correlation in windows, to a hundredth of a pixel."""
    from skimage.registration import phase_cross_correlation
    starts = _starts(reference.shape[0], _WINDOW)
    found = np.empty((2, starts.size, starts.size), np.float32)
    for i, y in enumerate(starts):
        for j, x in enumerate(starts):
            part = slice(y, y + _WINDOW), slice(x, x + _WINDOW)
            found[:, i, j] = -phase_cross_correlation(reference[part], secondary[part], upsample_factor=100)[0]
    return _dense(found, starts + 0.5 * (_WINDOW - 1), reference.shape)


def openpiv(reference, secondary, reach):
    """OpenPIV's correlation in windows of twice the range."""
    from openpiv.pyprocess import extended_search_area_piv, get_coordinates
    window = 2 * reach
    right, down, _ = extended_search_area_piv(reference.astype(np.float32), secondary.astype(np.float32), window,
                                            overlap=window - _SPACING, search_area_size=window)
    centres = get_coordinates(reference.shape, window, window - _SPACING)[0][0]
    return _dense(np.stack([down, right]), centres, reference.shape)


def plain(reference, secondary, reach):
    """Zero-mean normalised cross-correlation in windows with a parabola through the peak, NumPy only."""
    starts = _starts(reference.shape[0], _WINDOW)
    padded = np.pad(secondary, reach, mode="reflect")
    side = _WINDOW + 2 * reach
    size = 1 << (side - 1).bit_length()
    found = np.empty((2, starts.size, starts.size), np.float32)
    for i, y in enumerate(starts):
        templates = np.stack([reference[y:y + _WINDOW, x:x + _WINDOW] for x in starts])
        areas = np.stack([padded[y:y + side, x:x + side] for x in starts])
        found[:, i] = _peaks(templates - templates.mean((1, 2), keepdims=True), areas, reach, size)
    return _dense(found, starts + 0.5 * (_WINDOW - 1), reference.shape)


def _peaks(templates, areas, reach, size):
    """(2, n): shift of each zero-mean template in its area."""
    labels = 2 * reach + 1
    areas = areas - areas.mean((1, 2), keepdims=True)
    spectrum = np.fft.rfft2(areas, (size, size))
    product = np.fft.irfft2(spectrum * np.conj(np.fft.rfft2(templates, (size, size))))[:, :labels, :labels]
    ones = np.conj(np.fft.rfft2(np.ones((_WINDOW, _WINDOW)), (size, size)))
    mean = np.fft.irfft2(spectrum * ones)[:, :labels, :labels] / _WINDOW ** 2
    square = np.fft.irfft2(np.fft.rfft2(areas ** 2, (size, size)) * ones)[:, :labels, :labels] / _WINDOW ** 2
    score = product / np.sqrt(np.maximum(square - mean ** 2, 1e-12))
    best = score.reshape(len(score), -1).argmax(axis=1)
    row, column = (np.clip(k, 1, labels - 2) for k in np.unravel_index(best, (labels, labels)))
    number = np.arange(len(score))

    def vertex(before, at, after):
        return 0.5 * (before - after) / np.minimum(before - 2 * at + after, -1e-12)
    at = score[number, row, column]
    return np.stack([row - reach + vertex(score[number, row - 1, column], at, score[number, row + 1, column]),
                     column - reach + vertex(score[number, row, column - 1], at, score[number, row, column + 1])])


def _starts(size, window):
    return np.arange(0, size - window + 1, _SPACING)


def _dense(found, centres, shape):
    """Values at `centres` (px, both axes) on every pixel."""
    at = (np.mgrid[:shape[0], :shape[1]] - centres[0]) / (centres[1] - centres[0])
    return tuple(ndimage.map_coordinates(np.nan_to_num(part), at, order=1, mode="nearest") for part in found)


PEERS = (("GeFolki EFolki", efolki), ("OpenCV DIS", dis), ("OpenCV Farneback", farneback), ("scikit-image ILK", ilk),
         ("scikit-image phase, 32 px", windows_phase), ("OpenPIV, 2 x range", openpiv), ("plain NCC, 32 px", plain))
