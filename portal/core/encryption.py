"""Encrypted columns and the blind index over identifiers (định danh cá nhân) – Luật 91/2025/QH15, data minimisation."""

import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("FIELD_KEYS is empty: set PORTAL_FIELD_KEYS")
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """Encrypt with the newest key."""
    return _cipher(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Decrypt with any known key; raises ValueError when none fits."""
    try:
        return _cipher(tuple(settings.FIELD_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise ValueError("no known key decrypts this value") from error


def blind_index(identifier: str) -> str:
    """Return 64 hex characters that find an identifier without showing it; "" stays ""."""
    if not identifier:
        return ""
    return hmac.new(settings.INDEX_KEY.encode(), identifier.encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # the stubs are generic, the class is not
    """Text that is encrypted at rest; it cannot be searched, use a blind index beside it."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Decrypt what the database returns."""
        return decrypt(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt what goes to the database."""
        prepared = super().get_prep_value(value)
        return encrypt(prepared) if prepared else prepared
