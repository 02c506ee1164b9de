"""Asking a partner's system a question at the address of its webhook: signed as a message is, answered in the reply."""

import json
import secrets
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import ApiClient
from portal.core.errors import UpstreamError
from portal.core.text import storable
from portal.exchange import envelope, signing, transport

MOST_BYTES = 16 * 1024 * 1024


class NotAnsweredError(UpstreamError):
    """The system takes our messages and knows no such question."""

    code = "upstream.question_unknown"
    message = _("Hệ thống chưa trả lời được câu hỏi đối soát.")


def ask(client: ApiClient, type: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return the JSON object of the answer; raises NotAnsweredError where it is none, UpstreamError for no answer."""
    now = timezone.now()
    body = envelope.body_of({"type": type, "timestamp": now.isoformat(), "data": data})
    headers = {"Content-Type": "application/json"}
    if client.webhook_secret:
        message_id = f"ask_{secrets.token_hex(12)}"
        headers |= signing.signed_headers(message_id, body, secret=client.webhook_secret, now=now)
    response = transport.post_bytes(client.webhook_url, body, headers=headers, max_bytes=MOST_BYTES)
    status = response.status_code
    if status in {400, 404, 405, 415, 422, 501}:
        raise NotAnsweredError
    if not 200 <= status < 300:
        raise UpstreamError(_("Hệ thống trả lời mã %(status)s.") % {"status": status})
    try:
        answer = storable(json.loads(response.text))
    except (ValueError, RecursionError):
        raise NotAnsweredError from None
    if not isinstance(answer, dict):
        raise NotAnsweredError
    return answer
