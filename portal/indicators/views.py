"""Public figures: agencies by tree and period, down to the rows, and both as CSV."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.errors import InvalidInputError
from portal.core.language import is_english
from portal.core.spreadsheets import csv_response
from portal.core.text import with_small_first_letter
from portal.feedback.models import LEAST_RATINGS_TOLD
from portal.indicators import periods, rows, services
from portal.indicators.figures import Figures, percent
from portal.indicators.periods import Period
from portal.indicators.rows import Position, Row, Selection


@login_not_required
@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """The table: one agency's children, in one period."""
    period, code = period_of(request), request.GET.get("co-quan", "")
    report = services.report(period, agency_code=code)
    context = {
        "report": report,
        "agency_name": services.name_of(report.agency) if report.agency else "",
        "ancestors": [
            {"name": services.name_of(above), "url": _url("indicators:public", period, above.code)}
            for above in report.ancestors
        ],
        "top_url": _url("indicators:public", period, ""),
        "code": code,
        "periods": choices(period),
        "period_label": label(period),
        "period_within": label_within(period),
        "lines": [
            {
                "line": line,
                "url": "" if line.is_own else _url("indicators:public", period, line.code),
                "rows_url": _url("indicators:rows", period, line.code, Selection.HANDLED),
            }
            for line in report.lines
        ],
        "channels": _channels(report.total),
        "links": {choice.name.lower(): _url("indicators:rows", period, code, choice) for choice in Selection},
        "csv_url": _url("indicators:figures_csv", period, code),
        "least": LEAST_RATINGS_TOLD,
        "asked_again_url": _url("indicators:asked_again", period, code),
    }
    return render(request, "indicators/public.html", context)


def _channels(total: Figures) -> list[dict[str, Any]]:
    """How the dossiers of the period came in."""
    rows = (
        (_("Trực tuyến, tự nộp"), total.online),
        (_("Trực tuyến, có người giúp"), total.assisted),
        (_("Trực tuyến, cha mẹ hoặc người đại diện nộp thay"), total.represented),
        (_("Trực tiếp tại bộ phận một cửa"), total.in_person),
        (_("Qua bưu chính công ích"), total.postal),
    )
    return [{"name": name, "count": count, "share": percent(count, total.received)} for name, count in rows]


@login_not_required
@require_safe
def dossier_rows(request: HttpRequest) -> HttpResponse:
    """The dossiers behind a figure, fifty a page."""
    period, code, selection = period_of(request), request.GET.get("co-quan", ""), _selection(request)
    agency = services.get_agency(code)
    found, following = rows.page(agency, period, selection, now=timezone.now(), after=position_of(request))
    here = _url("indicators:rows", period, code, selection)
    context = {
        "rows": found,
        "agency_name": services.name_of(agency) if agency else _("Cả nước"),
        "code": code,
        "period_label": label(period),
        "period_within": label_within(period),
        "period_key": period.key,
        "selection": selection,
        "selections": Selection.choices,
        "periods": choices(period),
        "figures_url": _url("indicators:public", period, code),
        "csv_url": _url("indicators:rows_csv", period, code, selection),
        "first_url": here if "sau" in request.GET else "",
        "next_url": f"{here}&{urlencode({'sau': str(following)})}" if following else "",
    }
    return render(request, "indicators/rows.html", context)


@login_not_required
@require_safe
def figures_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The table as CSV."""
    period, code = period_of(request), request.GET.get("co-quan", "")
    report = services.report(period, agency_code=code)
    head = (
        _("Kỳ"),
        _("Mã cơ quan"),
        _("Cơ quan"),
        _("Đã nhận"),
        _("Tự nộp trực tuyến"),
        _("Có người giúp nộp trực tuyến"),
        _("Người đại diện nộp thay trực tuyến"),
        _("Nộp trực tiếp"),
        _("Nộp qua bưu chính"),
        _("Đã giải quyết"),
        _("Có hạn"),
        _("Đúng hạn"),
        _("Đang quá hạn"),
        _("Lượt đánh giá"),
        _("Lượt đánh giá được công bố"),
        _("Hài lòng"),
    )
    lines = (
        (
            period.key,
            line.code,
            line.name,
            line.figures.received,
            line.figures.online,
            line.figures.assisted,
            line.figures.represented,
            line.figures.in_person,
            line.figures.postal,
            line.figures.handled,
            line.figures.with_due_date,
            line.figures.on_time,
            line.figures.overdue,
            line.figures.rated,
            line.figures.ratings_told,
            line.figures.satisfied if line.figures.ratings_told else "",
        )
        for line in report.lines
    )
    return csv_response(f"so-lieu-{period.key}.csv", head, lines)


@login_not_required
@require_safe
def rows_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The dossiers behind a figure as CSV, streamed."""
    period, selection = period_of(request), _selection(request)
    agency = services.get_agency(request.GET.get("co-quan", ""))
    head = (
        _("Tên thủ tục"),
        _("Cơ quan"),
        _("Ngày nhận"),
        _("Ngày hẹn trả"),
        _("Ngày xong"),
        _("Đúng hạn"),
    )
    found = rows.stream(agency, period, selection, now=timezone.now())
    return csv_response(f"ho-so-{selection.value}-{period.key}.csv", head, (_csv_row(row) for row in found))


def _csv_row(row: Row) -> tuple[Any, ...]:
    words = {True: _("có"), False: _("không"), None: ""}
    days = (day.isoformat() if day else "" for day in (row.received_on, row.due_on, row.finished_on))
    return (row.procedure, row.agency, *days, words[row.is_on_time])


def period_of(request: HttpRequest) -> Period:
    """The period that the address names, else this month; raises InvalidInputError."""
    today = timezone.localdate()
    text = request.GET.get("ky", "")
    if not text:
        return Period.of(today)
    try:
        period = Period.parse(text)
    except ValueError:
        period = None
    if period is None or period.first_day > today:
        raise InvalidInputError(
            _("Kỳ không đúng. Hãy chọn một tháng như 2026-11 hoặc một quý như 2026-Q4, không ở tương lai."),
            fields={"ky": [_("Hãy chọn kỳ trong danh sách.")]},
        )
    return period


def _selection(request: HttpRequest) -> Selection:
    try:
        return Selection(request.GET.get("loc", Selection.HANDLED.value))
    except ValueError:
        raise InvalidInputError(
            _("Không có danh sách này. Hãy mở từ trang số liệu công khai."),
            fields={"loc": [_("Hãy chọn trong danh sách.")]},
        ) from None


def position_of(request: HttpRequest) -> Position | None:
    """Where the page begins that the address names; raises InvalidInputError."""
    text = request.GET.get("sau", "")
    if not text:
        return None
    try:
        return Position.parse(text)
    except (ValueError, OverflowError):
        raise InvalidInputError(
            _("Trang tiếp theo không đúng. Hãy mở lại danh sách từ đầu."),
            fields={"sau": [_("Hãy mở lại danh sách từ đầu.")]},
        ) from None


def choices(chosen: Period) -> list[dict[str, Any]]:
    """The periods of a form, the chosen one among them."""
    today: date = timezone.localdate()
    found = periods.offered(today)
    if chosen not in found:
        found = [chosen, *found]
    return [{"key": period.key, "label": label(period), "is_chosen": period == chosen} for period in found]


def label(period: Period) -> str:
    """A period in words."""
    if period.is_quarter:
        return _("Quý %(quarter)d năm %(year)d") % {"quarter": period.quarter, "year": period.year}
    if is_english():
        return date_format(date(period.year, period.first_month, 1), "F Y")
    return _("Tháng %(month)d năm %(year)d") % {"month": period.first_month, "year": period.year}


def label_within(period: Period) -> str:
    """The same inside a sentence: it begins with a small letter, but for the English names of months."""
    text = label(period)
    return text if is_english() and not period.is_quarter else with_small_first_letter(text)


def _url(name: str, period: Period, code: str, selection: Selection | None = None) -> str:
    query = {"ky": period.key, "co-quan": code, "loc": selection.value if selection else ""}
    return f"{reverse(name)}?{urlencode({key: value for key, value in query.items() if value})}"
