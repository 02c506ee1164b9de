"""What an official writes on a coming paper, held to the rules of its form (kiểm tra chỗ sửa theo biểu mẫu).

A corrected value is read as the form would read it: a real day, one of the list, a place that exists; and is written as
the paper writes it.
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from dossiers.models import Dossier
from portal.core.errors import InvalidInputError, Text
from procedures import eforms
from procedures.eforms import types
from procedures.eforms.definition import Field, Form
from procedures.eforms.types import Context, NotReadableError
from procedures.eforms.types.places import resolve_agency, resolve_commune
from procedures.eforms.validation import field_problems

AS_WRITTEN = frozenset({"repeat", "readonly", "computed", "file", "consent"})
YES_OR_NO = {"có": True, "không": False}
PROVINCE, COMMUNE = "province_code", "commune_code"


def choices_of(asked: Field) -> tuple[str, ...]:
    """The words from which a value is chosen, as the paper writes them; none where it is typed."""
    if asked.type == "choice":
        return tuple(choice.label.vi for choice in asked.choices)
    return tuple(word.capitalize() for word in YES_OR_NO) if asked.type == "boolean" else ()


def checked(dossier: Dossier, standing: Mapping[str, str], changed: Mapping[str, str]) -> dict[str, str]:
    """The changed words as the paper writes them; `standing` was put right before.

    Raises InvalidInputError that says, by the key of each value, what the form would say.
    """
    version = dossier.procedure_version
    if version is None:
        return dict(changed)
    form = eforms.form_of(eforms.form_for(version))
    on = timezone.localdate(dossier.submitted_at) if dossier.submitted_at else timezone.localdate()
    answers = eforms.complete(form, dossier.answers, on=on)
    context = eforms.context_for(answers, on=on)
    problems: dict[str, list[Text]] = {}
    # the province first: which communes there are follows from it
    for key, text in sorted({**standing, **changed}.items(), key=lambda said: not said[0].endswith(PROVINCE)):
        asked = _asked(form, key)
        if asked is None:
            continue
        try:
            _put(answers, key, _value(asked, text, _around(answers, key), context) if text else None)
        except NotReadableError as error:
            problems[key] = [error.message]
    right = dict(changed)
    for key in changed:
        asked = _asked(form, key)
        if asked is None or key in problems:
            continue
        around = _around(answers, key)
        inner = context.within(around)
        found: list[Text] = [words for _path, words in field_problems(asked, around, inner)]
        if found or (found := _unfitting(answers, key, inner)):
            problems[key] = found
        elif (value := around.get(asked.key)) is not None:
            with translation.override("vi"):
                right[key] = types.of(asked).display(asked, value, inner)
    right |= _reckoned(form, eforms.complete(form, answers, on=on), right, context)
    if refused := {key: words for key, words in problems.items() if key in changed}:
        raise InvalidInputError(fields=refused)
    return right


def _reckoned(form: Form, answers: Mapping[str, Any], right: Mapping[str, str], context: Context) -> dict[str, str]:
    """What the form works out of a changed value, such as a day in words: it follows, unless it was written, too."""
    followed = [
        field
        for field in form.fields()
        if field.compute is not None and field.compute.of in right and field.key not in right and field.key in answers
    ]
    with translation.override("vi"):
        return {field.key: types.of(field).display(field, answers[field.key], context) for field in followed}


def _asked(form: Form, key: str) -> Field | None:
    """The field behind a value, or the part of one; None where what is written has no rules of its own."""
    whole, dot, part = key.partition(".")
    found = form.by_key().get(whole)
    if found is not None and dot:
        found = next((each for each in found.fields if each.key == part), None)
    return None if found is None or found.fields or found.type in AS_WRITTEN else found


def _around(answers: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The answers among which a value stands: all, or those of the parts beside it."""
    whole, dot, _part = key.partition(".")
    return answers.get(whole) or {} if dot else answers


def _put(answers: dict[str, Any], key: str, value: Any) -> None:
    whole, dot, part = key.partition(".")
    answers[whole] = {**(answers.get(whole) or {}), part: value} if dot else value


def _value(asked: Field, text: str, around: Mapping[str, Any], context: Context) -> Any:
    """What the words on a paper mean as an answer; raises NotReadableError."""
    match asked.type:
        case "choice":
            meant = (choice.value for choice in asked.choices if choice.label.vi.casefold() == text.casefold())
            return next(meant, None) or types.of(asked).parse(asked, text)
        case "multi_choice":
            values = {choice.label.vi.casefold(): choice.value for choice in asked.choices}
            return [values.get(word.strip().casefold(), word) for word in text.split(";")]
        case "boolean":
            if text.casefold() not in YES_OR_NO:
                raise NotReadableError(_("Hãy chọn “%(label)s” trong danh sách.") % {"label": asked.label})
            return YES_OR_NO[text.casefold()]
        case "province":
            names = (
                unit.code for unit in context.territory.provinces() if unit.full_name.casefold() == text.casefold()
            )
            return next(names, text)
        case "commune":
            return resolve_commune(str(around.get(PROVINCE) or ""), text, context)
        case "agency":
            return resolve_agency(asked, text, context)
    return types.of(asked).parse(asked, text)


def _unfitting(answers: Mapping[str, Any], key: str, context: Context) -> list[Text]:
    """Of a province that was put right without its commune: that they do not belong together."""
    whole, _dot, part = key.partition(".")
    value = answers.get(whole)
    if part != PROVINCE or not isinstance(value, Mapping) or not value.get(COMMUNE):
        return []
    if context.territory.is_commune_of(str(value[COMMUNE]), str(value.get(PROVINCE) or "")):
        return []
    return [_("Xã, phường này không thuộc tỉnh, thành phố đã chọn. Hãy chọn lại.")]
