"""Grading a system that the portal asks (docs/api/pull.md): what it serves is read as the portal will read it.

The answers are only looked at: nothing is written, no cursor is moved, and the system is asked what it would be asked
on any day. Steps and cures are as in portal.exchange.conformance, which grades systems that receive.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dossiers.partners import event_reading, pull_rest, pull_wire, wire
from dossiers.partners.pull_rest import KeyRefusedError
from dossiers.partners.pull_wire import RefusedError
from dossiers.partners.wire import UnmappedCodeError, WireFieldError
from portal.agencies.models import ApiClient
from portal.core.errors import UpstreamError
from portal.core.text import clean_line
from portal.exchange.conformance import Grade
from portal.exchange.models import PullProvider, PullSource

MOST_PAGES = 20
"""Of events that are followed; a system that serves more is graded by the first ones."""
MOST_LETTERS = 300
FORGED = "kiem-tra-sai"
"""A password, a key and a session that no system gave."""
UNKNOWN = "KIEM-TRA.000000-000000-0000"
"""A dossier that no system has."""

Text = str | Promise


def run(provider: PullProvider, address: str, *, username: str, secret: str, agency_code: str) -> Iterator[Grade]:
    """Try every step in order; the first says whether anything answers at all."""
    client = ApiClient(name=address, wire_agency_code=agency_code)
    source = PullSource(client=client, provider=provider, address=address, username=username, secret=secret)
    return _rest(source) if provider == PullProvider.REST else _wire(source)


def _rest(source: PullSource) -> Iterator[Grade]:
    first, told = _asked(lambda: pull_rest.pull(source))
    yield Grade(
        _("Trả trang sự kiện khi hỏi từ đầu"),
        first is not None,
        told or _count(first.reports),
        _('Trả 200 và JSON {"next_cursor", "has_more", "results"}; nhận khóa ở đầu Authorization: Bearer.'),
    )
    if first is None:
        return
    if source.secret:
        forged = _with(source, secret=FORGED)
        yield _refuses(lambda: pull_rest.pull(forged), _("Từ chối khóa sai"), _("Trả 401."), KeyRefusedError)
    events = [report.payload["item"] for report in first.reports]
    yield _read(_("Mỗi sự kiện đọc được"), events, _read_event, _("Điền trường đã nêu như docs/api/pull.md."))
    again, told = _asked(lambda: pull_rest.pull(source))
    known = _references(events)
    yield Grade(
        _("Hỏi lại cùng con trỏ thì trả lại cùng sự kiện"),
        again is not None and _references(report.payload["item"] for report in again.reports)[: len(known)] == known,
        told or _count(again.reports),
        _("Con trỏ là một vị trí cố định: đừng coi sự kiện là đã giao chỉ vì đã trả lời một lần."),
    )
    yield _pages(source)


def _pages(source: PullSource) -> Grade:
    """Follow the cursor to the end: it moves, brings nothing twice, and rests where nothing is left."""
    name = _("Con trỏ đi tới cuối, không bỏ trùng")
    cure = _("next_cursor chỉ tới ngay sau sự kiện cuối của trang; hết thì has_more là false và results rỗng.")
    seen: list[str] = []
    cursor: Mapping[str, Any] = {}
    for _turn in range(MOST_PAGES):
        answer, told = _asked(partial(pull_rest.pull, _with(source, cursor=cursor)))
        if answer is None:
            return Grade(name, False, told, cure)
        if len(answer.reports) > pull_rest.PAGE_SIZE:
            return Grade(name, False, _count(answer.reports), _("Đừng trả nhiều hơn page_size sự kiện một trang."))
        found = _references(report.payload["item"] for report in answer.reports)
        seen += found
        if twice := [reference for reference, count in Counter(seen).items() if count > 1]:
            return Grade(name, False, gettext("lặp lại %(name)s") % {"name": _shown(twice[0])}, cure)
        if not found and answer.has_more:
            return Grade(name, False, gettext("trang rỗng mà has_more là true"), cure)
        if not answer.has_more and (not found or answer.cursor == cursor):
            break
        cursor = answer.cursor
    return Grade(name, True, _count(seen), cure)


def _wire(source: PullSource) -> Iterator[Grade]:
    session, told = _asked(lambda: pull_wire.sign_in(source))
    yield Grade(
        _("Cấp phiên cho tài khoản của Cổng"),
        session is not None,
        told or "session",
        _('Nhận {"username", "password"} và trả {"error_code": 0, "session"} với HTTP 200, không chuyển hướng.'),
    )
    if session is None:
        return
    cure = _("Trả error_code khác 0 và đừng trả dữ liệu.")
    forged = _with(source, secret=FORGED)
    yield _refuses(lambda: pull_wire.sign_in(forged), _("Từ chối mật khẩu sai"), cure, RefusedError)
    yield _refuses(lambda: _page(source, FORGED, 1), _("Từ chối phiên không do mình cấp"), cure, RefusedError)
    records, told = _asked(lambda: _page(source, session, 1))
    yield Grade(
        _("LayDanhSachHoSo trả hồ sơ thay đổi trong bảy ngày qua"),
        records is not None,
        told or _count(records),
        _("result là mảng hồ sơ như trong DongBoHoSoMC, nhiều nhất soLuong phần tử; không có thì mảng rỗng."),
    )
    if records is None:
        return
    yield _read(_("Mỗi hồ sơ đọc được"), records, _read_record, _("Điền trường đã nêu như docs/api/wire.md."))
    if len(records) == pull_wire.PAGE_SIZE:
        following, told = _asked(lambda: _page(source, session, 2))
        before = {pull_wire.code_of(record) for record in records}
        yield Grade(
            _("Trang sau không lặp trang trước"),
            following is not None and before.isdisjoint(pull_wire.code_of(record) for record in following),
            told or _count(following),
            _("Đọc trang và soLuong: trang 2 bắt đầu ngay sau phần tử cuối của trang 1."),
        )
    if records:
        code = pull_wire.code_of(records[0])
        yield _looked_up(source, session, code, _("TraCuuHoSo tìm thấy hồ sơ vừa trả"), is_there=True)
    yield _looked_up(source, session, UNKNOWN, _("TraCuuHoSo không có hồ sơ thì trả mảng rỗng"), is_there=False)


def _looked_up(source: PullSource, session: str, code: str, name: Text, *, is_there: bool) -> Grade:
    found, told = _asked(lambda: pull_wire.call(source, session, "TraCuuHoSo", mahoso=code))
    rows = [pull_wire.looked_up(row) for row in found] if isinstance(found, list) else None
    is_right = rows == [] if not is_there else rows is not None and len(rows) == 1 and bool(rows[0].status)
    cure = _("Đối soát hằng đêm hỏi từng hồ sơ: trả mảng một phần tử có TRANGTHAIHOSO, hoặc mảng rỗng.")
    return Grade(name, is_right, told or _count(found), cure)


def _page(source: PullSource, session: str, number: int) -> list[Any]:
    now = timezone.now()
    window = {"since": (now - timedelta(days=7)).isoformat(), "until": now.isoformat()}
    return pull_wire.page(source, session, window, number)


def _with(source: PullSource, **changed: Any) -> PullSource:
    values = {"username": source.username, "secret": source.secret, "cursor": source.cursor} | changed
    return PullSource(client=source.client, provider=source.provider, address=source.address, **values)


def _asked(ask: Callable[[], Any]) -> tuple[Any, str]:
    """The answer, or None and why there is none."""
    try:
        return ask(), ""
    except UpstreamError as error:
        return None, _shown(error.message)


def _refuses(ask: Callable[[], Any], name: Text, cure: Text, refusal: type[UpstreamError]) -> Grade:
    """Whether it says no; one that breaks down or keeps silent refuses nothing."""
    try:
        ask()
    except UpstreamError as error:
        return Grade(name, isinstance(error, refusal), _shown(error.message), cure)
    return Grade(name, False, gettext("được trả lời"), cure)


def _read(name: Text, items: Sequence[Any], read: Callable[[Any], None], cure: Text) -> Grade:
    """Whether all of them are read; the first that is not is named with its place and field."""
    for position, item in enumerate(items, start=1):
        try:
            read(item)
        except WireFieldError as error:
            told = gettext("phần tử %(position)d: %(words)s") % {"position": position, "words": _shown(error)}
            return Grade(name, False, told, cure)
    return Grade(name, True, _count(items), cure)


def _read_event(item: Any) -> None:
    event_reading.read_event(item)
    event_reading.read_files(item)


def _read_record(item: Any) -> None:
    try:
        problems = wire.read_dossier(item).problems
    except UnmappedCodeError:
        return  # a code of its own is no fault: the system's code table will name it
    if problems:
        raise WireFieldError(problems[0])


def _shown(words: object) -> str:
    """Words of a system as an operator's terminal may show them."""
    return clean_line(str(words))[:MOST_LETTERS]


def _references(items: Any) -> list[str]:
    return [str(item.get("reference")) for item in items if isinstance(item, Mapping)]


def _count(found: Any) -> str:
    if not isinstance(found, Sequence) or isinstance(found, str):
        return gettext("không phải mảng")
    return gettext("%(count)d phần tử") % {"count": len(found)}
