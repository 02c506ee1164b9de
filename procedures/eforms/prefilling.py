"""What the state already knows, put into the form; each value with where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.text import fold
from procedures.eforms import types
from procedures.eforms.conditions import holds, is_empty
from procedures.eforms.definition import KEY, Field, Form
from procedures.eforms.types.base import Context, NotReadableError
from procedures.eforms.validation import context_for

Facts = Mapping[str, Mapping[str, Any]]
SOURCE = "source"
"""Key in a source's facts with its name and date as shown to the person: "VNeID, 02/11/2026"."""

STORE, EARLIER = "store", "earlier"
"""A paper of the person's own store (``store.<type of paper>#number``); what the person declared in a dossier before
(``earlier.<field>``). The second is her own word, so it is never locked."""

STORE_ITEMS = frozenset({"number", "issued_on", "issuer_name", "valid_until", "title"})
"""What a paper of the store tells about itself; any other item is what a result says of whom it is about."""

GUARDIAN, WARD = "guardian", "ward"
"""Who speaks for the one that the dossier is about (``guardian.full_name``): a parent or guardian who files for a child
or ward, else the person herself; and that child or ward, who is nobody in one's own filing."""

ANSWER, FILING = "answer", "filing"
"""What was said on an earlier page of the same form (``answer.<field>``); the place chosen for the filing
(``filing.agency``)."""

_NAMES = {
    "identity": lambda: _("Tài khoản định danh điện tử (VNeID)"),
    GUARDIAN: lambda: _("Tài khoản định danh điện tử (VNeID)"),
    WARD: lambda: _("Người được đại diện"),
    "organisation": lambda: _("Tài khoản định danh của tổ chức"),
    "residence": lambda: _("Cơ sở dữ liệu quốc gia về dân cư"),
    "population": lambda: _("Cơ sở dữ liệu quốc gia về dân cư"),
    "civil_status": lambda: _("Cơ sở dữ liệu hộ tịch điện tử"),
    "health": lambda: _("Cơ sở dữ liệu y tế"),
    "licence": lambda: _("Cơ sở dữ liệu giấy phép lái xe"),
    "vehicle": lambda: _("Cơ sở dữ liệu đăng ký xe"),
    "business": lambda: _("Cơ sở dữ liệu đăng ký kinh doanh"),
    "land": lambda: _("Cơ sở dữ liệu đất đai"),
    "social_insurance": lambda: _("Cơ sở dữ liệu bảo hiểm xã hội"),
    "tax": lambda: _("Cơ sở dữ liệu thuế"),
    "poverty": lambda: _("Cơ sở dữ liệu hộ nghèo, cận nghèo"),
    STORE: lambda: _("Kho dữ liệu của bạn"),
    EARLIER: lambda: _("Hồ sơ bạn đã nộp"),
    ANSWER: lambda: _("Bạn đã khai ở bước trước"),
    FILING: lambda: _("Theo nơi nộp bạn đã chọn"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """A fact with its own origin in words, where one source knows things of several origins."""

    value: Any
    source: str


ALTERNATIVE = "|"
"""Between the sources of one field: the first that knows something is taken."""


def sources_of(field: Field) -> list[tuple[str, str]]:
    """The (source, item) pairs a field is prefilled from, in order."""
    pairs = (part.strip().partition(".") for part in field.prefill.split(ALTERNATIVE) if part.strip())
    return [(source, item) for source, _dot, item in pairs]


def store_item(item: str) -> tuple[str, str]:
    """The type of paper and what it is to tell, of ``<type>#<item>``; empty where it is written otherwise."""
    code, _mark, told = item.rpartition("#")
    return code, told if KEY.fullmatch(told) else ""


def contents_wanted(field: Field) -> list[str]:
    """What of a paper's contents, not of its own columns, may fill a field, as ``<type>#<item>``."""
    items = [item for source, item in sources_of(field) if source == STORE]
    return [item for item in items if store_item(item)[1] not in STORE_ITEMS]


def _source_words(source: str, facts: Facts) -> str:
    said = facts.get(source, {}).get(SOURCE)
    return str(said) if said else _NAMES.get(source, lambda: source)()


def _as_answer(field: Field, value: Any, context: Context) -> Any:
    """A fact as an answer of the field, or None when it does not fit: better to ask than to guess."""
    if is_empty(value):
        return None
    if isinstance(value, date):
        value = value.isoformat()
    if field.type == "choice" and field.choice(str(value)) is None:
        wanted = fold(str(value))
        value = next(
            (choice.value for choice in field.choices if wanted in (fold(choice.label.vi), fold(choice.label.en))), None
        )
    elif field.type in {"text", "choice", "readonly"} and not isinstance(value, str):
        value = str(value)
    if is_empty(value):
        return None
    if field.type == "repeat" and isinstance(value, Mapping):
        return _row_of(field, value, context)
    if field.is_composite and isinstance(value, Mapping):
        known = {part.key for part in field.fields}
        return {key: part for key, part in value.items() if key in known and not is_empty(part)} or None
    if any(types.of(field).problems(field, value, context)):
        return _read(field, value, context)
    return value


def _read(field: Field, value: Any, context: Context) -> Any:
    """A value that a paper gives in words, such as a date it was corrected to; None where it says nothing here."""
    if not isinstance(value, str) or field.fields:
        return None
    try:
        answer = types.of(field).parse(field, value)
    except NotReadableError:
        return None
    return None if is_empty(answer) or any(types.of(field).problems(field, answer, context)) else answer


def _row_of(field: Field, person: Mapping[str, Any], context: Context) -> list[dict[str, Any]] | None:
    """The first row of a repeat from what is known of a person: parts that are named alike, and right."""
    row = {}
    for part in field.fields:
        bare = "full_name" if part.key.endswith("_name") else part.key
        value = next((value for key, value in person.items() if bare == key or bare.endswith(f"_{key}")), None)
        if not is_empty(value) and not any(types.of(part).problems(part, value, context)):
            row[part.key] = value
    return [row] if row else None


def said_before(field: Field, item: str, answers: Mapping[str, Any]) -> Any:
    """What an earlier page says: the answer of that key, or of a value with parts, the answers that begin with it."""
    if not field.fields or field.type == "repeat":
        return answers.get(item)
    return {part.key: answers.get(f"{item}_{part.key}") for part in field.fields}


def is_due(field: Field, answers: Mapping[str, Any], context: Context) -> bool:
    """Whether a field is what its source says, with these answers."""
    return field.prefill_if is None or holds(field.prefill_if, context.within(answers).scope())


def known_answer(
    field: Field, facts: Facts, answers: Mapping[str, Any], context: Context
) -> tuple[Any, str] | tuple[None, str]:
    """What the first source that knows it says, with the words that tell where it is from; None and none."""
    for source, item in sources_of(field):
        if source == ANSWER:
            value = said_before(field, item, answers)
        else:
            known = facts.get(source, {})
            value = known.get(item) if item else known
        words = value.source if isinstance(value, Known) else ""
        answer = _as_answer(field, value.value if isinstance(value, Known) else value, context)
        if answer is not None:
            return answer, words or _source_words(source, facts)
    return None, ""


def prefill_form(form: Form, facts: Facts, *, on: date | None = None) -> tuple[dict[str, Any], dict[str, str]]:
    """Answers that are known before anyone types, and for each the words that say where it came from.

    Defaults of the form are answers without a source. Only what has a source can be locked.
    """
    context = context_for({}, on=on or timezone.localdate())
    answers: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for field in form.fields():
        answer, words = known_answer(field, facts, answers, context) if is_due(field, answers, context) else (None, "")
        if answer is not None:
            answers[field.key], sources[field.key] = answer, words
        elif field.default is not None:
            answers[field.key] = field.default
    return answers, sources
