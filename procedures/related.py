"""What belongs together: bundles and their parts, what a procedure replaced, and neighbours in life or field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from portal.core.text import fold
from procedures import shown_names
from procedures.models import Origin, Procedure, ProcedureVersion
from procedures.publication import remembered

MOST_NEIGHBOURS = 6
MOST_KEPT = 40
"""So many are put in order and kept: bundles and linked procedures stand elsewhere on the page and are left out."""
LAST = 10**6
"""The rank of what is not among the most used."""


def link(procedure: Procedure) -> dict[str, str]:
    """Address, short name and code of a procedure."""
    version = procedure.current
    name = shown_names.tidied(version.title) if version is not None else procedure.code
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
    """Open procedures of the same life events or field, those useful to most first.

    Ours before others: they are what most people come for. Then who shares more life events, the most used, who is
    decided at the same level; of ours and of others, what a name only adds a circumstance to (“… lưu động”) comes last.
    """

    def read() -> list[str]:
        return _neighbours(procedure)

    known: list[str] = remembered(f"related:neighbours:{procedure.code}", read)
    left_out = {procedure.code, *besides}
    return links([code for code in known if code not in left_out][:MOST_NEIGHBOURS])


def _neighbours(procedure: Procedure) -> list[str]:
    events = list(procedure.life_events.values_list("pk", flat=True))
    near = Q(field=procedure.field) | Q(life_events__in=events)
    rows = Procedure.objects.filter(near, is_open=True, is_internal=False, current__isnull=False).order_by("code")
    shared = Count("life_events", filter=Q(life_events__in=events), distinct=True)
    columns = ("code", "current__origin", "featured_rank", "shared", "current__competent_level", "current__name")
    found = list(rows.annotate(shared=shared).values_list(*columns))
    variants = _variants({code: fold(shown_names.tidied(name)) for code, *_others, name in found})
    own = next((level for code, *_row, level, _name in found if code == procedure.code), "")

    def order(row: tuple[Any, ...]) -> tuple[Any, ...]:
        code, origin, rank, shares, level, _name = row
        return (
            origin != Origin.PACK,
            code in variants,
            -shares,
            rank if rank is not None else LAST,
            level != own,
            code,
        )

    return [row[0] for row in sorted(found, key=order)[:MOST_KEPT]]


def _variants(names: Mapping[str, str]) -> set[str]:
    """The codes of names that begin with another whole name: sorted, that one stands before them."""
    found: set[str] = set()
    whole = ""
    for name, code in sorted((f"{name} ", code) for code, name in names.items()):
        if whole and name != whole and name.startswith(whole):
            found.add(code)
        else:
            whole = name
    return found


def _with_names(rows: Any) -> Any:
    names = ("name", "name_en", "short_name", "short_name_en")
    return rows.select_related("current").only(
        "code", "featured_rank", "current_id", *(f"current__{name}" for name in names)
    )
