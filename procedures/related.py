"""What belongs together: bundles and their parts, what a procedure replaced, and neighbours in life or field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q
from django.urls import reverse

from procedures.models import Origin, Procedure, ProcedureVersion
from procedures.publication import remembered

MOST_NEIGHBOURS = 6


def link(procedure: Procedure) -> dict[str, str]:
    """Address, short name and code of a procedure."""
    version = procedure.current
    name = version.title if version is not None else procedure.code
    return {"url": reverse("procedures:detail", kwargs={"code": procedure.code}), "name": name, "code": procedure.code}


def links(codes: Iterable[str]) -> list[dict[str, str]]:
    """Links to procedures by code, in that order; unknown codes are left out."""
    wanted = list(codes)
    if not wanted:
        return []
    rows = {row.code: row for row in _with_names(Procedure.objects.filter(code__in=wanted))}
    return [link(rows[code]) for code in wanted if code in rows]


def closed(codes: Iterable[str]) -> list[dict[str, Any]]:
    """Of these codes, the procedures that were closed, each with the reason and what replaces it; at most one query."""
    wanted = list(codes)
    if not wanted:
        return []
    rows = Procedure.objects.filter(code__in=wanted, is_open=False, is_internal=False)
    return [
        {**link(row), "reason": row.closed_reason, "replacement": link(row.replaced_by) if row.replaced_by else None}
        for row in rows.select_related("current", "replaced_by__current").order_by("code")
    ]


def bundles_of(code: str) -> list[str]:
    """Codes of the linked procedures (liên thông) that one is a part of."""
    return _bundles().get(code, [])


def _bundles() -> dict[str, list[str]]:
    def read() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        # only packs of our own name their parts; the national records would be read whole for nothing
        bundles = ProcedureVersion.objects.filter(current_of__is_open=True, origin=Origin.PACK, sheet__has_key="linked")
        for bundle, parts in bundles.order_by("procedure__code").values_list("procedure__code", "sheet__linked"):
            for part in parts or ():
                found.setdefault(part, []).append(bundle)
        return found

    known: dict[str, list[str]] = remembered("related:bundles", read)
    return known


def neighbours(procedure: Procedure, *, besides: Iterable[str] = ()) -> list[dict[str, str]]:
    """Open procedures of the same life events, then of the same field; the most used first."""
    events = list(procedure.life_events.values_list("pk", flat=True))
    near = Q(field=procedure.field) | Q(life_events__in=events)
    rows = _with_names(Procedure.objects.filter(near, is_open=True, is_internal=False, current__isnull=False))
    rows = rows.exclude(code__in=[procedure.code, *besides]).distinct()
    ordered: Any = rows.order_by(F("featured_rank").asc(nulls_last=True), "code")[:MOST_NEIGHBOURS]
    return [link(row) for row in ordered]


def _with_names(rows: Any) -> Any:
    names = ("name", "name_en", "short_name", "short_name_en")
    return rows.select_related("current").only(
        "code", "featured_rank", "current_id", *(f"current__{name}" for name in names)
    )
