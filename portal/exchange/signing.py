"""Signatures of outgoing messages in Standard Webhooks form (https://www.standardwebhooks.com)."""

import base64
import binascii
import secrets
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _
from standardwebhooks.webhooks import Webhook

from portal.core.errors import InvalidInputError

PREFIX = "whsec_"
SECRET_BYTES = (24, 64)
"""Shortest and longest secret the specification recommends."""


def new_secret() -> str:
    """Return a fresh secret in the text form that Standard Webhooks libraries read."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def require_usable_secret(secret: str) -> str:
    """Return the secret itself; raises InvalidInputError naming `webhook_secret` where no library could read it."""
    try:
        raw = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not secret.startswith(PREFIX) or not SECRET_BYTES[0] <= len(raw) <= SECRET_BYTES[1]:
        problem = _("Khóa ký phải có dạng whsec_ và 24 đến 64 byte mã hóa base64.")
        raise InvalidInputError(fields={"webhook_secret": [problem]})
    return secret


def signed_headers(message_id: str, body: bytes, *, secret: str, now: datetime) -> dict[str, str]:
    """Return webhook-id, webhook-timestamp and webhook-signature for these exact bytes."""
    moment = now.astimezone(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, moment, body.decode()),
    }
