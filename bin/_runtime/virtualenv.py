"""Make .venv and fill it from hash-locked requirements with pip (before the venv)."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from _runtime import console, digest, system_packages
from _runtime.paths import VENV, venv_python

OLDEST_PYTHON = (3, 11)


def ensure(file: Path, *held: Path) -> None:
    """Make the virtual environment if needed and install a hash-locked file; a second call is free.

    `held` are files whose lines it holds too: they are installed with it.
    """
    if not _is_sound():
        _create()
    wanted = {_stamp(each): digest.digest_of([each], str(venv_python().resolve())) for each in (file, *held)}
    if all(digest.is_current(stamp, value) for stamp, value in wanted.items()):
        return
    # --no-deps: the file is complete. Hashes: nobody between us and the index can swap a wheel.
    options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--no-compile", "--quiet"]
    options += ["--disable-pip-version-check", "--no-input"]
    command = [str(venv_python()), "-m", "pip", "install", *options, "-r", str(file)]
    with console.step(f"Installing {file.parent.name}/{file.name} into .venv by hash"):
        environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
        if subprocess.run(command, env=environment, check=False).returncode:
            raise console.SetupError(
                "pip could not install the requirements, see above; is a package index reachable from here?"
            )
    for stamp, value in wanted.items():
        digest.write_stamp(stamp, value)


def _stamp(file: Path) -> Path:
    return VENV / f".{file.stem}.stamp"


def _is_sound() -> bool:
    """Return whether the venv's Python still runs: one moved, copied or made by a removed Python does not."""
    if not venv_python().exists():
        return False
    question = [
        str(venv_python()),
        "-c",
        f"import pip, sys; assert sys.version_info >= {OLDEST_PYTHON}; print(sys.prefix)",
    ]
    answer = subprocess.run(question, capture_output=True, text=True, check=False)
    return answer.returncode == 0 and Path(answer.stdout.strip()).resolve() == VENV.resolve()


def _create() -> None:
    with console.step(f"Making .venv with Python {sys.version.split()[0]}"):
        shutil.rmtree(VENV, ignore_errors=True)
        if _run_venv():
            return
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        packages = (
            [f"python{version}-venv"] if system_packages.has_package(f"python{version}-venv") else ["python3-venv"]
        )
        cure = f"Python's venv module is incomplete here. Run: sudo apt-get install -y {' '.join(packages)}"
        system_packages.install(packages, otherwise=cure)
        shutil.rmtree(VENV, ignore_errors=True)
        if not _run_venv():
            raise console.SetupError(cure)


def _run_venv() -> bool:
    # We may run inside the very venv that is to be made anew; its base Python stays.
    python = getattr(sys, "_base_executable", None) or sys.executable
    made = subprocess.run([python, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    return made.returncode == 0
