"""Settings of the classification."""
from dataclasses import dataclass

from ..core.settings import Settings, field

RULES, PRODUCT, NONE = "rules", "product", "none"
SOURCES = ((RULES, "Fmask rules"), (PRODUCT, "Classes of the product (SCL, QA_PIXEL) where it has some"))


@dataclass(frozen=True)
class ClassifySettings(Settings):
    """Clear ground, water, cloud shadow, snow, cloud."""
    source: str = field(RULES, label="Classes from", choices=SOURCES,
                        help="The rules work alike for all sensors. A product's own classes (SCL of Sentinel-2 level 2, "
                             "QA_PIXEL of Landsat) are quicker; products without any are classified by the rules.")
    cloud_dilation: float = field(0.0, label="Margin around clouds", unit="m", minimum=0.0, maximum=2000.0,
                                  help="Whatever lies so near a cloud counts as cloud too, beyond the soft edge that is "
                                       "found; at least one pixel, unless 0. Fmask: 90 m.")
    cloud_edge: float = field(150.0, label="Soft edge of clouds", unit="m", minimum=0.0, maximum=2000.0, advanced=True,
                              help="So far from a cloud, pixels that are brighter than clear ground around belong to it.")
    shadow_dilation: float = field(20.0, label="Margin around shadows", unit="m", minimum=0.0, maximum=2000.0,
                                   help="The same for their shadows.")
    snow_dilation: float = field(0.0, label="Margin around snow", unit="m", minimum=0.0, maximum=2000.0, advanced=True,
                                 help="0 keeps snow as found.")
    cloud_probability: float = field(
        0.2, label="Cloud probability", minimum=0.0, maximum=1.0, advanced=True,
        help="Above the usual of clear ground; lower finds thinner clouds and more bright ground (Fmask: 0.2).")
    minimum_cloud: float = field(1000.0, label="Smallest cloud", unit="m²", minimum=0.0, maximum=1e7, advanced=True,
                                 help="Smaller groups of pixels are bright roofs more often than clouds. "
                                      "Three pixels of 20 m have 1200.")
    lowest_cloud: float = field(200.0, label="Lowest cloud", unit="m", minimum=0.0, maximum=20000.0, advanced=True,
                                help="Above the ground; where the search for a cloud's shadow begins.")
    highest_cloud: float = field(12000.0, label="Highest cloud", unit="m", minimum=100.0, maximum=20000.0,
                                 advanced=True, help="Where the search for a cloud's shadow ends.")
    displacement: bool = field(True, label="Parallax test", advanced=True,
                               help="Sentinel-2: what does not shift between the near infrared bands as clouds do is no "
                                    "cloud: bright roofs, sand, the borders of snow. Left out where even the clouds of a "
                                    "scene do not, as fog.")

    def check(self) -> None:
        from ..core.errors import SettingsError
        if self.lowest_cloud >= self.highest_cloud:
            raise SettingsError(f"The lowest cloud ({self.lowest_cloud:g} m) must lie below the highest "
                                f"({self.highest_cloud:g} m).")
