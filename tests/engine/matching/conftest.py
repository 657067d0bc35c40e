"""Images shared by the tests of matching."""
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from motion_images import fractal  # noqa: E402


@pytest.fixture(scope="session")
def texture():
    return fractal(160, 3)


@pytest.fixture(scope="session")
def small():
    return fractal(96, 4)
