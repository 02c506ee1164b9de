"""VNPAY 2.1.0: the hash over a set of parameters."""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote_plus

NOT_HASHED = ("vnp_SecureHash", "vnp_SecureHashType")


def secure_hash(parameters: Mapping[str, str], secret: str) -> str:
    """HMAC-SHA512, lower-case hex, over the parameters sorted by name, form-encoded, empty ones left out."""
    encoded = "&".join(
        f"{quote_plus(name)}={quote_plus(value)}"
        for name, value in sorted(parameters.items())
        if name not in NOT_HASHED and value != ""
    )
    return hmac.new(secret.encode(), encoded.encode(), hashlib.sha512).hexdigest()


def signed(parameters: Mapping[str, str], secret: str) -> dict[str, str]:
    return {**parameters, "vnp_SecureHash": secure_hash(parameters, secret)}


def is_signed(parameters: Mapping[str, str], secret: str) -> bool:
    given = parameters.get("vnp_SecureHash", "").lower()
    return hmac.compare_digest(given.encode(), secure_hash(parameters, secret).encode())
