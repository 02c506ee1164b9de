"""`make lint` as tests, so that the suite that CI runs keeps the conventions too."""

import subprocess
import sys

import pytest

from _runtime.paths import ROOT, VENV

COMMANDS = {
    "format": [sys.executable, "-m", "ruff", "format", "--check", "."],
    "rules": [sys.executable, "-m", "ruff", "check", "."],
    "types": [sys.executable, "-m", "mypy"],
    "import-order": [VENV / "bin" / "lint-imports"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
    "templates": [VENV / "bin" / "djlint", "--lint", "--quiet", "templates"],
}


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", COMMANDS)
def test_lint(name):
    done = subprocess.run(COMMANDS[name], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"[-6000:]
