"""A new signing key takes over from the one before (thay khóa ký).

What the old one signed in its time stays good; what claims to be signed by it later is refused everywhere.
"""

import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from datastore.models import KeyUse, SigningKey
from datastore.results import keys

log = structlog.get_logger(__name__)

GRACE = timedelta(minutes=10)
"""Work that a worker began with the old key may end with it."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did."""

    old: SigningKey
    new: SigningKey
    folder: Path


def rotate(*, with_documents: bool = False, distrust_since: datetime | None = None) -> Rotation:
    """Make the next generation and retire the credential key before it.

    The certificate of documents is carried over, since an authority issues it, unless `with_documents` asks for a new
    self-made one. `distrust_since` retires the old key from a moment in the past, as when it was stolen: what was
    issued after that moment has to be issued again.
    """
    old, certificate = keys.register(), keys.current().chain[0]
    directory = Path(settings.SIGNING_KEYS_DIR)
    before = keys.newest(directory)
    assert before is not None  # noqa: S101 - register loaded it
    folder = _next_generation(directory, before, with_documents=with_documents)
    now = timezone.now().replace(microsecond=0)  # credentials tell whole seconds
    with transaction.atomic():
        new = keys.register()
        new.valid_from = now
        new.save(update_fields=["valid_from"])
        row = SigningKey.objects.select_for_update().get(pk=old.pk)
        row.retired_at = min(distrust_since, now) if distrust_since else now + GRACE
        row.save(update_fields=["retired_at"])
        if with_documents:
            papers = SigningKey.objects.filter(kid=keys.certificate_kid_of(certificate))
            papers.update(retired_at=row.retired_at)
    log.info("signing_key.rotated", old=row.kid, new=new.kid, retired_at=row.retired_at.isoformat())
    return Rotation(row, new, folder)


def _next_generation(directory: Path, before: Path, *, with_documents: bool) -> Path:
    draft = directory / f".draft-{os.getpid()}-{secrets.token_hex(4)}"
    draft.mkdir(mode=0o700)
    folder = directory / str(int(before.name) + 1)
    try:
        if with_documents:
            keys.write_generation(draft)
        else:
            key = ed25519.Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            keys.write_private(draft / keys.CREDENTIAL_KEY, key)
            for name in (keys.DOCUMENT_KEY, keys.DOCUMENT_CHAIN):
                keys.write_private(draft / name, (before / name).read_bytes())
        draft.rename(folder)  # onto a folder that is not empty it fails: two rotations at once make one generation
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def history() -> list[SigningKey]:
    """Every credential key there was, newest first."""
    return list(SigningKey.objects.filter(use=KeyUse.CREDENTIAL).order_by("-valid_from", "-pk"))
