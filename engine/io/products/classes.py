"""Class rasters that come with products (Sen2Cor's SCL, Landsat's QA_PIXEL and BQA, HLS' Fmask) as class codes."""
import numpy as np

from ...core.errors import InputError
from ...core.flags import CLASS_CLEAR, CLASS_CLOUD, CLASS_NO_DATA, CLASS_SHADOW, CLASS_SNOW, CLASS_WATER

#: Sen2Cor: 0 no data, 1 saturated or defective, 2 dark, 3 cloud shadow, 4 plants, 5 bare, 6 water, 7 unclassified,
#: 8 and 9 cloud (medium and high probability), 10 thin cirrus, 11 snow.
_SCL = {0: CLASS_NO_DATA, 1: CLASS_NO_DATA, 3: CLASS_SHADOW, 6: CLASS_WATER, 8: CLASS_CLOUD, 9: CLASS_CLOUD,
        10: CLASS_CLOUD, 11: CLASS_SNOW}
#: Bits of the classes, the strongest last. BQA gives confidences in two bits; 3 is high.
_QA_PIXEL_BITS = ((7, CLASS_WATER), (5, CLASS_SNOW), (4, CLASS_SHADOW), (1, CLASS_CLOUD), (2, CLASS_CLOUD),
                  (3, CLASS_CLOUD))
_FMASK_BITS = ((5, CLASS_WATER), (4, CLASS_SNOW), (3, CLASS_SHADOW), (2, CLASS_CLOUD), (1, CLASS_CLOUD))
_BQA_CONFIDENCES = ((9, CLASS_SNOW), (7, CLASS_SHADOW), (11, CLASS_CLOUD), (5, CLASS_CLOUD))
#: Best first, where a product has several.
KINDS = ("SCL", "QA_PIXEL", "Fmask", "BQA")


def product_classes(kind: str, values: np.ndarray) -> np.ndarray:
    """Class codes (core.flags, uint8) of a product's class raster of one of the KINDS; NaN becomes no data.

    values: (rows, columns) stored numbers. Raises InputError for another kind.
    """
    known = np.isfinite(values)
    numbers = np.where(known, values, 0).astype(np.int64)
    if kind == "SCL":
        table = np.full(256, CLASS_CLEAR, np.uint8)
        table[list(_SCL)] = list(_SCL.values())
        made = table[np.clip(numbers, 0, 255)]
    elif kind in ("QA_PIXEL", "Fmask"):
        made = np.zeros(numbers.shape, np.uint8)
        for bit, code in _QA_PIXEL_BITS if kind == "QA_PIXEL" else _FMASK_BITS:
            made[(numbers >> bit) & 1 == 1] = code
        made[(numbers & 1 == 1) if kind == "QA_PIXEL" else (numbers == CLASS_NO_DATA)] = CLASS_NO_DATA
    elif kind == "BQA":
        made = np.zeros(numbers.shape, np.uint8)
        for bit, code in _BQA_CONFIDENCES:
            made[(numbers >> bit) & 3 == 3] = code
        made[(numbers >> 4) & 1 == 1] = CLASS_CLOUD
        made[numbers & 1 == 1] = CLASS_NO_DATA
    else:
        raise InputError(f"Class rasters of the kind '{kind}' are not known; known are {', '.join(KINDS)}.")
    made[~known] = CLASS_NO_DATA
    return made
