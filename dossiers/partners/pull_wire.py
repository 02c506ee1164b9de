"""Asking a system that speaks the wire format (protocol §1, §3.3): its dossiers that changed within a window, by pages.

No public client serves such a question; the service is ours to name (docs/assumptions.md): LayDanhSachHoSo with tuNgay,
denNgay, trang, soLuong, answered by an array of dossiers as in DongBoHoSoMC. Session, envelope and replies are the
protocol's, wrapped replies included.
"""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers.partners import wire_names
from dossiers.partners.wire import SYNC
from dossiers.partners.wire_moments import HERE
from portal.core.errors import UpstreamError
from portal.exchange import transport
from portal.exchange.models import PullSource
from portal.exchange.pulling import Answer, provider
from portal.exchange.services import Report

LIST = "LayDanhSachHoSo"
PAGE_SIZE = 100
OVERLAP = timedelta(minutes=10)
"""Each window begins a little before the last one ended: clocks differ, and a slow write may carry an earlier time."""
SUCCESS = frozenset({"0", "00"})
MOST_BYTES = 16 * 1024 * 1024
SUBJECT_LENGTH = 60


class WireAnswerError(UpstreamError):
    """The system answered, and said no or nothing that can be read."""

    code = "upstream.wire_answer"
    message = _("Hệ thống trả lời không đúng định dạng DVCQG.")


class RefusedError(WireAnswerError):
    """The system said no, in the protocol's words."""

    code = "upstream.wire_refused"


@provider("wire")
def pull(source: PullSource) -> Answer:
    """Ask for the next pages of the window, as many at once as the system bears; then for the same ones backwards.

    A dossier that changes again leaves the window, and all behind it move up by one: the first of the next page is then
    on one that was read already. Read from the end, pages can only show a dossier twice.
    """
    window = _window(source)
    session = sign_in(source)
    if window.get("is_backwards"):
        return _backwards(source, session, window)
    first = int(window["page"])
    pages = range(first, first + source.parallel)
    if len(pages) == 1:
        answers = [page(source, session, window, first)]
    else:
        with ThreadPoolExecutor(len(pages)) as pool:
            answers = list(pool.map(lambda number: page(source, session, window, number), pages))
    records: list[Any] = []
    for number, answer in enumerate(answers, start=first):
        records += answer
        if len(answer) < PAGE_SIZE:
            if number == 1:
                return Answer(_reports(records), {"since": window["until"]})
            return Answer(_reports(records), {**window, "page": number, "is_backwards": True}, has_more=True)
    return Answer(_reports(records), {**window, "page": first + len(pages)}, has_more=True)


def _backwards(source: PullSource, session: str, window: Mapping[str, Any]) -> Answer:
    """The pages before the last one, one after the other: side by side they would be as good as read forwards."""
    last = int(window["page"])
    first = max(1, last - source.parallel + 1)
    records = [record for number in range(last, first - 1, -1) for record in page(source, session, window, number)]
    if first == 1:
        return Answer(_reports(records), {"since": window["until"]})
    return Answer(_reports(records), {**window, "page": first - 1}, has_more=True)


def _reports(records: Sequence[Any]) -> list[Report]:
    return [Report(SYNC, code_of(record), {"item": record, "madonvi": ""}) for record in records]


def _window(source: PullSource) -> dict[str, Any]:
    kept = source.cursor
    if "page" in kept:
        return dict(kept)
    now = timezone.now()
    since = datetime.fromisoformat(kept["since"]) if "since" in kept else now - timedelta(days=source.window_days)
    return {"since": (since - OVERLAP).isoformat(), "until": now.isoformat(), "page": 1}


def page(source: PullSource, session: str, window: Mapping[str, Any], number: int) -> list[Any]:
    """One page of the dossiers that changed within a window (`since`, `until`); raises UpstreamError."""
    found = call(
        source,
        session,
        LIST,
        tuNgay=_stamp(window["since"]),
        denNgay=_stamp(window["until"]),
        trang=number,
        soLuong=PAGE_SIZE,
    )
    if not isinstance(found, list):
        raise WireAnswerError
    return found[:PAGE_SIZE]


def _stamp(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(HERE).strftime("%Y%m%d%H%M%S")


def code_of(record: Any) -> str:
    """What a record is about, for the inbox; the reader says what is wrong with it."""
    return (wire_names.code_of(record) or "?")[:SUBJECT_LENGTH]


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What TraCuuHoSo says of a dossier (protocol §3.2), as text; names in any case."""

    status: str
    updated_at: str


def looked_up(row: Any) -> LookedUp:
    """Read one row of its answer; empty texts where it is none."""
    told = {name.upper(): value for name, value in row.items()} if isinstance(row, dict) else {}
    return LookedUp(str(told.get("TRANGTHAIHOSO") or ""), str(told.get("NGAYCAPNHAT") or ""))


def sign_in(source: PullSource) -> str:
    """A session of the system; raises UpstreamError."""
    session = _post(source, {"username": source.username, "password": source.secret}).get("session")
    if not isinstance(session, str) or not session:
        raise WireAnswerError(_("Hệ thống không cấp phiên. Hãy kiểm tra tài khoản và mật khẩu."))
    return session


def call(source: PullSource, session: str, service: str, **fields: Any) -> Any:
    """The `result` of a service; raises UpstreamError with the system's own words where it said no."""
    envelope = {"session": session, "madonvi": source.client.wire_agency_code, "service": service}
    answer = _post(source, envelope | fields)
    return answer.get("result", answer.get("message"))


def _post(source: PullSource, body: dict[str, Any]) -> dict[str, Any]:
    response = transport.post_json(source.address, body, max_bytes=MOST_BYTES)
    if response.status_code != 200:
        raise WireAnswerError(_("Hệ thống trả lời mã %(status)s.") % {"status": response.status_code})
    answer = _read(response.text)
    if not isinstance(answer, dict):
        raise WireAnswerError
    if str(answer.get("error_code")) not in SUCCESS:
        words = str(answer.get("message") or "")[:200]
        raise RefusedError(_("Hệ thống từ chối: %(words)s") % {"words": words or answer.get("error_code")})
    wrapped = answer.get("message")
    if "result" not in answer and isinstance(wrapped, str) and wrapped.lstrip().startswith(("{", "[")):
        inner = _read(wrapped)  # replies through some exchanges are text within the reply (protocol §10.1)
        return inner if isinstance(inner, dict) else {"result": inner}
    return answer


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise WireAnswerError from None
