"""Settings of the preparation."""
from dataclasses import dataclass
from typing import Optional

from ..core.settings import Settings, field, group
from .classify_settings import NONE, PRODUCT, RULES, ClassifySettings

_SOURCES = ((PRODUCT, "Product (SCL, QA_PIXEL), else Fmask rules"), (RULES, "Fmask rules"), (NONE, "No class masks"))


@dataclass(frozen=True)
class PrepareSettings(Settings):
    """Scenes on one grid, as reflectance, with masks."""
    bands: str = field("", label="Bands",
                       help="Names in the product (B04, B08), or what they see: blue, green, red, nir, swir1, swir2; comma "
                            "separated. Empty: the band to match first.")
    pixel_size: Optional[float] = field(None, label="Pixel size", unit="m", minimum=0.01, maximum=10000.0,
                                        help="Empty: the finest of the bands.")
    source: str = field(PRODUCT, label="Class masks from", choices=_SOURCES,
                        help="Masks that the scenes layer has already are kept, whatever is chosen here.")
    shade: bool = field(True, label="Cast shadow into the masks", advanced=True,
                        help="With an elevation model: ground in the shadow of mountains is masked like that of clouds, "
                             "since shadows move with the sun and not with the ground.")
    classes: ClassifySettings = group(ClassifySettings(cloud_dilation=30.0, shadow_dilation=30.0), omit=("source",),
                                      advanced=True)

    @property
    def band_names(self):
        """The bands that were asked for, each once."""
        return tuple(dict.fromkeys(name.strip() for name in self.bands.split(",") if name.strip()))
