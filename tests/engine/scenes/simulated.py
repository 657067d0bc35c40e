"""Measuring the simulated scenes without any code of the engine: phase slope of the cross-spectrum of two windows."""
import numpy as np


def hann(size):
    window = np.hanning(size + 2)[1:-1]
    return np.outer(window, window)


def shift_by_phase(reference, secondary, highest=0.22, passes=3):
    """(columns, rows) by which the content moved from the first to the second window, px; below 1 px or so.

    A plane through the phase of the cross-spectrum up to `highest` cycles per pixel, weighted by its power. The second
    window is moved back by the Fourier shift theorem and measured again, so that nothing is interpolated in space.
    """
    size = reference.shape[0]
    taper = hann(size)
    rows, columns = np.fft.fftfreq(size)[:, None], np.fft.fftfreq(size)[None, :]
    use = (np.hypot(rows, columns) < highest) & (np.hypot(rows, columns) > 1.5 / size)
    spectrum = np.fft.fft2((reference - reference.mean()) * taper)
    total = np.zeros(2)
    moved = np.fft.fft2(secondary - secondary.mean())
    for _ in range(passes):
        back = np.fft.ifft2(moved * np.exp(2j * np.pi * (columns * total[0] + rows * total[1]))).real
        cross = spectrum * np.conj(np.fft.fft2(back * taper))
        weight = np.abs(cross)[use]
        design = np.stack([np.broadcast_to(columns, use.shape)[use], np.broadcast_to(rows, use.shape)[use]], 1)
        phase = np.angle(cross)[use] / (2.0 * np.pi)
        total += np.linalg.solve(design.T @ (design * weight[:, None]), design.T @ (weight * phase))
    return total


def window(values, row, column, size):
    """A square window around a position."""
    return np.asarray(values, float)[row - size // 2:row + size // 2, column - size // 2:column + size // 2]


def weighted(values, row, column, size):
    """Mean of a field over a window, weighted as the measurement weights it."""
    weight = hann(size) ** 2
    return float((window(values, row, column, size) * weight).sum() / weight.sum())
