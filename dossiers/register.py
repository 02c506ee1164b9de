"""The register of dossiers (sổ theo dõi hồ sơ, form 07 of TT 03/2025/TT-VPCP): what an agency took in over some days.

Read from the dossiers by keyset; one PDF holds PART rows, since a book is leafed through and a page of paper is not a
database. Numbers run through the whole period.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from datastore.results import rendering
from dossiers import paper_results
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, FilingChannel, LetterKind
from portal.agencies.models import Agency
from portal.core.errors import InvalidInputError

TITLE = "Sổ theo dõi hồ sơ"
PART = 200
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Period:
    """Days from one to another, both counted."""

    first: date
    last: date

    def check(self) -> None:
        """Raise InvalidInputError for a period that is none."""
        if self.last < self.first:
            raise InvalidInputError(fields={"last": [_("Ngày cuối phải sau ngày đầu.")]})
        if (self.last - self.first).days >= LONGEST_DAYS:
            raise InvalidInputError(fields={"last": [_("Mỗi lần in sổ nhiều nhất một năm.")]})

    @property
    def begins(self) -> datetime:
        """Midnight of the first day."""
        return timezone.make_aware(datetime.combine(self.first, time.min))

    @property
    def ends(self) -> datetime:
        """Midnight after the last."""
        return timezone.make_aware(datetime.combine(self.last + timedelta(days=1), time.min))


def rows(agency: Agency, period: Period) -> QuerySet[Dossier]:
    """What exactly this agency has of those filed in the period, in the order they came."""
    filed = Dossier.objects.exclude(state=DossierState.DRAFT).filter(
        agency=agency, submitted_at__gte=period.begins, submitted_at__lt=period.ends
    )
    filed = filed.annotate(own_forms=F("procedure_version__sheet__letter_forms"))
    return filed.select_related("counter_visit").order_by("submitted_at", "pk")


def parts(agency: Agency, period: Period) -> tuple[int, int]:
    """How many dossiers the register has, and how many parts."""
    count = rows(agency, period).count()
    return count, -(-count // PART)


def render(agency: Agency, period: Period, part: int) -> bytes:
    """Draw one part, counted from 1, as PDF; an empty register is a page that says so."""
    start = PART * (part - 1)
    found = list(rows(agency, period)[start : start + PART])
    context = {
        "agency_name": agency.name,
        "parent_name": agency.parent.name if agency.parent else "",
        "subtitle": f"Từ ngày {period.first:%d/%m/%Y} đến ngày {period.last:%d/%m/%Y}",
        "rows": _lines(found, start),
        "part": part,
    }
    return rendering.render_pdf("dossiers/letters/07.html", context, title=TITLE)


def _lines(found: Sequence[Dossier], start: int) -> list[dict[str, Any]]:
    return [
        {
            "number": start + position,
            "dossier": dossier,
            "how": _way(dossier),
            "note": _note(dossier),
        }
        for position, dossier in enumerate(found, start=1)
    ]


def _way(dossier: Dossier) -> str:
    paper = paper_results.ordered(dossier)
    if paper is not None:
        return "Bưu chính công ích" if paper.way == paper_results.Way.POST else "Bản giấy tại một cửa"
    return "Trực tiếp" if dossier.channel == FilingChannel.DIRECT else "Kho dữ liệu điện tử"


def _note(dossier: Dossier) -> str:
    """How it stands; where the branch has forms of its own, on which one the letter is that says so (mẫu CT04)."""
    own: dict[str, str] = getattr(dossier, "own_forms", None) or {}
    if dossier.state in {DossierState.REFUSED, DossierState.STOPPED}:
        form = own.get(LetterKind.REFUSAL, "") if dossier.state == DossierState.REFUSED else ""
        return f"{DossierState(dossier.state).label}{f' (mẫu {form})' if form else ''}"
    form = own.get(LetterKind.RECEIPT, "") if dossier.accepted_at else ""
    said = [f"Giấy tiếp nhận mẫu {form}" if form else "", "đã hẹn lại" if dossier.original_due_at else ""]
    return capfirst("; ".join(filter(None, said)))
