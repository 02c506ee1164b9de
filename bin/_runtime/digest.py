"""Stamps: skip a slow step when nothing it reads has changed (before the venv)."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest_of(paths: Iterable[Path], *extra: str) -> str:
    """Return one SHA-256 over the names and bytes of these files, and over extra words."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    for word in extra:
        total.update(word.encode() + b"\0")
    return total.hexdigest()


def is_current(stamp: Path, digest: str) -> bool:
    """Return whether the stamp file records this digest."""
    return stamp.is_file() and stamp.read_text().strip() == digest


def write_stamp(stamp: Path, digest: str) -> None:
    """Record the digest of what was just built, in a new file: a copy made of hard links keeps its own."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    fresh = stamp.with_name(f"{stamp.name}.new")
    fresh.write_text(digest + "\n")
    fresh.replace(stamp)
