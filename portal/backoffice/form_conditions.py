"""When something is asked, needed or charged, as an editor sets it: tests in rows, joined by and / or (điều kiện)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from portal.backoffice.condition_rows import AND, FIGURES, NOT, OR, Literal, Questions, folded, unfolded
from portal.backoffice.plain_select import PlainSelect
from procedures.eforms.definition import Field, Words
from procedures.eforms.types import registry
from procedures.eforms.types.base import Context, NotReadableError

TESTS = [
    ("", _("Chọn phép so")),
    ("equals", _("bằng")),
    ("not_equals", _("khác")),
    ("in", _("là một trong (cách nhau bằng dấu phẩy)")),
    (f"{NOT}in", _("không là cái nào trong (cách nhau bằng dấu phẩy)")),
    ("filled", _("đã điền")),
    (f"{NOT}filled", _("chưa điền")),
    ("at_least", _("từ (số) trở lên")),
    ("at_most", _("không quá (số)")),
    ("age_below", _("chưa đủ (tuổi)")),
    (f"{NOT}age_below", _("không phải chưa đủ (tuổi)")),
    ("within_days", _("trong vòng (ngày) trước ngày nộp")),
    (f"{NOT}within_days", _("không trong vòng (ngày) trước ngày nộp")),
]
JOINS = [(AND, _("và")), (OR, _("hoặc"))]
_EXACT = frozenset({"equals", "not_equals"})
"""Tests that compare with one answer."""
_LISTS = frozenset({"in", f"{NOT}in"})
_BETWEEN, _BETWEEN_DECIMALS = re.compile(","), re.compile(r",\s|;")
"""What stands between the values of a list: 12,5 is one."""
_READ = frozenset(
    {"integer", "money", "decimal", "date", "month", "datetime", "personal_id", "tax_code", "phone", "email"}
)
"""Types whose answers are kept in one form, whatever form they are typed in."""
_ASK_NOTHING = frozenset({"filled", f"{NOT}filled"})
BLANK_TESTS = 2
"""Empty tests below the written ones; saving brings new ones."""
MOST_TESTS = 20
_LONGEST_LIST = 40
"""Answers of one question that stand in the choice; those of longer lists (countries) are typed."""
_MOST_NAMED = 12
PARTS = ("join", "field", "test", "choice", "value")


class ConditionMixin(forms.Form):
    """Conditions of what the form is about; `set_conditions` adds the controls of each.

    A test is a question, a way of comparing, and a value; from the second on it begins with “and” or “or”. A condition
    that rows cannot say (`condition_rows.unfolded`) is shown in words and kept until other tests are set.
    """

    questions: Questions
    condition_labels: Mapping[str, Any] = {}

    def set_conditions(
        self, stored: Mapping[str, Any], labels: Mapping[str, Any], questions: Questions, *, blank: int = BLANK_TESTS
    ) -> None:
        """Add the controls: by name of a condition what it says now, and its heading."""
        self.questions, self.condition_labels = questions, labels
        self.stored = {name: stored.get(name) or None for name in labels}
        self._before: dict[str, list[Literal] | None] = {}
        self._rows: dict[str, int] = {}
        self._made: dict[str, Any] = {}
        for name, label in labels.items():
            before = unfolded(self.stored[name], most=MOST_TESTS) if self.stored[name] else []
            self._before[name] = before
            written = before or []
            self._rows[name] = self._posted(name) if self.is_bound else min(len(written) + blank, MOST_TESTS)
            for number in range(self._rows[name]):
                self._add_test(name, label, number, written[number] if number < len(written) else None)
            if before is None:
                self.fields[f"{name}-kept"] = forms.BooleanField(
                    label=_("Giữ điều kiện đang có"), required=False, initial=True
                )

    def _posted(self, name: str) -> int:
        """How many tests came: those that the page had, whatever it has now."""
        posted: Any = self.data
        numbers = (number for number in range(MOST_TESTS) if self.add_prefix(f"{name}-{number}-field") in posted)
        return max(numbers, default=-1) + 1

    def _add_test(self, name: str, label: Any, number: int, said: Literal | None) -> None:
        shown = self._initial(said)
        controls: dict[str, forms.Field] = {
            "join": _select(_("Nối với dòng trên"), JOINS, initial=AND),
            "field": _select(_("Câu hỏi"), self._named(said)),
            "test": _select(_("Phép so sánh"), TESTS),
            "choice": _select(_("Lựa chọn so sánh"), self._choices(), help_text=_("Khi câu có lựa chọn")),
            "value": forms.CharField(
                label=_("Giá trị so sánh"), max_length=4_000, required=False, help_text=_("Khi câu để tự điền")
            ),
        }
        for part, control in controls.items():
            if part == "join" and not number:
                continue
            control.initial = shown.get(part, control.initial)
            # the summary of errors stands far from the heading that says of which condition a control is
            control.told = _now("%(heading)s, dòng %(number)d: %(control)s") % {  # type: ignore[attr-defined]  # ours
                "heading": label,
                "number": number + 1,
                "control": control.label,
            }
            control.is_one_of_many = True  # type: ignore[attr-defined]  # ours: the heading says what an empty row is
            self.fields[f"{name}-{number}-{part}"] = control

    def _named(self, said: Literal | None) -> list[tuple[str, Any]]:
        gone = said.about if said and said.about not in dict(self.questions.named) else ""
        return [("", _("Chọn câu hỏi")), *self.questions.named, *([(gone, gone)] if gone else [])]

    def _choices(self) -> list[Any]:
        named = dict(self.questions.named)
        return [
            ("", "–"),
            *(
                (named[key], [(f"{key}:{value}", words) for value, words in listed])
                for key, listed in self.questions.answers.items()
                if key in named and len(listed) <= _LONGEST_LIST
            ),
        ]

    def _initial(self, said: Literal | None) -> dict[str, Any]:
        if said is None:
            return {}
        shown = {"join": said.join or AND, "field": said.about, "test": said.test}
        value = said.value
        if said.test in _EXACT | _LISTS:
            values = value if isinstance(value, list) else [value]
            value = ", ".join(self._as_typed(said.about, str(each)) for each in values)
        listed = self.questions.answers.get(said.about, [])
        if said.test in _EXACT and value in dict(listed) and len(listed) <= _LONGEST_LIST:
            return {**shown, "choice": f"{said.about}:{value}"}
        return {**shown, "value": "" if said.test in _ASK_NOTHING else value}

    def clean(self) -> dict[str, Any]:
        """Every test is whole: a question, a way of comparing, and what the answer is compared with."""
        typed = super().clean() or self.cleaned_data
        for name in self.condition_labels:
            self._made[name] = self._read(name, typed)
        return typed

    def _read(self, name: str, typed: dict[str, Any]) -> Any:
        said = [made for number in range(self._rows[name]) if (made := self._test(name, number, typed))]
        if self._before[name] is None and typed.get(f"{name}-kept"):
            if said:
                self.add_error(f"{name}-kept", _("Hãy bỏ đánh dấu ở đây để dùng điều kiện mới, hoặc xóa các dòng mới."))
            return self.stored[name]
        if said:
            said[0] = said[0]._replace(join="")
        return self.stored[name] if said == self._before[name] else folded(said, many=self.questions.many)

    def _test(self, name: str, number: int, typed: dict[str, Any]) -> Literal | None:
        places = {part: f"{name}-{number}-{part}" for part in PARTS}
        about, test, choice, value = (str(typed.get(places[part]) or "").strip() for part in PARTS[1:])
        if self.errors.keys() & set(places.values()) or not (about or test or choice or value):
            return None
        if not about:
            self.add_error(places["field"], _("Hãy chọn câu để so sánh."))
        elif not test:
            self.add_error(places["test"], _("Hãy chọn phép so sánh."))
        else:
            try:
                found = self._value(about, test, choice, value)
            except _Wrong as error:
                self.add_error(places[error.part], error)
            else:
                return Literal(str(typed.get(places["join"]) or AND), about, test, found)
        return None

    def _value(self, about: str, test: str, choice: str, value: str) -> Any:
        """What the answer is compared with. Raises _Wrong with the control and the cure."""
        listed = self.questions.answers.get(about)
        if test in _ASK_NOTHING:
            return True
        if test.removeprefix(NOT) in FIGURES:
            if not value.isdecimal() or len(value) > 12:
                raise _Wrong("value", _("Hãy nhập một số."))
            return int(value)
        if test in _EXACT and choice and not value:
            key, _colon, value = choice.partition(":")
            if key != about:
                raise _Wrong("choice", _("Lựa chọn này thuộc câu khác. Hãy chọn trong các lựa chọn của câu đó."))
        if not value:
            is_in_sight = listed is not None and test in _EXACT and len(listed) <= _LONGEST_LIST
            raise (
                _Wrong("choice", _("Hãy chọn lựa chọn để so sánh."))
                if is_in_sight
                else _Wrong("value", _("Hãy ghi giá trị để so sánh."))
            )
        between = _BETWEEN_DECIMALS if self.questions.types.get(about) == "decimal" else _BETWEEN
        sent = [part.strip() for part in between.split(value) if part.strip()] if test in _LISTS else [value]
        if listed is not None:
            sent = [self._listed(part, listed) for part in sent]
        else:
            sent = [self._as_kept(about, part) for part in sent]
        return sent if test in _LISTS else sent[0]

    def _field(self, about: str) -> Field | None:
        """The question, where its answers are kept in another form than they may be typed in."""
        kind, words = self.questions.types.get(about, ""), str(dict(self.questions.named).get(about, about))
        return Field(about, Words(words, words), kind) if kind in _READ else None

    def _as_kept(self, about: str, typed: str) -> str:
        """A value as an answer of the question is kept. Raises _Wrong with the cure."""
        field = self._field(about)
        try:
            return typed if field is None else str(registry.of(field).parse(field, typed))
        except NotReadableError as error:
            raise _Wrong("value", str(error)) from None

    def _as_typed(self, about: str, kept: str) -> str:
        """A value as one types it; what the question cannot read as it stands."""
        field = self._field(about)
        if field is None:
            return kept
        try:
            value = registry.of(field).parse(field, kept)
        except NotReadableError:
            if field.type != "datetime":  # what it keeps has an offset, which nobody types
                return kept
            value = kept
        return str(registry.of(field).to_input(field, value, Context(timezone.localdate())))

    def _listed(self, typed: str, listed: list[tuple[str, str]]) -> str:
        """The code of an answer that was typed by its code or its words. Raises _Wrong that names what there is."""
        for code, words in listed:
            if typed == code or typed.casefold() == words.casefold():
                return code
        known = ", ".join(f"{code} ({words})" for code, words in listed[:_MOST_NAMED])
        words = _now("Câu này không có lựa chọn “%(value)s”. Các lựa chọn: %(known)s.")
        raise _Wrong("value", words % {"value": typed, "known": known})

    def condition(self, name: str) -> dict[str, Any] | None:
        """The condition that was set; the one before, to the letter, where nothing of it was changed."""
        made: dict[str, Any] | None = self._made.get(name)
        return made

    @property
    def condition_names(self) -> frozenset[str]:
        """Names of all the controls of conditions."""
        return frozenset(name for name in self.fields if name.partition("-")[0] in self.condition_labels)

    def condition_blocks(self) -> list[dict[str, Any]]:
        """What the page draws of each condition: heading, what holds now in words, the controls row by row."""
        return [self._block(name, label) for name, label in self.condition_labels.items()]

    def _block(self, name: str, label: Any) -> dict[str, Any]:
        rows = [
            [self[field] for part in PARTS if (field := f"{name}-{number}-{part}") in self.fields]
            for number in range(self._rows[name])
        ]
        kept = f"{name}-kept"
        return {
            "name": self.add_prefix(name),
            "label": label,
            "words": self.questions.in_words(self.stored[name]),
            "rows": rows,
            "kept": self[kept] if kept in self.fields else None,
            "has_errors": any(bound.errors for row in rows for bound in row),
        }


def _select(label: Any, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=PlainSelect, **kwargs)


class _Wrong(ValidationError):
    """What was typed in one control of a test cannot be; `part` says which."""

    def __init__(self, part: str, message: Any) -> None:
        super().__init__(message)
        self.part = part
