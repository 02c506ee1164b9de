"""The leader's board: one agency in one period, down to the dossiers, as a page, on paper, as CSV and as XLSX."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import structlog
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from portal.agencies.models import Agency
from portal.backoffice import board, board_rows
from portal.backoffice.board import Line
from portal.backoffice.board_rows import Selection, Wanted
from portal.backoffice.officials import official_of
from portal.backoffice.rail import Rail
from portal.backoffice.views import table_rows
from portal.core import spreadsheets
from portal.core.errors import InvalidInputError, NotFoundError
from portal.core.language import in_language
from portal.core.templatetags.portal_format import number
from portal.core.text import whole_number
from portal.indicators.periods import Period
from portal.indicators.views import choices, label, label_within, period_of, position_of

log = structlog.get_logger(__name__)
FORMATS = ("csv", "xlsx")


@never_cache
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The whole board on one page."""
    official = official_of(request)
    agency, period = _place(request)
    found = board.of(agency, period, timezone.now())
    context = {
        "official": official,
        "board": found,
        "agency_name": in_language(agency.name, agency.name_en),
        "above": _above(request, agency),
        "elsewhere": [
            {
                "name": in_language(other.name, other.name_en),
                "url": _url("board", agency_code=other.code, period=period),
            }
            for other in board.led_elsewhere(official, agency)
        ],
        "period_label": label(period),
        "periods": choices(period),
        "code": agency.code if request.GET.get("co-quan") else "",
        "links": {choice.name.lower(): _rows_url(agency, period, choice) for choice in Selection},
        "units": [
            {
                "line": line,
                "url": "" if line.is_own else _url("board", agency_code=line.key, period=period),
                "late_url": _rows_url_of(line.key, period, Selection.LATE),
            }
            for line in found.units
        ],
        "officials": [
            {
                "line": line,
                "open_url": _rows_url(agency, period, Selection.OPEN, line.key or "0"),
                "overdue_url": _rows_url(agency, period, Selection.OVERDUE, line.key or "0"),
            }
            for line in found.officials
        ],
        "oldest": table_rows(found.oldest),
        "shows_agency": official.sees_several_agencies(),
        "csv_url": _file_url("board_file", "csv", agency, period),
        "xlsx_url": _file_url("board_file", "xlsx", agency, period),
        **Rail.of(official).context(),
    }
    return render(request, "backoffice/board.html", context)


@never_cache
@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """The dossiers behind a number, oldest first."""
    official = official_of(request)
    wanted, now = _wanted(request), timezone.now()
    found, following = board_rows.page(wanted, now=now, after=position_of(request))
    here = _rows_url(wanted.agency, wanted.period, wanted.selection, wanted.assignee)
    size = board_rows.count(wanted, now=now, most=spreadsheets.XLSX_MOST_ROWS + 1)
    context = {
        "official": official,
        "rows": found,
        "wanted": wanted,
        "agency_name": in_language(wanted.agency.name, wanted.agency.name_en),
        "period_within": label_within(wanted.period),
        "selections": Selection.choices,
        "board_url": _url("board", agency_code=wanted.agency.code, period=wanted.period),
        "next_url": f"{here}&{urlencode({'sau': str(following)})}" if following else "",
        "first_url": here if "sau" in request.GET else "",
        "csv_url": _file_url("board_rows_file", "csv", wanted.agency, wanted.period, wanted),
        "xlsx_url": ""
        if size > spreadsheets.XLSX_MOST_ROWS
        else _file_url("board_rows_file", "xlsx", wanted.agency, wanted.period, wanted),
        "xlsx_most": spreadsheets.XLSX_MOST_ROWS,
        "whose": next((str(row.dossier.assignee) for row in found if row.dossier.assignee), "")
        if wanted.assignee not in {"", "0"}
        else "",
        **Rail.of(official).context(),
    }
    return render(request, "backoffice/board_rows.html", context)


@never_cache
@require_GET
def board_file(request: HttpRequest, form: str) -> HttpResponse | StreamingHttpResponse:
    """Both tables of the board in one file."""
    agency, period = _place(request)
    found = board.of(agency, period, timezone.now())
    head = (
        _("Nhóm"),
        _("Tên"),
        _("Nhận trong kỳ"),
        _("Xong trong kỳ"),
        _("Có hẹn trả"),
        _("Xong đúng hạn"),
        _("Xong trễ"),
        _("Đang giữ"),
        _("Chờ người nộp"),
        _("Đang quá hạn"),
        _("Hồ sơ cũ nhất nộp lúc"),
    )
    lines = [(_("Cơ quan"), line) for line in found.units] + [(_("Cán bộ"), line) for line in found.officials]
    return _file(request, form, f"dieu-hanh-{period.key}", head, (_cells(kind, line) for kind, line in lines))


@never_cache
@require_GET
def rows_file(request: HttpRequest, form: str) -> HttpResponse | StreamingHttpResponse:
    """All dossiers behind a number: CSV of any length, XLSX up to what is written in a few seconds."""
    wanted, now = _wanted(request), timezone.now()
    most = spreadsheets.XLSX_MOST_ROWS
    if form == "xlsx" and board_rows.count(wanted, now=now, most=most + 1) > most:
        raise InvalidInputError(_("Danh sách dài quá %(most)s dòng. Hãy tải tệp CSV.") % {"most": number(most)})
    lines = board_rows.cells(board_rows.stream(wanted, now=now))
    name = f"ho-so-{wanted.selection.value}-{wanted.period.key}"
    return _file(request, form, name, [str(words) for words in board_rows.HEAD], lines)


def _file(
    request: HttpRequest, form: str, name: str, head: Iterable[str], lines: Iterable[Any]
) -> HttpResponse | StreamingHttpResponse:
    if form not in FORMATS:
        raise NotFoundError
    # a list of people leaves the portal: who took which one can be found later
    log.info("board.exported", user_id=request.user.pk, name=name, form=form, query=request.GET.urlencode()[:200])
    if form == "csv":
        return spreadsheets.csv_response(f"{name}.csv", head, lines)
    return spreadsheets.xlsx_response(f"{name}.xlsx", name, list(head), lines)


def _cells(kind: str, line: Line) -> tuple[Any, ...]:
    done = line.done
    counts = (done.received, done.handled, done.with_due_date, done.on_time, line.late)
    return (kind, line.name or _("Chưa có người thụ lý"), *counts, line.open, line.waiting, done.overdue, line.oldest)


def _place(request: HttpRequest) -> tuple[Agency, Period]:
    """The agency comes first: whoever may not look learns nothing about the rest of the address."""
    agency = board.agency_for(official_of(request), request.GET.get("co-quan", ""))
    return agency, period_of(request)


def _wanted(request: HttpRequest) -> Wanted:
    agency, period = _place(request)
    whose = request.GET.get("nguoi", "")
    try:
        selection = Selection(request.GET.get("loc", Selection.OPEN.value))
    except ValueError:
        raise NotFoundError from None
    if whose and whole_number(whose) is None:
        raise NotFoundError
    return Wanted(agency, period, selection, whose)


def _above(request: HttpRequest, agency: Agency) -> Agency | None:
    """The agency one step up, where the leader may look at it, too."""
    parent = agency.parent
    posts = official_of(request).posts
    may = parent is not None and any(post.role == "leader" and parent.is_within(post.agency) for post in posts)
    return parent if may else None


def _url(name: str, *, agency_code: str, period: Period) -> str:
    return f"{reverse(f'admin:{name}')}?{urlencode({'co-quan': agency_code, 'ky': period.key})}"


def _rows_url(agency: Agency, period: Period, selection: Selection, assignee: str = "") -> str:
    return _rows_url_of(agency.code, period, selection, assignee)


def _rows_url_of(code: str, period: Period, selection: Selection, assignee: str = "") -> str:
    query = {"co-quan": code, "ky": period.key, "loc": selection.value, "nguoi": assignee}
    return f"{reverse('admin:board_rows')}?{urlencode({key: value for key, value in query.items() if value})}"


def _file_url(name: str, form: str, agency: Agency, period: Period, wanted: Wanted | None = None) -> str:
    query = {"co-quan": agency.code, "ky": period.key}
    if wanted is not None:
        query |= {"loc": wanted.selection.value, "nguoi": wanted.assignee}
    kept = urlencode({key: value for key, value in query.items() if value})
    return f"{reverse(f'admin:{name}', args=[form])}?{kept}"
