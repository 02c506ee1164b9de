"""Temporary directories short enough for unix sockets (the limit is 107 bytes, 103 on macOS)."""

import os
import tempfile
from pathlib import Path

from _runtime import console

LONGEST_PARENT = 40
SHORT_PARENT = "/tmp"  # noqa: S108 - the directory itself is made by mkdtemp, private and unguessable


def directory(prefix: str) -> Path:
    """Make a private directory; as root, one that `nobody` may pass through to the part it owns."""
    usual = tempfile.gettempdir()
    made = Path(
        tempfile.mkdtemp(prefix=prefix, dir=usual if len(os.fsencode(usual)) < LONGEST_PARENT else SHORT_PARENT)
    )
    made.chmod(0o711 if console.is_root() else 0o700)
    return made
