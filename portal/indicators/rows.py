"""The dossiers behind a figure, without names and codes, page by page or as a stream (dòng dữ liệu gốc)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.agencies.models import Agency
from portal.core import keyset
from portal.core.language import in_language
from portal.indicators import figures
from portal.indicators.periods import Period

PAGE_SIZE = 50
CHUNK = 2000
"""Rows of a download in memory at a time."""


class Selection(TextChoices):
    """Which figure's rows are shown."""

    HANDLED = "da-giai-quyet", _("Đã giải quyết trong kỳ")
    RECEIVED = "da-nhan", _("Đã nhận trong kỳ")
    ON_TIME = "dung-han", _("Giải quyết đúng hạn trong kỳ")
    LATE = "tre-han", _("Giải quyết trễ hạn trong kỳ")
    OVERDUE = "qua-han", _("Đang quá hạn, chưa xong")
    RATED = "danh-gia", _("Đã giải quyết trong kỳ và được đánh giá")


_ORDER = {Selection.RECEIVED: "submitted_at", Selection.OVERDUE: "due_at"}
"""The moment rows are ordered by; the moment of finishing for the others."""


@dataclass(frozen=True, slots=True)
class Row:
    """One dossier as the public sees it: days, no hours; no code, no name.

    Nor what she answered when she was asked: who works at the desk knows whose dossier was finished that day.
    """

    procedure: str
    agency: str
    received_on: date | None
    due_on: date | None
    finished_on: date | None
    is_on_time: bool | None
    """None: no due date, or not finished and not yet late."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: after this moment and row, going back in time."""

    moment: datetime
    pk: int

    @classmethod
    def parse(cls, text: str) -> "Position":
        """Read ``<moment>~<id>``; raises ValueError."""
        moment, _mark, pk = text.partition("~")
        parsed = datetime.fromisoformat(moment)
        if parsed.tzinfo is None or not (pk.isascii() and pk.isdigit() and len(pk) <= 18):
            raise ValueError("a position is a moment with its zone and a number")
        return cls(parsed, int(pk))

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}~{self.pk}"


def _selected(agency: Agency | None, period: Period, selection: Selection, now: datetime) -> QuerySet[Any, Any]:
    handled = figures.handled_in(period)
    conditions: dict[Selection, Q] = {
        Selection.HANDLED: handled,
        Selection.RECEIVED: figures.received_in(period),
        Selection.ON_TIME: handled & figures.ON_TIME,
        Selection.LATE: handled & figures.LATE,
        Selection.OVERDUE: figures.overdue_at(now),
        Selection.RATED: handled & Q(rating__isnull=False),
    }
    moment = _ORDER.get(selection, "finished_at")
    return (
        figures.within(agency)
        .filter(conditions[selection])
        .annotate(moment=F(moment))
        .order_by(f"-{moment}", "-pk")
        .values(
            "pk",
            "moment",
            "procedure_name",
            "procedure_code",
            "procedure_version__name_en",
            "procedure_version__short_name",
            "procedure_version__short_name_en",
            "agency__name",
            "agency__name_en",
            "submitted_at",
            "due_at",
            "original_due_at",
            "finished_at",
        )
    )


def page(
    agency: Agency | None, period: Period, selection: Selection, *, now: datetime, after: Position | None = None
) -> tuple[list[Row], Position | None]:
    """One page of rows and the position of the next one; its cost does not grow with how far back it lies."""
    chosen = _selected(agency, period, selection, now)
    if after is not None:
        chosen = chosen.filter(_behind(selection, after))
    found: list[dict[str, Any]] = list(chosen[: PAGE_SIZE + 1])
    last = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    return [_row(values, now) for values in found[:PAGE_SIZE]], Position(last["moment"], last["pk"]) if last else None


def stream(agency: Agency | None, period: Period, selection: Selection, *, now: datetime) -> Iterator[Row]:
    """All rows, fetched in pieces: a download of any length needs little memory."""

    def behind(values: dict[str, Any]) -> Q:
        return _behind(selection, Position(values["moment"], values["pk"]))

    for piece in keyset.in_pieces(_selected(agency, period, selection, now), behind=behind, size=CHUNK):
        yield from (_row(values, now) for values in piece)


def _behind(selection: Selection, place: Position) -> Q:
    moment = _ORDER.get(selection, "finished_at")
    return Q(**{f"{moment}__lte": place.moment}) & ~Q(**{moment: place.moment, "pk__gte": place.pk})


def _row(values: dict[str, Any], now: datetime) -> Row:
    due, finished = values["original_due_at"] or values["due_at"], values["finished_at"]
    is_on_time: bool | None = None
    if due is not None and finished is not None:
        is_on_time = finished <= due
    elif due is not None and due < now:
        is_on_time = False
    return Row(
        procedure=in_language(
            values["procedure_version__short_name"] or values["procedure_name"],
            values["procedure_version__short_name_en"] or values["procedure_version__name_en"] or "",
        )
        or values["procedure_code"],
        agency=in_language(values["agency__name"] or "", values["agency__name_en"] or ""),
        received_on=_day(values["submitted_at"]),
        due_on=_day(due),
        finished_on=_day(finished),
        is_on_time=is_on_time,
    )


def _day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None
