"""Find a Chromium for the browser tests, or install Debian's where we may (before the venv)."""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

from _runtime import console, system_packages

DRIVER_PACKAGES = ["libatomic1"]
"""Of Debian: what the Node.js inside Playwright, which drives the browser, needs and a bare system lacks."""
PACKAGES = ["chromium-headless-shell", *DRIVER_PACKAGES]
"""The same browser without windows: it draws no tabs and tool bars for each page, a third of the processor time."""
WHOLE_BROWSER = ["chromium", *DRIVER_PACKAGES]
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ON_MACOS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def find() -> str | None:
    """Return the path of a Chromium that runs and can be driven: $PORTAL_CHROMIUM, or the first on PATH."""
    if not _can_be_driven():
        return None
    given = os.environ.get("PORTAL_CHROMIUM")
    if given:
        return given
    candidates = [shutil.which(name) for name in NAMES] + list(ON_MACOS)
    return next((path for path in candidates if path and Path(path).exists() and _runs(path)), None)


def ensure() -> None:
    """Install Chromium if there is none and we may; the suite itself says what it could not run without one."""
    if find() is None and system_packages.can_install() and _is_debian():
        with console.step("No Chromium here: installing it for the browser tests (about 250 MB)"):
            try:
                _install()
            except console.SetupError as error:
                console.warn(str(error))


def _install() -> None:
    try:
        system_packages.install(PACKAGES, otherwise="Debian has no Chromium without windows here")
    except console.SetupError:
        system_packages.install(WHOLE_BROWSER, otherwise="Chromium could not be installed")


def _can_be_driven() -> bool:
    if sys.platform != "linux":
        return True
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError:
        return False
    return True


def _runs(path: str) -> bool:
    # Ubuntu's `chromium-browser` package is a stub that asks for snapd: present, but not a browser.
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=20, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _is_debian() -> bool:
    release = Path("/etc/os-release")
    return release.exists() and "ID=debian" in release.read_text().splitlines()
