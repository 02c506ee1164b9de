"""Development secrets, made at first start and kept under the data directory; production never reads them."""

import json
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet


def known_development_secrets(var_dir: Path) -> set[str]:
    """Return the secrets that a development portal left in this data directory, so that production can refuse them."""
    try:
        return set(json.loads((var_dir / "secrets" / "django.json").read_text(encoding="utf-8")).values())
    except (OSError, ValueError, AttributeError):
        return set()


def development_secrets(var_dir: Path) -> dict[str, str]:
    """Return the secrets of this data directory, making the file (mode 0600) when it is absent."""
    path = var_dir / "secrets" / "django.json"
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        pass
    made = {
        "secret_key": secrets.token_urlsafe(64),
        "field_key": Fernet.generate_key().decode(),
        "index_key": secrets.token_urlsafe(48),
    }
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
