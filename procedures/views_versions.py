"""What a procedure said before: its published versions, and two of them side by side (các lần công bố)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.errors import NotFoundError
from portal.core.page_cache import cached_for_anonymous
from procedures import access, comparison
from procedures.models import Origin, ProcedureVersion
from procedures.national import differences
from procedures.national.differences import Difference
from procedures.publication import edition_or_none

MOST_RECORD_LINES = 400
"""Changes of a national record that are written out."""


def _published(code: str) -> list[ProcedureVersion]:
    rows = access.get_procedure(code).versions.select_related("procedure").order_by("-number")
    found = list(rows.defer("form", "source_record", "search_text"))
    if not found:
        raise NotFoundError
    return found


@login_not_required
@require_safe
@cached_for_anonymous(edition_or_none)
def versions(request: HttpRequest, code: str) -> HttpResponse:
    """The versions of a procedure, newest first, each with what changed against the one before."""
    rows = _published(code)
    older = dict(zip([row.number for row in rows], [row.number for row in rows[1:]], strict=False))
    context = {
        "title": rows[0].title,
        "code": code,
        "sheet_url": reverse("procedures:detail", kwargs={"code": code}),
        "rows": [
            {
                "number": row.number,
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
                "decision_number": row.decision_number,
                "decision_on": row.decision_on,
                "compare_url": reverse(
                    "procedures:compare", kwargs={"code": code, "older": older[row.number], "newer": row.number}
                )
                if row.number in older
                else "",
            }
            for row in rows
        ],
    }
    return render(request, "procedures/versions.html", context)


@login_not_required
@require_safe
@cached_for_anonymous(edition_or_none)
def compare(request: HttpRequest, code: str, older: int, newer: int) -> HttpResponse:
    """Two versions part by part: what went, what came."""
    rows = {row.number: row for row in _published(code) if row.number in {older, newer}}
    if len(rows) != 2 or older >= newer:
        raise NotFoundError
    records = _record_changes(rows[older], rows[newer])
    context = {
        "title": rows[newer].title,
        "code": code,
        "older": rows[older],
        "newer": rows[newer],
        "parts": comparison.of(rows[older], rows[newer]),
        "records": (records or [])[:MOST_RECORD_LINES],
        "more_records": max(0, len(records or []) - MOST_RECORD_LINES),
        "versions_url": reverse("procedures:versions", kwargs={"code": code}),
        "nothing": _nothing(rows[older], rows[newer], records),
    }
    return render(request, "procedures/compare.html", context)


def _record_changes(older: ProcedureVersion, newer: ProcedureVersion) -> list[Difference] | None:
    """What changed in the national record, also where no page shows it; None where one of the two follows from none."""
    if {older.origin, newer.origin} != {Origin.NATIONAL}:
        return None
    return differences.between(older.source_record or {}, newer.source_record or {})


def _nothing(older: ProcedureVersion, newer: ProcedureVersion, records: list[Difference] | None) -> str:
    """What to say where a reader of the sheet sees no difference."""
    if records:
        return _("Nội dung thủ tục không đổi. Bản ghi quốc gia đổi ở các mục sau.")
    if records is not None and older.form == newer.form:
        return _("Bản ghi quốc gia không đổi; cổng đọc lại bản ghi theo quy tắc mới.")
    return _("Nội dung công khai không đổi; chỉ đổi phần kỹ thuật của biểu mẫu.")
