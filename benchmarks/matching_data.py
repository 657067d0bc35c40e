"""Scenes with known motion for the matching benchmark: real or fractal texture, moved without the matcher's splines.

The texture is made four times finer by Fourier, moved there, and averaged over the area of the pixels.
"""
from dataclasses import dataclass
from typing import Optional

import numpy as np
from scipy import ndimage

FACTOR = 4  # fine samples per pixel
MISFIT = (0.13, 0.21)  # px down and right: mis-registration of the secondary scene


@dataclass
class Scene:
    """reference, secondary: (rows, columns). down, right: true shift, px. clear: without clouds, and in
    both images. moving: real motion. cover: 0..1, how much cloud hides the ground."""
    name: str
    reference: np.ndarray
    secondary: np.ndarray
    down: np.ndarray
    right: np.ndarray
    clear: np.ndarray
    moving: np.ndarray
    cover: Optional[np.ndarray] = None


def contrast(image):
    """Root mean square of a component of the gradient over the mean brightness, 1/px: most of what makes a scene easy."""
    return float(np.sqrt(np.mean(np.square(np.gradient(image)))) / image.mean())


def fractal(size, seed, wanted=0.067):
    """Land-cover-like brightness at all scales, of the same contrast whatever the size."""
    rng = np.random.default_rng(seed)
    radius = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.fftfreq(size)[None])
    radius[0, 0] = 1
    field = np.fft.ifft2(np.fft.fft2(rng.standard_normal((size, size))) * radius ** -1.4).real
    field *= 0.35 / field.std()
    for _ in range(6):
        field *= wanted / contrast(np.exp(field))
    return 0.2 * np.exp(field - field.mean())


def finer(image, rim=32):
    """The image on a grid four times finer (Fourier, mirrored at the edge)."""
    padded = np.pad(image, rim, mode="reflect")
    size = padded.shape[0]
    margin = size * (FACTOR - 1) // 2
    spectrum = np.pad(np.fft.fftshift(np.fft.fft2(padded)), margin)
    fine = np.fft.ifft2(np.fft.ifftshift(spectrum)).real * FACTOR ** 2
    return fine[rim * FACTOR:-rim * FACTOR, rim * FACTOR:-rim * FACTOR].astype(np.float32)


def area_mean(fine):
    size = fine.shape[0] // FACTOR
    return fine.reshape(size, FACTOR, size, FACTOR).mean(axis=(1, 3))


def moved(fine, down, right):
    """The secondary image: content at x on the reference's grid lies at x + d."""
    size = down.shape[0]
    y, x = ((np.mgrid[:size * FACTOR, :size * FACTOR] + 0.5) / FACTOR - 0.5).astype(np.float32)
    at = [y, x]
    for _ in range(6):
        at = [y - ndimage.map_coordinates(down, at, order=1, mode="nearest"),
              x - ndimage.map_coordinates(right, at, order=1, mode="nearest")]
    at = [(a + 0.5) * FACTOR - 0.5 for a in at]
    return area_mean(ndimage.map_coordinates(fine, at, order=3, mode="reflect"))


def with_noise(image, share, rng):
    return image * (1 + share * rng.standard_normal(image.shape))


def shift(name, texture, rng):
    """A: a constant shift, no noise."""
    fine, size = finer(texture), texture.shape[0]
    down, right = np.full((size, size), 0.37, np.float32), np.full((size, size), -0.21, np.float32)
    everywhere = np.ones((size, size), bool)
    return Scene(name, area_mean(fine), moved(fine, down, right), down, right, everywhere, ~everywhere)


def glacier(name, texture, rng, largest=4.5):
    """B: a glacier with shear margins, 1 % noise."""
    fine, size = finer(texture), texture.shape[0]
    y, x = np.mgrid[:size, :size].astype(np.float32) / size
    across = np.abs(y - 0.5 - 0.12 * np.sin(3 * x)) / 0.16
    along = np.clip((x - 0.15) / 0.1, 0, 1) * np.clip((0.9 - x) / 0.1, 0, 1)
    speed = largest * np.where(across < 1, 1 - across ** 4, 0) * along ** 2 * (3 - 2 * along) * (0.7 + 0.3 * np.sin(5 * x))
    angle = np.arctan(0.36 * np.cos(3 * x))
    down = (speed * np.sin(angle) + MISFIT[0]).astype(np.float32)
    right = (speed * np.cos(angle) + MISFIT[1]).astype(np.float32)
    return Scene(name, with_noise(area_mean(fine), 0.01, rng), with_noise(moved(fine, down, right), 0.01, rng), down, right,
                 np.ones((size, size), bool), speed > 0.05)


def step(name, texture, rng):
    """C: a sharp step of 0.40 px, 1 % noise."""
    fine, size = finer(texture), texture.shape[0]
    y, x = np.mgrid[:size, :size]
    down = np.full((size, size), MISFIT[0], np.float32)
    right = (0.2 * np.sign(fault_distance(size)) + MISFIT[1]).astype(np.float32)
    return Scene(name, with_noise(area_mean(fine), 0.01, rng), with_noise(moved(fine, down, right), 0.01, rng), down, right,
                 np.ones((size, size), bool), np.abs(fault_distance(size)) < 16)


def fault_distance(size):
    """Distance from the fault of `step`, px, positive on its right."""
    y, x = np.mgrid[:size, :size]
    return (x - size / 2 - 0.3 * (y - size / 2)) / 1.044


def landslide(name, texture, rng):
    """D: a landslide under other light, 10 % noise, clouds and shadows that no mask announces."""
    fine, size = finer(texture), texture.shape[0]
    y, x = np.mgrid[:size, :size].astype(np.float32) / size
    shape = np.clip(3 * (1 - ((x - 0.49) / 0.18) ** 2 - ((y - 0.51) / 0.25) ** 2), 0, 1)
    down, right = (1.4 * shape + MISFIT[0]).astype(np.float32), (0.8 * shape + MISFIT[1]).astype(np.float32)
    light = 1 + 0.12 * np.sin(11 * x + 6 * y) + 0.1 * np.sin(17 * y - 8 * x)
    secondary = with_noise(moved(fine, down, right) * light, 0.1, rng)
    cloud, shadow = (np.zeros((size, size)) for _ in range(2))
    for cy, cx, radius in ((0.18, 0.74, 0.09), (0.78, 0.23, 0.1), (0.84, 0.78, 0.12), (0.23, 0.18, 0.07)):
        cloud = np.maximum(cloud, np.clip(1.9 - 1.5 * np.hypot(y - cy, x - cx) / radius, 0, 1))
        shadow = np.maximum(shadow, np.clip(1.9 - 1.5 * np.hypot(y - cy - 0.1, x - cx + 0.09) / radius, 0, 1))
    billows = ndimage.gaussian_filter(rng.standard_normal((size, size)), 4)
    bright = np.percentile(secondary, 98) * (1.3 + 0.1 * billows / billows.std())
    secondary = secondary * (1 - 0.55 * shadow) * (1 - cloud) + bright * cloud
    return Scene(name, with_noise(area_mean(fine), 0.1, rng), secondary, down, right, np.maximum(cloud, shadow) < 0.02,
                 shape > 0.02, cloud)


def big(name, texture, rng):
    """Motion of 36 px with strain up to 0.4, 1 % noise; needs a range of 40 px."""
    fine, size = finer(texture), texture.shape[0]
    y, x = np.mgrid[:size, :size].astype(np.float32) / size
    half = 36 * 1.54 / 0.4 / size
    profile = np.clip(1 - ((y - 0.5) / half) ** 2, 0, 1) ** 2
    right = (36 * profile * (0.9 + 0.1 * np.cos(6 * x)) + MISFIT[1]).astype(np.float32)
    down = np.full_like(right, MISFIT[0])
    return Scene(name, with_noise(area_mean(fine), 0.01, rng), with_noise(moved(fine, down, right), 0.01, rng), down, right,
                 (x > 0.1) & (x < 0.9), profile > 0.002)


SCENES = {"shift": shift, "glacier": glacier, "step": step, "landslide": landslide, "big": big}
