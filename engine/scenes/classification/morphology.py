"""Groups of pixels and their margins."""
import numpy as np

_LARGEST_DISC = 8  # pixels; wider margins are measured by distance


def label(mask):
    """(labels int32, count) of the groups of a mask; diagonal neighbours belong together."""
    from scipy import ndimage
    labels, count = ndimage.label(mask, np.ones((3, 3), bool))
    return labels, int(count)


def without_small(mask, least: int):
    """A mask without the groups of fewer than `least` pixels."""
    if least <= 1 or not mask.any():
        return mask
    labels, count = label(mask)
    keep = np.bincount(labels.ravel(), minlength=count + 1) >= least
    keep[0] = False
    return keep[labels]


def groups_with(mask, seeds):
    """The groups of a mask that hold at least one seed."""
    labels, count = label(mask)
    keep = np.zeros(count + 1, bool)
    keep[np.unique(labels[seeds & mask])] = True
    keep[0] = False
    return keep[labels]


def enclosed(mask, others, share: float, marked, valid):
    """The groups of a mask of whose border more than a share are others, and that are marked for the most part.

    All (rows, cols) bool. The image's edge is no border, nor is that of its valid pixels.
    """
    from scipy import ndimage
    labels, count = label(mask)
    if not count:
        return mask
    around = ndimage.grey_dilation(labels, footprint=np.ones((5, 5), bool))
    border = (around > 0) & ~mask & valid
    total = np.bincount(around[border], minlength=count + 1)
    theirs = np.bincount(around[border & others], minlength=count + 1)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    keep = theirs > share * np.maximum(total, 1)
    keep &= 2 * np.bincount(labels[marked & mask], minlength=count + 1) > sizes
    keep[0] = False
    return keep[labels]


def dilate(mask, radius: float):
    """A mask with a round margin. radius: pixels."""
    from scipy import ndimage
    if radius < 1.0 or not mask.any():
        return mask
    if radius > _LARGEST_DISC:
        return ndimage.distance_transform_edt(~mask) <= radius
    reach = int(radius)
    rows, columns = np.mgrid[-reach:reach + 1, -reach:reach + 1]
    return ndimage.binary_dilation(mask, rows * rows + columns * columns <= radius * radius)


def erode(mask, radius: float):
    """A mask without a round margin; the image's edge does not count as outside."""
    return ~dilate(~mask, radius)


def closed(mask, radius: float):
    """A mask without gaps narrower than twice a radius."""
    return erode(dilate(mask, radius), radius)


def opened(mask, radius: float):
    """A mask without what is narrower than twice a radius."""
    return dilate(erode(mask, radius), radius) & mask


def mean_around(values, where, window: int):
    """Mean of the chosen pixels in a window, of all chosen ones where the window has next to none."""
    from scipy import ndimage
    if not where.any():
        return np.zeros(values.shape, np.float32)
    weight = ndimage.uniform_filter(where.astype(np.float32), window)
    total = ndimage.uniform_filter(np.where(where, values, np.float32(0.0)), window)
    return np.where(weight > 0.02, total / np.maximum(weight, 0.02), values[where].mean())
