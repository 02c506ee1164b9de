#!/usr/bin/env python3
"""Run a management command of the portal, on the running one where bin/run has started it."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV_PYTHON = ROOT / ".venv" / "bin" / "python"
# Read by the dynamic linker, so it must be there before Python starts.
LINKER_VARIABLES = {"LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"}


def main() -> None:
    """Take over the running portal's environment, then hand over to Django."""
    if adopt_environment() & LINKER_VARIABLES:
        os.execv(sys.executable, [sys.executable, *sys.argv])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        # Typed as `./manage.py` or `python3 manage.py`, with the packages waiting in .venv.
        if Path(sys.prefix) == VENV_PYTHON.parents[1] or not VENV_PYTHON.exists():
            raise
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv])
    execute_from_command_line(sys.argv)


def adopt_environment() -> set[str]:
    """Read the file that bin/run leaves while it runs; what the caller has set wins. Return the names taken over."""
    path = Path(os.environ.get("PORTAL_VAR") or ROOT / "var") / "run" / "environment"
    if "DATABASE_URL" in os.environ or not path.exists():
        return set()
    pairs = [line.partition("=") for line in path.read_text(encoding="utf-8").splitlines()]
    taken = {name: value for name, _, value in pairs if name not in os.environ}
    os.environ.update(taken)
    return set(taken)


if __name__ == "__main__":
    main()
