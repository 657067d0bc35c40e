"""Changed ground: what is told from brightness and texture together."""
import numpy as np
from scipy import ndimage

from terrain_motion.engine.matching import change

from motion_images import fractal


def level():
    image = np.log(fractal(128, 3)).astype(np.float32)
    return image, np.ones(image.shape, np.float32), np.zeros(image.shape, bool)


def test_ground_under_other_light_is_related_and_half_hidden_ground_is_not():
    image, weight, nothing = level()
    own = ndimage.gaussian_filter(np.random.default_rng(1).standard_normal(image.shape), 2).astype(np.float32)
    cloud = 0.7 * image + 0.5 * image.std() * own / own.std()  # a cloud's own texture over some of the ground's
    beside_the_rim = np.s_[16:-16, 16:-16]

    def share(secondary):
        departure, _ = change.difference(image, weight, secondary, weight)
        suspect = change.suspicion(departure, 0.0)
        return change.unrelated(image, weight, secondary, weight, nothing, suspect)[beside_the_rim].mean()
    assert share(image + 0.4) < 0.01            # brighter by half, the same texture
    assert share(cloud - cloud.mean() + image.mean()) < 0.3         # as bright as before: texture alone is no reason
    assert share(cloud - cloud.mean() + image.mean() + 0.45) > 0.55  # brighter, and other texture
