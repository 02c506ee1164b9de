"""Signatures of outgoing messages in Standard Webhooks form (https://www.standardwebhooks.com)."""

from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook


def signed_headers(message_id: str, body: bytes, *, secret: str, now: datetime) -> dict[str, str]:
    """Return webhook-id, webhook-timestamp and webhook-signature for these exact bytes."""
    moment = now.astimezone(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, moment, body.decode()),
    }
