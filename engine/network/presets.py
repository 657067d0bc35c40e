"""Networks for what people study, after Provost et al. (2022), section 3."""
from typing import Dict

from .settings import BOTH, PairNetworkSettings

#: An event between two dates: every scene before it with every scene after it, both directions averaged later. 250
#: days keep the season alike and slow motion small; the split date is that of the event.
EARTHQUAKE = PairNetworkSettings(min_baseline=1, max_baseline=250, direction=BOTH)
#: Glaciers lose their texture: baselines under 100 days.
ICE = PairNetworkSettings(min_baseline=5, max_baseline=100)
#: Slow landslides need long baselines to pass a tenth of a pixel: 500 to 1500 days.
SLIDE = PairNetworkSettings(min_baseline=500, max_baseline=1500)

PRESETS: Dict[str, PairNetworkSettings] = {"earthquake": EARTHQUAKE, "ice": ICE, "slide": SLIDE}
