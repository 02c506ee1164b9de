"""The dossiers behind a number of the leader's board: page by page, or as a stream, with the cause of delay."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet, TextChoices
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from dossiers import clock_reading, turns
from dossiers.lifecycle import OPEN_STATES
from dossiers.models import Dossier
from portal.agencies import calendars
from portal.agencies.models import Agency
from portal.backoffice.board import WAITING, late_rows
from portal.core import keyset
from portal.indicators import figures
from portal.indicators.periods import Period
from portal.indicators.rows import Position

PAGE_SIZE = 50
CHUNK = 500
"""Rows held at once by a stream, with their events."""


class Selection(TextChoices):
    """Which number's rows are shown."""

    RECEIVED = "da-nhan", _("Nhận trong kỳ")
    HANDLED = "da-xong", _("Xong trong kỳ")
    ON_TIME = "dung-han", _("Xong đúng hạn trong kỳ")
    LATE = "tre", _("Trễ: xong trễ trong kỳ hoặc đang quá hạn")
    OVERDUE = "qua-han", _("Đang quá hạn")
    OPEN = "dang-giu", _("Đang giữ, chưa xong")
    WAITING = "cho-nguoi-nop", _("Chờ người nộp")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: of an agency, in a period, of one number, and of one official where asked ("0" is nobody)."""

    agency: Agency
    period: Period
    selection: Selection
    assignee: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One dossier with what a leader asks about it; `cause` is the clock that took longest where it is late."""

    dossier: Dossier
    due_at: datetime | None
    is_late: bool
    cause: str
    is_void: bool
    """Whether its result was revoked."""


def _chosen(wanted: Wanted, now: datetime) -> "QuerySet[Dossier]":
    handled = figures.handled_in(wanted.period)
    conditions = {
        Selection.RECEIVED: figures.received_in(wanted.period),
        Selection.HANDLED: handled,
        Selection.ON_TIME: handled & figures.ON_TIME,
        Selection.OVERDUE: figures.overdue_at(now),
        Selection.OPEN: Q(state__in=OPEN_STATES),
        Selection.WAITING: Q(state__in=WAITING),
    }
    if wanted.selection == Selection.LATE:
        found = late_rows(wanted.agency, wanted.period, now)
    else:
        found = figures.within(wanted.agency).filter(conditions[wanted.selection])
    if wanted.assignee == "0":
        found = found.filter(assignee__isnull=True, handled_by__isnull=True, source__isnull=True)
    elif wanted.assignee:
        found = found.filter(assignee=int(wanted.assignee))
    return found.select_related("agency", "assignee", "procedure_version", "result_document").only(
        "code",
        "state",
        "proposed_at",
        "procedure_code",
        "procedure_name",
        "applicant_name",
        "submitted_at",
        "accepted_at",
        "due_at",
        "original_due_at",
        "clock_stopped_at",
        "finished_at",
        "handled_by_id",
        "agency__name",
        *(f"agency__{name}" for name in calendars.COLUMNS),
        "assignee__display_name",
        "assignee__username",
        "procedure_version__short_name",
        "result_document__status",
    )


def page(wanted: Wanted, *, now: datetime, after: Position | None = None) -> tuple[list[Row], Position | None]:
    """One page, oldest filing first, and the position of the next one."""
    chosen = _chosen(wanted, now).annotate(moment=F("submitted_at")).order_by("submitted_at", "pk")
    if after is not None:
        chosen = chosen.filter(submitted_at__gte=after.moment).exclude(submitted_at=after.moment, pk__lte=after.pk)
    found: list[Any] = list(chosen[: PAGE_SIZE + 1])
    last = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    return _rows(found[:PAGE_SIZE], now), Position(last.moment, last.pk) if last is not None else None


def count(wanted: Wanted, *, now: datetime, most: int) -> int:
    """How many rows there are, counted up to `most`."""
    return _chosen(wanted, now).order_by()[:most].count()


def stream(wanted: Wanted, *, now: datetime) -> Iterator[Row]:
    """All rows, agency by agency and oldest first, some hundreds in memory at a time, with and without a pooler.

    Within one agency its index gives them in this order: a piece costs the same wherever it lies.
    """
    places = Agency.objects.filter(path__startswith=wanted.agency.path).order_by("path").values_list("pk", flat=True)
    for agency_id in list(places):
        rows = _chosen(wanted, now).filter(agency=agency_id).order_by("submitted_at", "pk")
        for piece in keyset.in_pieces(rows, behind=_behind, size=CHUNK):
            yield from _rows(piece, now)


def _behind(last: Dossier) -> Q:
    return Q(submitted_at__gte=last.submitted_at) & ~Q(submitted_at=last.submitted_at, pk__lte=last.pk)


HEAD = (
    _("Mã hồ sơ"),
    _("Thủ tục"),
    _("Người nộp"),
    _("Cơ quan"),
    _("Thụ lý"),
    _("Trạng thái"),
    _("Nộp lúc"),
    _("Tiếp nhận lúc"),
    _("Hẹn trả lần đầu"),
    _("Xong lúc"),
    _("Trễ hạn"),
    _("Thời gian qua nhiều nhất ở"),
)


def cells(rows: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
    """Rows for a file, in the order of HEAD."""
    for row in rows:
        dossier = row.dossier
        yield (
            dossier.code,
            dossier.procedure_name or dossier.procedure_code,
            dossier.applicant_name,
            dossier.agency.name if dossier.agency else "",
            str(dossier.assignee) if dossier.assignee else "",
            str(dossier.get_state_display()),
            dossier.submitted_at,
            dossier.accepted_at,
            row.due_at,
            dossier.finished_at,
            _now("có") if row.is_late else _now("không"),
            row.cause,
        )


def _rows(dossiers: list[Dossier], now: datetime) -> list[Row]:
    late = [dossier for dossier in dossiers if _is_late(dossier, now)]
    splits = clock_reading.of_many(late, now) if late else {}
    return [
        Row(
            dossier,
            dossier.original_due_at or dossier.due_at,
            _is_late(dossier, now),
            str(splits[dossier.pk].longest().label) if dossier.pk in splits and splits[dossier.pk].whole else "",
            turns.is_void(dossier),
        )
        for dossier in dossiers
    ]


def _is_late(dossier: Dossier, now: datetime) -> bool:
    """As the numbers count it: against the first appointment once finished, while the clock runs before."""
    if dossier.finished_at is not None:
        first = dossier.original_due_at or dossier.due_at
        return first is not None and dossier.finished_at > first
    return dossier.clock_stopped_at is None and dossier.due_at is not None and dossier.due_at < now
