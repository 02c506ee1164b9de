"""From where an editor may let a question be filled in, by its type: what the state knows of whoever files."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst

from portal.backoffice.builder_questions import Beside
from procedures.form_words import ITEMS, SOURCES

_TEXTS = ("text", "long_text")
_OF_PERSON: dict[str, tuple[str, ...]] = {
    "full_name": _TEXTS,
    "personal_id": ("personal_id", *_TEXTS),
    "date_of_birth": ("date",),
    "gender": ("choice",),
    "residence": ("address", "place"),
    "phone": ("phone", *_TEXTS),
    "email": ("email", *_TEXTS),
    "nationality": ("choice", *_TEXTS),
    "ethnicity": ("choice", *_TEXTS),
}
"""What an account tells (dossiers.facts), with the types of questions that can take it."""
_OF_ORGANISATION: dict[str, tuple[str, ...]] = {
    "name": _TEXTS,
    "tax_code": ("tax_code", *_TEXTS),
    "head_office": ("address", "place"),
    "phone": ("phone", *_TEXTS),
    "email": ("email", *_TEXTS),
    "legal_representative": _TEXTS,
}
_WHOLE = {"person": "identity", "organisation": "organisation"}
"""Questions of several parts that one source fills in."""


def offered(kind: str, key: str, beside: Beside) -> list[tuple[str, list[tuple[str, Any]]]]:
    """The sources in groups, each as (value of ``prefill``, words); none for a type that nothing is known for."""
    groups: list[tuple[str, list[tuple[str, Any]]]] = []
    if whole := _WHOLE.get(kind):
        groups.append((capfirst(str(SOURCES[whole])), [(whole, capfirst(str(SOURCES[whole])))]))
    for source, items in (("identity", _OF_PERSON), ("organisation", _OF_ORGANISATION)):
        fitting = [(f"{source}.{item}", capfirst(str(ITEMS[item]))) for item, kinds in items.items() if kind in kinds]
        if fitting:
            groups.append((capfirst(str(SOURCES[source])), fitting))
    if kind == "agency":
        groups.append((capfirst(str(SOURCES["filing"])), [("filing.agency", capfirst(str(ITEMS["agency"])))]))
    if not beside.is_part:
        groups.append((capfirst(str(SOURCES["earlier"])), [(f"earlier.{key}", beside.row["label"]["vi"])]))
        same = [(f"answer.{other}", words) for other, words in beside.of_type(kind)]
        if same:
            groups.append((capfirst(str(SOURCES["answer"])), same))
    return groups
