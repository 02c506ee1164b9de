"""Development secrets, made at first start and kept under the data directory; production never reads them."""

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet

Maker = Callable[[], dict[str, str]]


def known_development_secrets(var_dir: Path) -> set[str]:
    """Return the secrets that a development portal left in this data directory, so that production can refuse them."""
    return {value for name in _FILES for value in _read(var_dir / "secrets" / name).values()}


def development_secrets(var_dir: Path) -> dict[str, str]:
    """Return the secrets of this data directory, making the files (mode 0600) that are absent."""
    return {
        key: value for name, make in _FILES.items() for key, value in _once(var_dir / "secrets" / name, make).items()
    }


def _read(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _once(path: Path, make: Maker) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        pass
    made = make()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.touch(mode=0o600)
    temporary.write_text(json.dumps(made), encoding="utf-8")
    try:
        os.link(temporary, path)  # the first process wins; the others read what it wrote
    except FileExistsError:
        made = dict(json.loads(path.read_text(encoding="utf-8")))
    finally:
        temporary.unlink()
    return made


# Files apart: what came later must not ask an older data directory to make its first secrets anew.
_FILES: dict[str, Maker] = {
    "django.json": lambda: {
        "secret_key": secrets.token_urlsafe(64),
        "field_key": Fernet.generate_key().decode(),
        "index_key": secrets.token_urlsafe(48),
    },
    "store.json": lambda: {"store_key": Fernet.generate_key().decode()},
}
