"""Which life events a procedure of the national catalogue belongs to (sự kiện trong đời), by its field and name.

Records do not say it; the reference data do (``life_events.yaml``, key ``imported``). Packs of the portal's own name
their events themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from procedures.models import LifeEvent, Origin, Procedure
from procedures.national.checking import quick_fold
from procedures.packs.reference import own_reference

Rule = tuple[frozenset[str], tuple[str, ...]]
"""Folded names of fields, and words of which a name needs one; none: every procedure of the fields."""
_REMARK = re.compile(r"\s*\([^()]*\)\s*$")
_BETWEEN = re.compile(r"[^a-z0-9]+")


def of(field: str, name: str) -> list[str]:
    """Slugs of the events of a procedure, in the order of the home page."""
    folded, words = _folded(_REMARK.sub("", field)), f" {_folded(name)} "
    return [
        slug
        for slug, rules in _rules().items()
        if any(
            folded in fields and (not names or any(f" {each} " in words for each in names)) for fields, names in rules
        )
    ]


def assign(procedures: Iterable[int] | None = None) -> int:
    """Let procedures of the national catalogue belong to their events, all of them or those of these keys.

    A handful of queries for any number; returns how many links were made or taken away.
    """
    links = Procedure.life_events.through.objects
    rows = Procedure.objects.filter(current__origin=Origin.NATIONAL)
    if procedures is not None:
        rows = rows.filter(pk__in=list(procedures))
    events = dict(LifeEvent.objects.values_list("slug", "pk"))
    wanted = {
        (key, events[slug])
        for key, field, name in rows.values_list("pk", "field__name", "current__name")
        for slug in of(field, name)
        if slug in events
    }
    standing = {
        (procedure, event): key
        for key, procedure, event in links.filter(procedure__in=rows).values_list("pk", "procedure_id", "lifeevent_id")
    }
    over = [key for link, key in standing.items() if link not in wanted]
    new = [links.model(procedure_id=key, lifeevent_id=event) for key, event in sorted(wanted - set(standing))]
    if over:
        links.filter(pk__in=over).delete()
    links.bulk_create(new, ignore_conflicts=True, batch_size=2_000)
    return len(over) + len(new)


@cache
def _rules() -> dict[str, list[Rule]]:
    """The rules by event; read once, as the reference data only change with the code."""
    return {item["slug"]: list(_of_event(item.get("imported") or ())) for item in own_reference().life_events}


def _of_event(rules: Iterable[dict[str, list[str]]]) -> Iterator[Rule]:
    for rule in rules:
        names = tuple(_folded(name) for name in rule.get("names") or ())
        yield frozenset(_folded(name) for name in rule["fields"]), names


def _folded(text: str) -> str:
    return _BETWEEN.sub(" ", quick_fold(text)).strip()
