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
from procedures.eforms.conditions import is_empty
from procedures.eforms.definition import Field, Form
from procedures.eforms.types.base import Context
from procedures.eforms.validation import context_for

Facts = Mapping[str, Mapping[str, Any]]
SOURCE = "source"
"""Key in a source's facts with its name and date as shown to the person: "VNeID, 02/11/2026"."""

STORE, EARLIER = "store", "earlier"
"""A paper of the person's own store (``store.<type of paper>#number``); what the person declared in a dossier before
(``earlier.<field>``). The second is her own word, so it is never locked."""

_NAMES = {
    "identity": lambda: _("Tài khoản định danh điện tử (VNeID)"),
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
    if field.is_composite and isinstance(value, Mapping):
        known = {part.key for part in field.fields}
        return {key: part for key, part in value.items() if key in known and not is_empty(part)} or None
    if any(types.of(field).problems(field, value, context)):
        return None
    return value


def prefill_form(form: Form, facts: Facts, *, on: date | None = None) -> tuple[dict[str, Any], dict[str, str]]:
    """Answers that are known before anyone types, and for each the words that say where it came from.

    Defaults of the form are answers without a source. Only what has a source can be locked.
    """
    context = context_for({}, on=on or timezone.localdate())
    answers: dict[str, Any] = {}
    sources: dict[str, str] = {}
    for field in form.fields():
        for source, item in sources_of(field):
            value = facts.get(source, {}).get(item) if item else None
            words = value.source if isinstance(value, Known) else ""
            answer = _as_answer(field, value.value if isinstance(value, Known) else value, context)
            if answer is not None:
                answers[field.key] = answer
                sources[field.key] = words or _source_words(source, facts)
                break
        else:
            if field.default is not None:
                answers[field.key] = field.default
    return answers, sources
