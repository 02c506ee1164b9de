"""The rows of a sheet as officials write them; each keeps what it has no control for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from datastore.models import DocumentType
from portal.backoffice.condition_rows import Questions
from portal.backoffice.form_conditions import BLANK_TESTS, ConditionMixin
from portal.backoffice.forms_sheet_start import pair
from portal.backoffice.plain_select import PlainSelect

BLANK_ROWS = 2
"""Empty rows below the written ones; saving brings new ones."""
MOST_ROWS = 300
MANY_ROWS = 40
"""From so many rows on, one without a condition gets the controls of one only when that is asked for."""
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SheetQuestions:
    """What rows of a sheet may look at: the questions of the form that is published, of none where there is none."""

    answers: Questions = field(default_factory=Questions)
    with_facts: Questions = field(default_factory=Questions)
    """The same and what is known of a filing beside its answers."""
    numbers: list[tuple[str, Any]] = field(default_factory=list)
    """Questions that say how many: whole numbers and groups that repeat."""
    asked_for: str = ""
    """Of a long list, the row (``components.r1``) that is to get a condition."""


def known_types(text: str, before: str) -> list[str]:
    """The codes of kinds of paper in a line; those that stood there before are kept as they are.

    Raises ValidationError that names what the portal has no kind for, with the codes that are nearest to it.
    """
    written, kept = codes(text), set(codes(before))
    if not (new := set(written) - kept):
        return written
    known = set(DocumentType.objects.values_list("code", flat=True))
    if unknown := [code for code in written if code in new - known]:
        near = dict.fromkeys(match for code in unknown for match in get_close_matches(code.upper(), known, n=2))
        words = (
            _("Không có loại giấy tờ mã %(codes)s. Mã gần giống: %(near)s.")
            if near
            else _("Không có loại giấy tờ mã %(codes)s. Hãy xem lại mã, hoặc để trống.")
        )
        raise ValidationError(words % {"codes": ", ".join(unknown), "near": ", ".join(near)})
    return written


def codes(text: str) -> list[str]:
    """What stands between the commas of a line."""
    return [part.strip() for part in text.split(",") if part.strip()]


def short(**attributes: str) -> forms.TextInput:
    return forms.TextInput({"class": "govuk-input--width-10", **attributes})


def as_before(ticked: list[str], before: list[str]) -> list[str]:
    """In the order they had, new ones last: boxes come in the order of the page, which nobody chose."""
    kept = [name for name in before if name in ticked]
    return kept + [name for name in ticked if name not in kept]


def offer(form: forms.Form, name: str, choices: list[tuple[str, Any]], *, none: Any = "–") -> None:
    """Give a select its choices, none first; what it says now stays one of them, were it gone from the form."""
    said = form.initial.get(name)
    gone = [(said, said)] if said and said not in dict(choices) else []
    control: Any = form.fields[name]
    control.widget = PlainSelect()
    control.choices = [("", none), *choices, *gone]


class RowForm(ConditionMixin, forms.Form):
    """One row; `key` says which row before it is, and is empty for a new one."""

    key = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    name_vi = forms.CharField(label=_("Tên"), max_length=10_000, widget=forms.Textarea({"rows": 2}))
    name_en = forms.CharField(label=_("Tên tiếng Anh"), max_length=10_000, required=False)

    condition_label: Any = None
    """Heading of the row's condition, of rows that have one."""
    has_facts = False
    """Whether its condition may look at what is known beside the answers."""
    texts: tuple[str, ...] = ("name",)
    """Names of pairs that have a control for each language."""
    plain: tuple[str, ...] = ()
    """Names that the row and the controls share."""

    def __init__(self, *args: Any, questions: SheetQuestions, before: Mapping[str, Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        key = str(self.initial.get("key") or "")
        stored = before.get(key) or {}
        known = questions.with_facts if self.has_facts else questions.answers
        is_asked = self.condition_label and (known.named or stored.get("condition"))
        self.place = f"{str(self.prefix).partition('-')[0]}.{key}"
        """The row by its part and key, as ``components.r1``."""
        self.is_brief = bool(
            is_asked and key and len(before) >= MANY_ROWS and questions.asked_for != self.place
        ) and not stored.get("condition")
        labels = {"condition": self.condition_label} if is_asked else {}
        self.set_conditions(stored, labels, known, blank=0 if self.is_brief else BLANK_TESTS)

    def plain_fields(self) -> list[forms.BoundField]:
        """What the page draws one by one; a condition is a block of its own."""
        return [bound for bound in self if bound.name not in self.condition_names]

    def row(self, before: Row) -> Row:
        """The row's facts, on the ground of those before."""
        typed = self.cleaned_data
        said: Row = {name: pair(typed[f"{name}_vi"], typed[f"{name}_en"]) for name in self.texts}
        said |= {name: typed[name] for name in self.plain}
        said |= {name: self.condition(name) for name in self.condition_labels}
        made = dict(before)
        for name, value in said.items():
            if value:
                made[name] = value
            elif made.get(name):
                del made[name]
        return made

    @classmethod
    def initial_of(cls, row: Row) -> Row:
        """What the row says, control by control."""
        texts = {
            f"{name}_{language}": (row.get(name) or {}).get(language, "")
            for name in cls.texts
            for language in ("vi", "en")
        }
        return {"key": row.get("key", ""), **texts, **{name: row[name] for name in cls.plain if name in row}}


class Rows(forms.BaseFormSet):
    """The rows of one part in their order."""

    has_keys = True
    """Whether the rows have keys in the pack; others are told apart by where they stood."""

    def __init__(self, *args: Any, rows: list[Row], questions: SheetQuestions, **kwargs: Any) -> None:
        named = [str(row.get("key")) if self.has_keys else f"#{number}" for number, row in enumerate(rows)]
        self.before = dict(zip(named, rows, strict=True))
        kwargs["initial"] = [self.form.initial_of(row) | {"key": key} for key, row in self.before.items()]
        kwargs["form_kwargs"] = {"questions": questions, "before": self.before}
        super().__init__(*args, **kwargs)

    def add_fields(self, form: Any, index: int | None) -> None:
        """Order and removal in words."""
        super().add_fields(form, index)
        form.fields["ORDER"].label, form.fields["ORDER"].widget = _("Thứ tự"), short(inputmode="numeric")
        form.fields["DELETE"].label = _("Bỏ dòng này")

    def facts(self) -> list[Row]:
        """The rows as written, new ones with keys of their own."""
        made: list[Row] = []
        taken = set(self.before)
        for form in self.ordered_forms:
            before = self.before.get(form.cleaned_data.get("key") or "", {})
            if not self.has_keys:
                made.append(form.row(before))
                continue
            key = before.get("key") or next(name for number in range(1, 10_000) if (name := f"r{number}") not in taken)
            taken.add(key)
            made.append({"key": key} | form.row(before))
        return made


def rows_of(form: type[RowForm], kind: type[Rows] = Rows) -> Any:
    """The class of the rows of one part."""
    return forms.formset_factory(
        form,
        formset=kind,
        extra=BLANK_ROWS,
        can_order=True,
        can_delete=True,
        max_num=MOST_ROWS,
        absolute_max=MOST_ROWS,
    )
