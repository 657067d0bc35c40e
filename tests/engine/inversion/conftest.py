"""Lets the tests of the inversion and of the fusion share `inversion_networks`."""
import sys
from pathlib import Path

if str(Path(__file__).parent) not in sys.path:
    sys.path.insert(0, str(Path(__file__).parent))
