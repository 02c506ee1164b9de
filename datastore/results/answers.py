"""What a procedure's forms offer to a paper (trường của biểu mẫu): their names, and a dossier's answers in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from datastore.results.composing import Values, without_repeats
from datastore.results.paper_names import Known
from procedures import eforms
from procedures.eforms import types
from procedures.eforms.conditions import is_empty
from procedures.eforms.definition import Field
from procedures.eforms.types.base import Context
from procedures.models import ProcedureVersion

OF_THE_RESULT = {
    "number": _("Số, ký hiệu"),
    "agency_name": _("Cơ quan cấp"),
    "parent_name": _("Cơ quan cấp trên"),
    "place": _("Địa danh"),
    "decided_on": _("Ngày quyết định"),
    "signer_name": _("Người ký"),
    "signer_title": _("Chức vụ người ký"),
    "applicant_name": _("Người nộp hồ sơ"),
    "applicant_courtesy": _("Cách gọi người nộp (ông, bà)"),
    "spouse_called": _("Cách gọi vợ, chồng của người được cấp"),
    "applicant_id": _("Số định danh người nộp"),
    "dossier_code": _("Mã hồ sơ"),
    "procedure_code": _("Mã thủ tục"),
    "procedure_name": _("Tên thủ tục"),
}
"""Values that every result has beside the answers."""
PLACES = frozenset({"address", "place"})
PAGES_ABOUT_THE_FILING = frozenset({"requester", "delivery", "pledge", "booking", "consents", "payment"})
"""Pages of every e-form that speak of the filing, not of what is decided: they do not stand on the result."""


def versions_with(document_type: str, procedure_code: str = "") -> list[ProcedureVersion]:
    """The versions in force that yield a kind of paper."""
    found = ProcedureVersion.objects.filter(current_of__isnull=False, results__document_type=document_type)
    if procedure_code:
        found = found.filter(procedure__code=procedure_code)
    return list(found.select_related("procedure").order_by("procedure__code").distinct())


def known_of(versions: Iterable[ProcedureVersion]) -> Known:
    """The names that a template for these versions may use."""
    fields: dict[str, str] = {key: str(label) for key, label in OF_THE_RESULT.items()}
    tables: dict[str, dict[str, str]] = {}
    for version in versions:
        for asked in eforms.form_of(eforms.form_for(version)).fields():
            if asked.type in {"file", "consent"}:
                continue
            if asked.type == "repeat":
                tables.setdefault(asked.key, {}).update({part.key: str(part.label) for part in asked.fields})
                continue
            fields.setdefault(asked.key, str(asked.label))
            for part in asked.fields:
                fields.setdefault(f"{asked.key}.{part.key}", f"{asked.label}: {part.label}")
    return Known(fields, tables)


def values_of(
    version: ProcedureVersion, answers: Mapping[str, Any], *, on: date, added: Iterable[tuple[str, str]] = ()
) -> Values:
    """A dossier's answers in words, as the paper writes them: in Vietnamese, only what was asked and answered."""
    form = eforms.form_of(eforms.form_for(version))
    with translation.override("vi"):
        kept = eforms.complete(form, answers, on=on)
        context = eforms.context_for(kept, on=on)
        texts: dict[str, str] = {}
        tables: dict[str, list[dict[str, str]]] = {}
        labels: dict[str, str] = {}
        for asked in form.fields():
            value = kept.get(asked.key)
            if is_empty(value):
                continue
            if asked.type == "repeat" and isinstance(value, list):
                labels[asked.key] = str(asked.label)
                labels.update({f"{asked.key}.{part.key}": str(part.label) for part in asked.fields})
                tables[asked.key] = [_parts(asked, row, context) for row in value if isinstance(row, Mapping)]
                continue
            texts[asked.key] = _shown(asked, value, context)
            if isinstance(value, Mapping):
                texts.update({f"{asked.key}.{key}": text for key, text in _parts(asked, value, context).items()})
        return Values(texts, tables, kept, labels, tuple(added))


def corrigible(version: ProcedureVersion, values: Values) -> list[tuple[str, str, str, Field]]:
    """Key, label, heading and field of each value that may be put right on a paper, in the order of the form.

    Of a composite answer that has words for its parts, the parts; rows of tables and what is about the filing are none.
    """
    labels = known_of([version]).fields
    found = []
    for page in eforms.form_of(eforms.form_for(version)).pages:
        if page.key in PAGES_ABOUT_THE_FILING:
            continue
        titled = [(str(group.title or page.title), asked) for group in page.groups for asked in group.fields]
        for heading, asked in titled:
            named = {f"{asked.key}.{part.key}": part for part in asked.fields}
            parts = {key: part for key, part in named.items() if key in values.texts} or {asked.key: asked}
            found += [(key, labels.get(key, key), heading, part) for key, part in parts.items() if key in values.texts]
    return found


def changed(values: Values, corrections: Mapping[str, str]) -> dict[str, str]:
    """The words that corrections change: their own, and the whole of a composite answer whose part is corrected."""
    texts: dict[str, str] = {}
    for key, text in corrections.items():
        texts[key] = text
        whole, dot, _part = key.partition(".")
        if dot and whole in values.texts:
            texts[whole] = texts.get(whole, values.texts[whole]).replace(values.texts.get(key, text), text, 1)
    return texts


def _parts(asked: Field, row: Mapping[str, Any], context: Context) -> dict[str, str]:
    inner = context.within(row)
    return {part.key: _shown(part, row[part.key], inner) for part in asked.fields if not is_empty(row.get(part.key))}


def _shown(asked: Field, value: Any, context: Context) -> str:
    if asked.is_typed and not types.of(asked).is_right_shape(value):
        return str(value)
    text = types.of(asked).display(asked, value, context)
    # People type the ward and province into the street's line, too; a paper names each once.
    return without_repeats(text) if asked.type in PLACES else text
