"""Debian packages: installed where we may, otherwise named in one line (before the venv)."""

import os
import shutil
import subprocess

from _runtime import console


def can_install() -> bool:
    """Return whether this process may install Debian packages."""
    return console.is_root() and shutil.which("apt-get") is not None


def has_package(name: str) -> bool:
    """Return whether apt knows a package of this name."""
    if shutil.which("apt-cache") is None:
        return False
    answer = subprocess.run(["apt-cache", "policy", name], capture_output=True, text=True, check=False)
    return "Candidate:" in answer.stdout and "Candidate: (none)" not in answer.stdout


def install(packages: list[str], *, otherwise: str) -> None:
    """Install the packages as root, or raise SetupError with the sentence that names the cure."""
    if not can_install():
        raise console.SetupError(otherwise)
    if not _apt_get("install", packages):
        _apt_get("update", [])
        if not _apt_get("install", packages, quiet=False):
            raise console.SetupError(otherwise)


def _apt_get(verb: str, packages: list[str], *, quiet: bool = True) -> bool:
    options = ["-y", "--no-install-recommends"] if verb == "install" else []
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "-qq", verb, *options, *packages]
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, env=environment, stdout=output, stderr=output, check=False).returncode == 0
