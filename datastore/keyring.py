"""The keys that lock the keys of files (khóa bọc): PORTAL_STORE_KEYS, newest first; each is named by its fingerprint.

Envelope encryption: every stored file has a random key of its own, and its row keeps that key wrapped with the newest
of these. Changing a wrapping key therefore rewrites rows, never files (datastore.rotation), and a row that is deleted
takes with it the only key to bytes that a backup may still hold.
"""

import hashlib
import secrets
from base64 import urlsafe_b64decode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal.core.errors import UpstreamError

KEY_BYTES = 32
NONCE_BYTES = 12


class UnreadableError(UpstreamError):
    """Stored bytes cannot be opened: their key is not known here, or they are not what was stored."""

    def __init__(self, reason: str) -> None:
        super().__init__(_("Chưa mở được tệp này. Tệp vẫn còn; người vận hành đã được báo. Hãy thử lại sau."))
        self.reason = reason


def current_id() -> str:
    """The id of the key that wraps from now on."""
    return next(iter(_known(tuple(settings.STORE_KEYS))))


def known_ids() -> list[str]:
    """Ids of every key that this installation still holds, newest first."""
    return list(_known(tuple(settings.STORE_KEYS)))


def wrap(file_key: bytes, *, bound_to: str) -> tuple[str, bytes]:
    """Wrap the key of a file with the newest key; return that key's id and the wrapped key.

    `bound_to` is the file's storage key: a wrapped key that is copied to another row opens nothing there.
    """
    key_id = current_id()
    nonce = secrets.token_bytes(NONCE_BYTES)
    return key_id, nonce + _cipher(key_id).encrypt(nonce, file_key, bound_to.encode())


def unwrap(key_id: str, wrapped: bytes, *, bound_to: str) -> bytes:
    """Return the key of a file; raises UnreadableError where the wrapping key is unknown or the row was changed."""
    try:
        return _cipher(key_id).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], bound_to.encode())
    except InvalidTag as error:
        raise UnreadableError(f"the wrapped key of {bound_to} was changed") from error


def id_of(key: str) -> str:
    """The name of a key, which tells nothing of it: the beginning of its digest."""
    return hashlib.sha256(b"portal store key:" + urlsafe_b64decode(key)).hexdigest()[:12]


def _cipher(key_id: str) -> AESGCM:
    try:
        return _known(tuple(settings.STORE_KEYS))[key_id]
    except KeyError:
        raise UnreadableError(f"the key {key_id} is not among PORTAL_STORE_KEYS") from None


@lru_cache(maxsize=4)
def _known(keys: tuple[str, ...]) -> dict[str, AESGCM]:
    if not keys:
        raise ImproperlyConfigured("STORE_KEYS is empty: set PORTAL_STORE_KEYS")
    return {id_of(key): AESGCM(urlsafe_b64decode(key)) for key in keys}
