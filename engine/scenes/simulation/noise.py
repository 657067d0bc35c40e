"""Random fields with the spectra of nature: fractal and ridged noise, parcels, sinuous lines. All are periodic."""
import numpy as np


def spectrum_radius(shape):
    """|frequency| (cycles per sample) of the half spectrum of `rfft2`."""
    return np.hypot(np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None, :]).astype(np.float32)


def fractal(rng, shape, exponent=2.0, longest=None, shortest=2.0, stretch=(1.0, 0.0)):
    """Gaussian noise whose power falls as frequency^-exponent between two wavelengths; mean 0, deviation 1.

    shape: (rows, cols). longest, shortest: samples; None is the whole field. stretch: (factor, angle): structures
    are `factor` times longer along `angle` (rad from the columns' axis, downward). Returns float32.
    """
    from scipy import fft
    white = fft.rfft2(rng.standard_normal(shape, dtype=np.float32))
    factor, angle = stretch
    if factor == 1.0:
        radius = spectrum_radius(shape)
    else:
        row, column = np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None, :]
        along = column * np.cos(angle) + row * np.sin(angle)
        radius = np.hypot(along * factor, row * np.cos(angle) - column * np.sin(angle)).astype(np.float32)
    low = 1.0 / (longest or max(shape))
    amplitude = np.maximum(radius, low) ** np.float32(-exponent / 2.0)
    amplitude *= np.exp(-(low / np.maximum(radius, 1e-9)) ** 4) * np.exp(-(radius * shortest) ** 4)
    field = fft.irfft2(white * amplitude.astype(np.float32), s=shape)
    return ((field - field.mean()) / field.std()).astype(np.float32)


def ridged(rng, shape, longest, octaves=6, persistence=0.55):
    """Noise with sharp crests, like eroded mountains: 0..1 about. longest: wavelength of the first octave, samples."""
    total, weight, amplitude = np.zeros(shape, np.float32), np.ones(shape, np.float32), 1.0
    scale = 0.0
    for octave in range(octaves):
        wavelength = longest / 2.0 ** octave
        if wavelength < 4.0:
            break
        crest = 1.0 - np.minimum(np.abs(fractal(rng, shape, 2.0, wavelength * 1.4, wavelength * 0.7)) / 1.6, 1.0)
        crest *= crest
        total += amplitude * weight * crest
        weight = np.clip(crest * 1.8, 0.15, 1.0)
        scale += amplitude
        amplitude *= persistence
    return total / scale


def parcels(rng, columns, rows, width, length, angle):
    """Which parcel of land each point lies in: an index into 4096 random properties.

    columns, rows: coordinates in any unit; width, length: mean sides of a parcel in it; angle: rad.
    Returns int32 of the coordinates' shape.
    """
    across = columns * np.cos(angle) + rows * np.sin(angle)
    along = rows * np.cos(angle) - columns * np.sin(angle)
    strip = np.floor(across / width).astype(np.int32)
    offset = rng.uniform(0.0, 1.0, 256).astype(np.float32)[strip % 256]
    stretch = rng.uniform(0.6, 1.6, 256).astype(np.float32)[strip % 256]
    plot = np.floor(along / (length * stretch) + offset).astype(np.int32)
    return (strip * 31 + plot * 57) % 4096


def lines(field, width):
    """1 on the zero contours of a smooth field, soft at the edges: paths, gullies, streams. width: samples."""
    rows, columns = np.gradient(field)
    distance = np.abs(field) / np.maximum(np.hypot(rows, columns), 1e-6)
    return np.exp(-(distance / width) ** 2).astype(np.float32)


def smoothstep(values, low, high):
    """0 below `low`, 1 above `high`, smooth between."""
    share = np.clip((values - low) / (high - low), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)
