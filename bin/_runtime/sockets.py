"""Unix socket paths are limited to 107 bytes on Linux and 103 on macOS; deep clones need a short detour."""

import os
import tempfile
from pathlib import Path

LONGEST_PATH = 95
NAME = "portal-"


def socket_dir(wanted: Path, longest_name: str) -> Path:
    """Return `wanted` if a socket of this name fits below it, else a fresh private directory in the short temp dir."""
    if len(os.fsencode(wanted / longest_name)) <= LONGEST_PATH:
        wanted.mkdir(parents=True, exist_ok=True)
        return wanted
    return Path(tempfile.mkdtemp(prefix=NAME, dir="/tmp"))


def forget(directory: Path) -> None:
    """Remove the detour again, if it was one."""
    if directory.parent == Path("/tmp") and directory.name.startswith(NAME):
        for left in directory.iterdir():
            left.unlink(missing_ok=True)
        directory.rmdir()
