"""PostgreSQL refuses to run as root: find an account for it, and a place that this account can reach."""

import hashlib
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

from _runtime import console

OUTSIDE = Path("/var/lib/portal-dev") if sys.platform == "linux" else Path("/usr/local/var/portal-dev")


def account() -> tuple[int, int] | None:
    """Return (uid, gid) of `nobody` when we are root, else None: run as ourselves."""
    if not console.is_root():
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise console.SetupError(
            "PostgreSQL does not run as root and this system has no account 'nobody'; "
            "run this as an ordinary user, or give DATABASE_URL."
        ) from None
    return nobody.pw_uid, nobody.pw_gid


def can_reach(path: Path, who: tuple[int, int] | None) -> bool:
    """Return whether that account can enter this directory (a home with mode 0700 above it forbids)."""
    if who is None:
        return True
    return _succeeds_as(who, ["/bin/sh", "-c", 'cd "$1"', "sh", str(path)])


def can_execute(program: Path, who: tuple[int, int] | None) -> bool:
    """Return whether that account can run this program."""
    return _succeeds_as(who, [str(program), "--version"])


def reachable(wanted: Path, who: tuple[int, int] | None) -> Path:
    """Return `wanted`, or where `nobody` cannot reach it a place of its own in OUTSIDE; no home is opened for it."""
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if can_reach(wanted.parent, who):
        return wanted
    OUTSIDE.mkdir(parents=True, exist_ok=True)
    OUTSIDE.chmod(0o755)  # whatever the umask
    return outside(wanted)


def outside(wanted: Path) -> Path:
    """Return the place outside any home that stands for this one."""
    return OUTSIDE / hashlib.sha256(str(wanted).encode()).hexdigest()[:12]


def make_private(path: Path, who: tuple[int, int] | None) -> None:
    """Make a directory that only this account (and root) can enter."""
    path.mkdir(parents=True, exist_ok=True, mode=0o755)
    if who is not None:
        os.chown(path, *who)
    path.chmod(0o700)


def copy_readable(source: Path, target: Path) -> None:
    """Copy a tree to where everybody may read it, whatever the umask."""
    shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    for path in (target, *target.parents, *target.rglob("*")):
        if path.is_relative_to(OUTSIDE) and not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644))


def _succeeds_as(who: tuple[int, int] | None, command: list[str]) -> bool:
    uid, gid = who or (None, None)
    groups: list[int] | None = [] if who else None
    try:
        done = subprocess.run(
            command, cwd="/", capture_output=True, check=False, user=uid, group=gid, extra_groups=groups
        )
    except OSError:
        return False
    return done.returncode == 0
