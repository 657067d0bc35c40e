"""Lets the tests of the fusion use the networks of the inversion's tests."""
import sys
from pathlib import Path

FOLDER = str(Path(__file__).parents[1] / "inversion")
if FOLDER not in sys.path:
    sys.path.insert(0, FOLDER)
