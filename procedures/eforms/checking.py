"""What a form must keep beyond being readable: conditions, references and limits that point to something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from procedures.eforms import conditions
from procedures.eforms.definition import DefinitionError, Field, Form, fields_in
from procedures.eforms.prefilling import ANSWER, EARLIER, FILING, STORE, STORE_ITEMS, sources_of, store_item
from procedures.eforms.types.dates import limit_day

_UNLIKE = re.compile(r"\\[dDwWsSbBAZ]|\(\?P|\(\?[aiLmsux]")
"""Pieces of Python's regular expressions that ECMA-262, which JSON Schema names, lacks or reads otherwise."""
PREFILL_SOURCES = frozenset(
    {
        "identity", "organisation", "population", "civil_status", "health", "licence", "vehicle", "business", "land",
        "social_insurance", "tax", "poverty", "residence", STORE, EARLIER,
        ANSWER, FILING,
    }
)  # fmt: skip


def check_form(form: Form) -> None:
    """Raise DefinitionError at the first thing that points nowhere: a condition, a reference, a limit, a circle."""
    fields = form.by_key()
    earlier: list[Field] = []
    for page in form.pages:
        for group in page.groups:
            conditions.check(group.visible_if, fields, f"form.{page.key}.{group.key}.visible_if")
            for field in group.fields:
                place = f"form.{page.key}.{group.key}.{field.key}"
                _check_field(field, fields, place)
                _check_following(field, fields, {each.key for each in earlier}, place)
        earlier += page.fields()
    _check_circles(form)


def _check_following(field: Field, fields: Mapping[str, Field], earlier: set[str], place: str) -> None:
    """What a value follows from is asked on an earlier page: on the same one it would come when she has gone on."""
    conditions.check(field.prefill_if, fields, f"{place}.prefill_if")
    looked_at = set(fields_in(field.prefill_if))
    for source, item in sources_of(field):
        if source == ANSWER and field.fields:
            looked_at |= {f"{item}_{part.key}" for part in field.fields} & set(fields)
        elif source == ANSWER:
            looked_at.add(item)
        elif source == FILING and item != "agency":
            raise DefinitionError(f"{place}.prefill", "of the place of filing, write filing.agency")
    if late := sorted(looked_at - earlier):
        raise DefinitionError(f"{place}.prefill", f"{late[0]!r} is no field of an earlier page; ask it on one")


def _check_field(field: Field, siblings: Mapping[str, Field], place: str) -> None:
    conditions.check(field.visible_if, siblings, f"{place}.visible_if")
    conditions.check(field.required_if, siblings, f"{place}.required_if")
    for name in ("not_before", "before"):
        if (other := getattr(field, name)) and other not in siblings:
            raise DefinitionError(f"{place}.{name}", f"{other!r} is no field beside this one")
    if field.compute and field.compute.of not in siblings:
        raise DefinitionError(f"{place}.compute", f"{field.compute.of!r} is no field beside this one")
    for source, item in sources_of(field):
        if source not in PREFILL_SOURCES:
            raise DefinitionError(f"{place}.prefill", f"unknown source; known are {', '.join(sorted(PREFILL_SOURCES))}")
        if source == STORE and not all(store_item(item)):
            known = ", ".join(sorted(STORE_ITEMS))
            raise DefinitionError(
                f"{place}.prefill", f"write store.<type of paper>#<one of {known}, or an answer that led to the paper>"
            )
        if source == EARLIER and field.locked:
            raise DefinitionError(f"{place}.locked", "what a person declared herself before stays hers to change")
    if field.type in {"date", "month", "datetime"}:
        for name in ("min", "max"):
            _check_day(getattr(field, name), f"{place}.{name}")
    if _UNLIKE.search(field.pattern):
        raise DefinitionError(
            f"{place}.pattern",
            r"write [0-9] for \d, [A-Za-z0-9_] for \w, a blank for \s: JSON Schema reads them otherwise",
        )
    if may_run_away(field.pattern):
        raise DefinitionError(
            f"{place}.pattern",
            "a repeated group must not repeat or choose inside: a long answer could keep the server busy for hours",
        )
    limits = (field.min, field.max)
    if field.type in {"integer", "money", "decimal"} and not all(lim is None or isinstance(lim, int) for lim in limits):
        raise DefinitionError(place, f"limits of a field of type {field.type} are whole numbers")
    if field.default is not None and field.choices and field.choice(field.default) is None:
        raise DefinitionError(f"{place}.default", f"{field.default!r} is not in the value list")
    if any(part.prefill_if is not None for part in field.fields):
        raise DefinitionError(f"{place}.prefill_if", "a part is prefilled with the whole; write it there")
    inner = {part.key: part for part in field.fields}
    _check_rows(field, inner, siblings, place)
    for part in field.fields:
        _check_field(part, inner, f"{place}.{part.key}")


def _check_rows(field: Field, columns: Mapping[str, Field], siblings: Mapping[str, Field], place: str) -> None:
    """What is said of all rows together looks at columns that there are, and at dates of birth of the form."""
    if field.exactly_one and not _is(columns.get(field.exactly_one), "boolean"):
        raise DefinitionError(f"{place}.exactly_one", f"{field.exactly_one!r} is no yes-or-no column of the rows")
    if (rule := field.without_gap) is None:
        return
    for key in (rule.first, rule.last):
        if not _is(columns.get(key), "month"):
            raise DefinitionError(f"{place}.without_gap", f"{key!r} is no month among the columns of the rows")
    for key in rule.born:
        if not _is(siblings.get(key), "date"):
            raise DefinitionError(f"{place}.without_gap.born", f"{key!r} is no date of the form")


def _is(field: Field | None, kind: str) -> bool:
    return field is not None and field.type == kind


_LITERAL = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]")
_INNERMOST = re.compile(r"\([^()]*\)")
_ENDLESS = re.compile(r"[*+]|\{[0-9]+,\}")


def may_run_away(pattern: str) -> bool:
    """Whether matching may take a time that doubles with each letter: an endless repeat of what repeats or chooses."""
    bare = _LITERAL.sub("x", pattern)
    while group := _INNERMOST.search(bare):
        inside, behind = group.group(), bare[group.end() :]
        repeats = bool(_ENDLESS.search(inside.removeprefix("(?")))
        if (repeats and behind[:1] in {"*", "+", "{"}) or ("|" in inside and _ENDLESS.match(behind)):
            return True
        bare = f"{bare[: group.start()]}{'x+' if repeats else 'x'}{behind}"
    return False


def _check_day(limit: object, place: str) -> None:
    try:
        limit_day(limit, date(2026, 1, 1))
    except ValueError:
        raise DefinitionError(place, "a limit is a day (YYYY-MM-DD), `today`, `today+N` or `today-N`") from None


def _check_circles(form: Form) -> None:
    """A field that is asked only when it is answered can never be asked."""
    needs = {field.key: set(fields_in(condition)) for field, condition in form.placed}

    def reach(key: str, seen: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        for other in needs.get(key, ()):
            if other in seen:
                yield (*seen, other)
            else:
                yield from reach(other, (*seen, other))

    for key in needs:
        if circle := next(reach(key, (key,)), None):
            raise DefinitionError(f"form.{key}.visible_if", f"conditions go in a circle: {' → '.join(circle)}")
