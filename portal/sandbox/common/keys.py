"""Keys made at first start and kept in files only the owner can read."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


@dataclass(frozen=True)
class Keys:
    secret_key: str
    signing_key: str


def load_or_make_keys(directory: Path, program: str) -> Keys:
    """Return the program's keys; only the identity provider has a signing key (RSA, PEM)."""
    directory.mkdir(parents=True, exist_ok=True)
    signing_key = _kept(directory / "vneid-signing.pem", _new_signing_key) if program == "vneid" else ""
    return Keys(_kept(directory / f"{program}-secret", lambda: secrets.token_urlsafe(48)), signing_key)


def _new_signing_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _kept(path: Path, make) -> str:
    """Read the file, or write it once; of two processes starting together the first to link its file wins."""
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
