"""Asking a system that serves its status events as we serve ours: a page from a cursor on (docs/api/pull.md)."""

import json
from typing import Any

import httpx
from django.utils.translation import gettext_lazy as _

from dossiers.partners import event_reading
from portal.core.errors import UpstreamError
from portal.exchange import transport
from portal.exchange.models import PullSource
from portal.exchange.pulling import Answer, provider
from portal.exchange.services import Report

PAGE_SIZE = 200
MOST_BYTES = 16 * 1024 * 1024
SUBJECT_LENGTH = 60
CURSOR_LENGTH = 300


class RestAnswerError(UpstreamError):
    """The system answered with something that is no page of events."""

    code = "upstream.rest_answer"
    message = _("Hệ thống trả lời không đúng dạng trang sự kiện.")


class KeyRefusedError(RestAnswerError):
    """The system does not know our key."""

    code = "upstream.rest_refused"
    message = _("Hệ thống không nhận khóa của Cổng. Hãy kiểm tra khóa.")


@provider("rest")
def pull(source: PullSource) -> Answer:
    """Ask for the events that follow the cursor."""
    headers = {"Authorization": f"Bearer {source.secret}"} if source.secret else {}
    asked = {"page_size": str(PAGE_SIZE), "cursor": str(source.cursor.get("cursor", ""))}
    response = transport.get(source.address, headers=headers, params=asked, max_bytes=MOST_BYTES)
    if response.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise KeyRefusedError
    if response.status_code != httpx.codes.OK:
        raise RestAnswerError(_("Hệ thống trả lời mã %(status)s.") % {"status": response.status_code})
    page = _page(response.text)
    cursor = str(page.get("next_cursor") or asked["cursor"])
    items = page["results"]
    if len(cursor) > CURSOR_LENGTH:
        raise RestAnswerError
    # a page that says it has more and stays where it is would be asked for ever
    has_more = bool(page.get("has_more")) and cursor != asked["cursor"]
    reports = [Report(event_reading.SERVICE, _subject(item), {"item": item}) for item in items]
    return Answer(reports, {"cursor": cursor}, has_more=has_more)


def _page(text: str) -> dict[str, Any]:
    try:
        page = json.loads(text)
    except (ValueError, RecursionError):
        raise RestAnswerError from None
    if not isinstance(page, dict) or not isinstance(page.get("results"), list):
        raise RestAnswerError
    return page


def _subject(item: Any) -> str:
    code = item.get("code") if isinstance(item, dict) else None
    return str(code or "?")[:SUBJECT_LENGTH]
