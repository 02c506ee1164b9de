"""WeasyPrint needs Pango of the system: install it, bring a private copy, or name the cure (before the venv)."""

import ctypes
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from _runtime import console, system_packages
from _runtime.paths import STATIC_BUILD, VENV, var_dir

PACKAGES = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]
"""Of Debian; the last cuts the fonts down to the letters used, which WeasyPrint will soon not do without."""
FONT_CUTTER = "libharfbuzz-subset.so.0"
LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libharfbuzz.so.0",
    "libfontconfig.so.1",
    "libpangoft2-1.0.so.0",
    FONT_CUTTER,
)
PRIVATE = VENV / "system-libraries"
HOMEBREW = (Path("/opt/homebrew/lib"), Path("/usr/local/lib"))


def environment() -> dict[str, str]:
    """Make sure that Pango is there; return the variables that let WeasyPrint find it and the portal's fonts."""
    if sys.platform == "darwin":
        return _on_macos()
    if _loads():
        return _font_configuration()
    cure = f"PDFs need the Pango library. Run: sudo apt-get install -y --no-install-recommends {' '.join(PACKAGES)}"
    if system_packages.can_install():
        with console.step("Installing Pango, which draws the PDFs"):
            system_packages.install(PACKAGES, otherwise=cure)
        return _font_configuration()
    if not _private_libraries():
        if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
            raise console.SetupError(
                "PDFs need the Pango library. Install your system's package 'pango' and run this again."
            )
        with console.step("No Pango here and no right to install it: unpacking a private copy into .venv"):
            _unpack(cure)
    return {"LD_LIBRARY_PATH": _joined(_private_libraries(), "LD_LIBRARY_PATH"), **_font_configuration()}


def _loads() -> bool:
    """Return whether the dynamic linker finds every library, asked in a fresh process so that nothing stays loaded."""
    question = "import ctypes, sys; [ctypes.CDLL(name) for name in sys.argv[1:]]"
    return (
        subprocess.run([sys.executable, "-c", question, *LIBRARIES], capture_output=True, check=False).returncode == 0
    )


def _on_macos() -> dict[str, str]:
    folder = next((path for path in HOMEBREW if (path / "libpango-1.0.dylib").exists()), None)
    if folder is None:
        try:
            ctypes.CDLL("libpango-1.0.dylib")
        except OSError:
            raise console.SetupError("PDFs need the Pango library. Run: brew install pango") from None
        return {}
    return {"DYLD_FALLBACK_LIBRARY_PATH": _joined([folder], "DYLD_FALLBACK_LIBRARY_PATH")}


def _private_libraries() -> list[Path]:
    triplet = f"{platform.machine()}-linux-gnu"
    folders = [PRIVATE / "root" / top / triplet for top in ("usr/lib", "lib")]
    # A copy from before the cutter was among the packages is none: it is unpacked anew.
    found = [folder for folder in folders if folder.is_dir()]
    return found if any((folder / FONT_CUTTER).exists() for folder in found) else []


def _joined(folders: list[Path], variable: str) -> str:
    before = os.environ.get(variable)
    words = [str(folder) for folder in folders]
    return os.pathsep.join(words + [word for word in (before or "").split(os.pathsep) if word and word not in words])


def _unpack(cure: str) -> None:
    """Download the packages with an apt of our own state and unpack them: no root, nothing installed."""
    shutil.rmtree(PRIVATE, ignore_errors=True)
    for folder in ("state/lists/partial", "cache/archives/partial", "debs", "root"):
        (PRIVATE / folder).mkdir(parents=True)
    options = {
        "Dir::State": PRIVATE / "state",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": PRIVATE / "cache",
        "Debug::NoLocking": "1",
    }
    apt = ["apt-get", "-qq", *(word for name, value in options.items() for word in ("-o", f"{name}={value}"))]
    try:
        subprocess.run([*apt, "update"], check=True, capture_output=True)
        plan = subprocess.run(
            [*apt, "-s", "install", "--no-install-recommends", *PACKAGES], check=True, capture_output=True, text=True
        ).stdout
        names = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
        subprocess.run([*apt, "download", *names], check=True, capture_output=True, cwd=PRIVATE / "debs")
        for package in sorted((PRIVATE / "debs").glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", str(package), str(PRIVATE / "root")], check=True, capture_output=True)
    except subprocess.CalledProcessError:
        raise console.SetupError(cure) from None
    finally:
        for folder in ("state", "cache", "debs"):
            shutil.rmtree(PRIVATE / folder, ignore_errors=True)
    if not _private_libraries():
        raise console.SetupError(cure)


def _font_configuration() -> dict[str, str]:
    """Pango aborts without any fontconfig file; give it one that lists our fonts where the system has none."""
    if Path("/etc/fonts/fonts.conf").exists() or "FONTCONFIG_FILE" in os.environ:
        return {}
    path = VENV / "fonts.conf"
    path.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n'
        f"  <dir>{STATIC_BUILD / 'fonts'}</dir>\n"
        f"  <cachedir>{var_dir() / 'cache' / 'fontconfig'}</cachedir>\n</fontconfig>\n",
        encoding="utf-8",
    )
    return {"FONTCONFIG_FILE": str(path)}
