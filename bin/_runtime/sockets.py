"""Unix socket paths are short (107 bytes on Linux, 103 on macOS); deep clones need a detour."""

import os
from pathlib import Path

from _runtime import temporary

LONGEST_PATH = 95
NAME = "portal-sockets-"


def socket_dir(wanted: Path, longest_name: str) -> Path:
    """Return `wanted` if a socket of this name fits below it, else a fresh private directory in the short temp dir."""
    if len(os.fsencode(wanted / longest_name)) <= LONGEST_PATH:
        wanted.mkdir(parents=True, exist_ok=True)
        return wanted
    return temporary.directory(NAME)


def forget(directory: Path) -> None:
    """Remove the detour again, if it was one."""
    if directory.name.startswith(NAME):
        for left in directory.iterdir():
            left.unlink(missing_ok=True)
        directory.rmdir()
