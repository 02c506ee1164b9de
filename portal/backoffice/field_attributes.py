"""What may be said of a question beside its words: for which types, and control by control (docs/procedure-pack.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.backoffice.form_editing import words
from procedures.eforms.definition import MESSAGES, NEEDED, NOT_TYPED

Row = Mapping[str, Any]
DATES = ("date", "month", "datetime")
_NUMBERS = ("integer", "decimal", "money")
_TEXTS = ("text", "long_text")
_FOR: dict[str, tuple[str, ...]] = {
    "options": ("choice", "multi_choice"),
    "compute": ("computed",),
    "min": (*_NUMBERS, *DATES),
    "max": (*_NUMBERS, *DATES),
    "not_before": DATES,
    "before": DATES,
    "max_length": _TEXTS,
    "pattern": _TEXTS,
    "pattern_help": _TEXTS,
    "default": (*_TEXTS, *_NUMBERS, *DATES, "boolean", "choice"),
    "min_items": ("repeat",),
    "max_items": ("repeat",),
    "exactly_one": ("repeat",),
    "without_gap": ("repeat",),
    "signer": ("co_signature",),
    "routing": ("agency",),
    "detail": ("address",),
    "with_old_unit": ("address",),
    "same_as": ("address",),
    "same_as_label": ("address",),
    "in_place_of_filing": ("address",),
    "document_type": ("file",),
}
"""Attributes that only some types have; all others are for every question that somebody answers."""
_TYPED = frozenset({"required", "required_if", "locked"})
"""Attributes of what somebody answers."""
_PREFILLED = frozenset({"prefill", "prefill_if"})
_NEVER_IN_PARTS = frozenset(
    {"prefill_if", "same_as", "same_as_label", "in_place_of_filing", "exactly_one", "without_gap"}
)
"""Attributes that a column of a repeat or a part of a person cannot have (procedures.eforms.reading, .checking)."""
_CONTROLS: dict[str, tuple[str, ...]] = {
    "prefill": ("prefill_from", "prefill"),
    "compute": ("compute_function", "compute_of", "compute_percent"),
    "without_gap": ("gap_from", "gap_to", "gap_since_age", "gap_born"),
    "routing": ("routing_level", "routing_branch"),
    **{name: (f"{name}_vi", f"{name}_en") for name in ("signer", "pattern_help", "same_as_label")},
}
"""The controls of an attribute where they are not one of the same name."""
_HAS_ROWS_FOR = frozenset({"required_if", "prefill_if"})
"""Conditions: their controls come with them (portal.backoffice.form_conditions)."""
ATTRIBUTES = frozenset(
    control for name in {*_FOR, *_TYPED, *_PREFILLED} - _HAS_ROWS_FOR for control in _CONTROLS.get(name, (name,))
)
"""Every control that is not there for every question."""
_PLAIN = ("locked", "max_length", "min_items", "max_items", "not_before", "before", "pattern")
_ORDER = [name for name in ("required", "invalid", "min", "max", "not_before", "before") if name in MESSAGES]
"""What messages are about, in the order of the page."""
_SINGLE = ("exactly_one", "same_as", "with_old_unit", "in_place_of_filing", "document_type")


def shown_for(kind: str, row: Row, *, is_part: bool) -> frozenset[str]:
    """The controls and conditions for a type; also those of what the row says although its type has no use for it."""
    has = {name for name, kinds in _FOR.items() if kind in kinds} | _PREFILLED
    has |= _TYPED if kind not in NOT_TYPED else frozenset()
    if is_part:
        has -= _NEVER_IN_PARTS
    has |= {name for name in {*_FOR, *_TYPED, *_PREFILLED} if row.get(name) not in (None, "", [], {}, False)}
    return frozenset(control for name in has for control in (name, *_CONTROLS.get(name, ())))


def messages_of(kind: str, row: Row) -> list[str]:
    """What a form may say in words of its own about a wrong answer of this type."""
    limits = {"min", "max", "not_before", "before"}
    fitting = {name for name in limits if kind in _FOR[name]} | (
        {"required", "invalid"} if kind not in NOT_TYPED else set()
    )
    return [about for about in _ORDER if about in fitting | set(row.get("messages") or ())]


def said_messages(typed: Mapping[str, Any]) -> dict[str, Any] | None:
    """The form's own words, by what they are about."""
    made: dict[str, Any] = {
        about: pair
        for about in _ORDER
        if (pair := words(typed.get(f"message_{about}_vi", ""), typed.get(f"message_{about}_en", "")))
    }
    return made or None


def own_attributes(typed: Mapping[str, Any], before: Row) -> dict[str, Any]:
    """The attributes that were typed, None where nothing was; what no control is there for stays as it was."""
    said: dict[str, Any] = {name: typed[name] or None for name in (*_PLAIN, *_SINGLE) if name in typed}
    if "prefill" in typed:
        said["prefill"] = typed["prefill_from"] or typed["prefill"].strip() or None
    for name in ("min_items", "max_items", "max_length"):
        if name in typed:
            said[name] = typed[name]
    for name in ("min", "max"):
        if name in typed:
            said[name] = _limit(typed[name])
    for name in ("signer", "pattern_help", "same_as_label"):
        if f"{name}_vi" in typed:
            said[name] = words(typed[f"{name}_vi"], typed[f"{name}_en"])
    if "default" in typed:
        said["default"] = _default(typed["default"], str(typed["type"]))
    if "detail" in typed:
        said["detail"] = typed["detail"] if typed["detail"] != NEEDED or "detail" in before else None
    if "compute_of" in typed:
        said["compute"] = _compute(typed)
    if "gap_from" in typed:
        said["without_gap"] = _without_gap(typed)
    if "routing_level" in typed:
        kept = {name: value for name, value in (before.get("routing") or {}).items() if name not in {"level", "branch"}}
        asked = {name: typed[f"routing_{name}"] for name in ("level", "branch") if typed[f"routing_{name}"]}
        said["routing"] = {**asked, **kept} if asked else None
    return said


def _compute(typed: Mapping[str, Any]) -> dict[str, Any]:
    percent = {"percent": typed["compute_percent"]} if typed["compute_function"] == "percent" else {}
    return {"function": typed["compute_function"], "of": typed["compute_of"], **percent}


def _without_gap(typed: Mapping[str, Any]) -> dict[str, Any] | None:
    if not typed["gap_from"]:
        return None
    ends = {"from": typed["gap_from"], "to": typed["gap_to"]}
    return {**ends, "since_age": typed["gap_since_age"], "born": typed["gap_born"]}


def _limit(text: str) -> Any:
    text = text.strip()
    return int(text) if text.removeprefix("-").isdecimal() else text or None


def _default(text: str, kind: str) -> Any:
    text = text.strip()
    if not text:
        return None
    if kind in {"boolean", "consent"}:
        return text == "true"
    return int(text) if kind in {"integer", "money"} and text.isdecimal() else text


def initial_attributes(row: Row) -> dict[str, Any]:
    """What a row says of its attributes, control by control."""
    found = {
        name: row[name] for name in (*_PLAIN, *_SINGLE, "required", "min", "max", "detail", "prefill") if name in row
    }
    if row.get("type") == "address":
        found.setdefault("detail", NEEDED)
    if (default := row.get("default")) is not None:
        found["default"] = str(default).lower() if isinstance(default, bool) else str(default)
    if compute := row.get("compute"):
        found |= {f"compute_{name}": compute.get(name) for name in ("function", "of", "percent")}
    if gap := row.get("without_gap"):
        found |= {f"gap_{name}": gap.get(name) for name in ("from", "to", "since_age", "born")}
    found |= {f"routing_{name}": value for name, value in (row.get("routing") or {}).items()}
    for about, pair in (row.get("messages") or {}).items():
        found |= {f"message_{about}_{language}": pair.get(language, "") for language in ("vi", "en")}
    return found
