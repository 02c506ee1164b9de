"""Where things lie in the clone (before the venv)."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "bin" / "requirements"
VENV = ROOT / ".venv"
STATIC_BUILD = ROOT / "static" / "build"
NODE_MODULES = ROOT / "node_modules"


def var_dir() -> Path:
    """Return the directory for everything the portal writes: $PORTAL_VAR, or var/ in the clone."""
    return Path(os.environ.get("PORTAL_VAR") or ROOT / "var").absolute()


def venv_python() -> Path:
    """Return the interpreter of the clone's virtual environment."""
    return VENV / "bin" / "python"
