"""The throw-away portal of bin/_runtime for tests, benches and chaos: `from tests.stack import Stack`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bin"))  # `python -m tests.bench` has no pytest to do it

from _runtime.process import Child
from _runtime.stack import Stack

__all__ = ["Child", "Stack"]
