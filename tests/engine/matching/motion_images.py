"""Small images with known motion. Moved by Fourier shifts or area means, never by the matcher's own interpolation."""
import numpy as np
from scipy import ndimage


def fractal(size, seed, exponent=1.4):
    """Land-cover-like brightness, all scales, values about 0.05 to 0.6."""
    rng = np.random.default_rng(seed)
    radius = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.fftfreq(size)[None])
    radius[0, 0] = 1.0
    field = np.fft.ifft2(np.fft.fft2(rng.standard_normal((size, size))) * radius ** -exponent).real
    return 0.2 * np.exp(0.35 * (field - field.mean()) / field.std())


def fourier_shift(image, down, right):
    """A periodic image whose content is moved by a constant shift."""
    rows, columns = np.fft.fftfreq(image.shape[0])[:, None], np.fft.fftfreq(image.shape[1])[None]
    return np.fft.ifft2(np.fft.fft2(image) * np.exp(-2j * np.pi * (rows * down + columns * right))).real


def finer(image, factor=4):
    """A periodic image on a grid `factor` times finer, by Fourier."""
    size = image.shape[0]
    spectrum = np.fft.fftshift(np.fft.fft2(image))
    margin = size * (factor - 1) // 2
    return np.fft.ifft2(np.fft.ifftshift(np.pad(spectrum, margin))).real * factor ** 2


def moved(image, down, right, factor=4):
    """(reference, secondary): pixels are area means of a finer image; the content moves by fields of shifts, px."""
    size = image.shape[0]
    fine = finer(image, factor)
    y, x = (np.mgrid[:size * factor, :size * factor] + 0.5) / factor - 0.5
    source_y, source_x = y.copy(), x.copy()
    for _ in range(6):  # where on the reference does the content of this place come from?
        at = [source_y, source_x]
        source_y = y - ndimage.map_coordinates(down, at, order=1, mode="nearest")
        source_x = x - ndimage.map_coordinates(right, at, order=1, mode="nearest")
    sampled = ndimage.map_coordinates(fine, [(source_y + 0.5) * factor - 0.5, (source_x + 0.5) * factor - 0.5],
                                      order=3, mode="grid-wrap")

    def mean(values):
        return values.reshape(size, factor, size, factor).mean(axis=(1, 3))
    return mean(fine), mean(sampled)


def flow(size, largest):
    """(down, right): a tongue of moving ground in still ground, with margins about 20 px wide."""
    y, x = np.mgrid[:size, :size] / size
    profile = 0.5 * (np.tanh((0.25 - np.abs(y - 0.5)) * size / 20) + 1) * 0.5 * (np.tanh((0.3 - np.abs(x - 0.5)) * 6) + 1)
    return -0.5 * largest * profile, largest * profile


def inside(field, rim=8):
    return field[rim:-rim, rim:-rim]
