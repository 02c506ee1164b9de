"""An agency's own key for the papers it issues and certifies (khóa ký của cơ quan) – NĐ 30/2020/NĐ-CP annex I.

SIGNING_KEYS_DIR/agencies/<code>/<number>/ holds its key and certificate chain, as an operator puts them there; the
newest number that is in force counts. Where the portal's authority is a self-made one, an agency's first paper makes
them. Where there is neither, the portal signs for the agency by its own certificate.
"""

import os
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TypeGuard

import structlog
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings

from datastore.results import keys
from portal.agencies.models import Agency

log = structlog.get_logger(__name__)

FOLDER = "agencies"
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
"""Codes that name a folder."""
NAME_BYTES = 64
"""Of a certificate's common name (RFC 5280, ub-common-name)."""
RENEWED_BEFORE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and its certificates: the signer's first, then what vouches for it."""

    key: ec.EllipticCurvePrivateKey
    chain: tuple[x509.Certificate, ...]


def of(agency: Agency | None) -> Pair:
    """By what a paper of this agency is signed today; the portal's own where it has nothing else."""
    portal = keys.current()
    own = Pair(portal.document, portal.chain)
    if agency is None or not CODE.fullmatch(agency.code):
        return own
    directory, issuer = Path(settings.SIGNING_KEYS_DIR) / FOLDER / agency.code, portal.chain[-1]
    folders = keys.generations(directory)
    pair = next(filter(_is_good, map(_load, folders)), None)
    name = brief(agency)
    if (pair is None or _is_to_renew(pair, issuer) or name not in _names(pair)) and not (
        folders and _was_brought(folders[0])
    ):
        authority = _authority(issuer)
        made = _made(directory, agency, authority, issuer) if authority is not None else None
        pair = made or pair
    if pair is None:
        if folders:
            log.error("agency_key.not_valid", agency=agency.code)
        return own
    is_told_by_itself = keys.is_own_make(pair.chain[-1]) and name in _names(pair)
    if not is_told_by_itself or not set(pair.chain[1:]) <= set(portal.chain[1:]):
        keys.register_certificate(pair.chain, name)
    return pair


def brief(agency: Agency) -> str:
    """An agency's name as credentials have it: every letter widens the QR, and everybody reads UBND."""
    return agency.short_name or _brief(agency.name)


def _brief(name: str) -> str:
    return name.replace("Ủy ban nhân dân", "UBND")


def _names(pair: Pair) -> set[str]:
    """Whom a certificate names, as credentials have it."""
    subject = pair.chain[0].subject
    return {
        _brief(str(part.value))
        for kind in (NameOID.ORGANIZATION_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME)
        for part in subject.get_attributes_for_oid(kind)
    }


def _is_good(pair: Pair | None) -> TypeGuard[Pair]:
    """Whether it may sign today: its day has come and not gone, and its chain says who vouches for it.

    Signatures count by what stands behind the signer's certificate: a chain of that alone proves nothing to anybody.
    """
    if pair is None or len(pair.chain) < 2:
        return False
    leaf = pair.chain[0]
    return leaf.not_valid_before_utc <= datetime.now(UTC) < leaf.not_valid_after_utc


def _was_brought(folder: Path) -> bool:
    """Whether an operator put it there, from an authority that is none of ours: nothing self-made takes its place."""
    pair = _load(folder)
    return pair is None or _authority(pair.chain[-1]) is None


def _is_to_renew(pair: Pair, issuer: x509.Certificate) -> bool:
    """Whether a certificate ends soon, and one that ends later can be made."""
    end = pair.chain[0].not_valid_after_utc
    return end < datetime.now(UTC) + RENEWED_BEFORE and end < issuer.not_valid_after_utc


@lru_cache(maxsize=256)
def _load(folder: Path) -> Pair | None:
    key = serialization.load_pem_private_key((folder / keys.DOCUMENT_KEY).read_bytes(), password=None)
    chain = x509.load_pem_x509_certificates((folder / keys.DOCUMENT_CHAIN).read_bytes())
    return Pair(key, tuple(chain)) if isinstance(key, ec.EllipticCurvePrivateKey) else None


def _authority(certificate: x509.Certificate) -> ec.EllipticCurvePrivateKey | None:
    """The private half of a self-made authority, in whichever generation it was made."""
    for path in sorted(Path(settings.SIGNING_KEYS_DIR).glob(f"[0-9]*/{keys.AUTHORITY_KEY}"), reverse=True):
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if isinstance(key, ec.EllipticCurvePrivateKey) and key.public_key() == certificate.public_key():
            return key
    return None


def _made(
    directory: Path, agency: Agency, authority: ec.EllipticCurvePrivateKey, issuer: x509.Certificate
) -> Pair | None:
    """Make the next pair; of several workers at once one wins and all use its. None where nothing can be written."""
    before = keys.newest(directory)
    folder = directory / str(int(before.name) + 1 if before else 1)
    draft = directory / f".draft-{os.getpid()}-{secrets.token_hex(4)}"
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = keys.certificate(
        subject=_common_name(agency.name),
        organisation=agency.name,
        unit="" if brief(agency) == _brief(agency.name) else brief(agency),
        key=key.public_key(),
        days=keys.CERTIFICATE_DAYS,
        signed_by=authority,
        issuer=issuer,
    )
    pem = serialization.Encoding.PEM
    try:
        draft.mkdir(mode=0o700, parents=True)
        text = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        keys.write_private(draft / keys.DOCUMENT_KEY, text)
        keys.write_private(draft / keys.DOCUMENT_CHAIN, leaf.public_bytes(pem) + issuer.public_bytes(pem))
        draft.rename(folder)  # onto a folder that is not empty it fails: the first worker wins
        log.info("agency_key.made", agency=agency.code)
    except OSError as error:
        if not (folder / keys.DOCUMENT_CHAIN).exists():
            log.warning("agency_key.not_made", agency=agency.code, error=type(error).__name__)
            return None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return _load(folder)


def _common_name(name: str) -> str:
    """The name as signatures show it, within a certificate's measure; the whole stands as the organisation."""
    short = name if len(name.encode()) <= NAME_BYTES else name.replace("Ủy ban nhân dân", "UBND")
    return short.encode()[:NAME_BYTES].decode(errors="ignore").strip()
