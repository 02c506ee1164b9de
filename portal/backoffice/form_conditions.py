"""When something is asked, as an editor types it: one test in three controls, or any condition as JSON."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from procedures.eforms.conditions import TESTS

_TESTS = [("", _("Không có điều kiện"))] + [
    (name, label)
    for name, label in (
        ("equals", _("bằng")),
        ("not_equals", _("khác")),
        ("in", _("là một trong (cách nhau bằng dấu phẩy)")),
        ("filled", _("đã điền")),
        ("at_least", _("từ (số) trở lên")),
        ("at_most", _("không quá (số)")),
        ("age_below", _("chưa đủ (tuổi)")),
        ("within_days", _("trong vòng (ngày) trước ngày nộp")),
    )
    if name in TESTS
]

_NUMBERS = frozenset({"at_least", "at_most", "age_below", "within_days"})
"""Tests that compare with a whole number."""
_EXACT = frozenset({"equals", "not_equals"})
"""Tests that compare with one answer."""
_MOST_NAMED = 12


class ConditionMixin(forms.Form):
    """When something is asked: one test in three controls, or any condition as JSON."""

    when_field = forms.ChoiceField(label=_("Chỉ hỏi khi câu"), required=False)
    when_test = forms.ChoiceField(label=_("Phép so sánh"), choices=_TESTS, required=False)
    when_choice = forms.ChoiceField(
        label=_("Lựa chọn so sánh"), required=False, help_text=_("Khi câu ở trên có sẵn các lựa chọn")
    )
    when_value = forms.CharField(
        label=_("Giá trị so sánh"), max_length=200, required=False, help_text=_("Khi câu ở trên để tự điền")
    )
    when_json = forms.CharField(
        label=_("Điều kiện ghép (JSON)"),
        required=False,
        max_length=3000,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
        help_text=_('Ví dụ: {"all": [{"field": "a", "equals": "x"}, {"field": "b", "filled": true}]}'),
    )

    def offer_fields(self, others: list[tuple[str, str]], answers: dict[str, list[tuple[str, str]]]) -> None:
        """The questions that a condition may look at, and by their keys the answers of those that have a list."""
        self.answers = {key: answers[key] for key, _words in others if key in answers}
        field: Any = self.fields["when_field"]
        field.choices = [("", _("Không có điều kiện")), *others]
        choice: Any = self.fields["when_choice"]
        named = dict(others)
        choice.choices = [
            ("", "–"),
            *(
                (named[key], [(f"{key}:{value}", words) for value, words in listed])
                for key, listed in self.answers.items()
            ),
        ]
        looked_at, test = self.initial.get("when_field"), self.initial.get("when_test")
        if test in _EXACT and f"{looked_at}:{self.initial.get('when_value')}" in self._offered(looked_at):
            self.initial["when_choice"] = f"{looked_at}:{self.initial.pop('when_value')}"

    def _offered(self, key: Any) -> list[str]:
        return [f"{key}:{value}" for value, _words in self.answers.get(key, ())]

    def clean(self) -> dict[str, Any]:
        """A condition is whole: a question, a test, and what the answer is compared with."""
        typed = super().clean() or self.cleaned_data
        key, test = typed.get("when_field"), typed.get("when_test")
        if typed.get("when_json") or self.errors.keys() & {"when_field", "when_test", "when_choice", "when_json"}:
            return typed
        if not key and test:
            self.add_error("when_field", _("Hãy chọn câu để so sánh."))
        elif key and not test:
            self.add_error("when_test", _("Hãy chọn phép so sánh."))
        elif key and test and test != "filled":
            self._check_value(str(key), str(test), typed)
        return typed

    def _check_value(self, key: str, test: str, typed: dict[str, Any]) -> None:
        chosen, value = typed.get("when_choice", ""), typed.get("when_value", "")
        if test in _EXACT and chosen and not value:
            if chosen not in self._offered(key):
                self.add_error("when_choice", _("Lựa chọn này thuộc câu khác. Hãy chọn trong các lựa chọn của câu đó."))
            typed["when_value"] = chosen.partition(":")[2]
        elif not value and "when_value" not in self.errors:
            listed = key in self.answers and test in _EXACT
            self.add_error(
                "when_choice" if listed else "when_value",
                _("Hãy chọn lựa chọn để so sánh.") if listed else _("Hãy ghi giá trị để so sánh."),
            )
        elif key in self.answers and test in {*_EXACT, "in"}:
            sent = [value] if test in _EXACT else [part.strip() for part in value.split(",") if part.strip()]
            if unknown := [part for part in sent if f"{key}:{part}" not in self._offered(key)]:
                words = _("Câu này không có lựa chọn “%(value)s”. Các lựa chọn: %(known)s.")
                known = ", ".join(f"{value} ({words})" for value, words in self.answers[key][:_MOST_NAMED])
                self.add_error("when_value", words % {"value": unknown[0], "known": known})

    def condition(self) -> dict[str, Any] | None:
        """The condition that was typed; the JSON goes before the three controls."""
        typed = self.cleaned_data
        if typed.get("when_json"):
            made: dict[str, Any] = typed["when_json"]
            return made
        if not typed.get("when_field") or not typed.get("when_test"):
            return None
        test, value = typed["when_test"], typed["when_value"]
        return {"field": typed["when_field"], test: _value_of(test, value)}

    def clean_when_json(self) -> Any:
        """An object, or nothing."""
        text = self.cleaned_data["when_json"].strip()
        return json_object(text) if text else None

    def clean_when_value(self) -> str:
        """A number where the test wants one."""
        value: str = self.cleaned_data["when_value"].strip()
        if self.data.get("when_test") in _NUMBERS and not value.isdecimal():
            raise ValidationError(_("Hãy nhập một số."))
        return value

    @staticmethod
    def condition_initial(condition: dict[str, Any] | None) -> dict[str, Any]:
        """The three controls for one test, the JSON for anything more."""
        if not condition:
            return {}
        tests = [name for name in TESTS if name in condition]
        if "field" in condition and len(tests) == 1 and not isinstance(condition[tests[0]], dict):
            value = condition[tests[0]]
            shown = ", ".join(map(str, value)) if isinstance(value, list) else _bare(value)
            return {"when_field": condition["field"], "when_test": tests[0], "when_value": shown}
        return {"when_json": json.dumps(condition, ensure_ascii=False)}


def _bare(value: Any) -> str:
    return {True: "true", False: "false"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _value_of(test: str, text: str) -> Any:
    if test == "filled":
        return text.casefold() not in {"false", "khong", "không", "0"}
    if test in _NUMBERS:
        return int(text)
    if test == "in":
        return [part.strip() for part in text.split(",") if part.strip()]
    return {"true": True, "false": False}.get(text, text)


def json_object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
        # what the database cannot hold: NUL, halves of pairs, numbers beyond JSON
        if "\\u0000" in json.dumps(value, ensure_ascii=False, allow_nan=False).encode().decode():
            raise ValueError("NUL")
    except (ValueError, RecursionError):
        raise ValidationError(_("Không phải JSON. Hãy xem lại dấu ngoặc và dấu phẩy.")) from None
    if not isinstance(value, dict):
        raise ValidationError(_("Hãy viết một đối tượng JSON: { … }."))
    return value
