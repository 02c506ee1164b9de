"""Everything a clone needs before anything can start: venv, packages, Pango, browser assets (before the venv)."""

import os
import sys
from pathlib import Path

from _runtime import assets, catalogues, lock, pango, virtualenv
from _runtime.paths import REQUIREMENTS, ROOT, venv_python


def complete(*, with_dev: bool = False) -> None:
    """Bring the clone up to date; what is already there costs a few milliseconds."""
    with lock.setting_up(ROOT / "bin"):
        run = REQUIREMENTS / "run.txt"
        # dev.txt holds everything of run.txt too: one call of pip, and a later bin/run has nothing to install.
        virtualenv.ensure(*([REQUIREMENTS / "dev.txt", run] if with_dev else [run]))
        os.environ.update(pango.environment())
        assets.build()
        catalogues.compile_all()


def continue_in_venv(command: str, arguments: list[str]) -> None:
    """Replace this process by the venv's Python running another command of ours."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(venv_python(), [str(venv_python()), str(Path(__file__).parent), command, *arguments])
