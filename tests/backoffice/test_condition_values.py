"""A value that an editor compares an answer with is read as that answer is: typed in any form, kept in one."""

from datetime import date
from typing import Any

import pytest

from portal.backoffice.condition_rows import Questions
from portal.backoffice.form_conditions import ConditionMixin
from procedures.eforms.conditions import Scope, holds
from tests.backoffice.conftest import condition_data

TYPES = {
    "so": "integer",
    "tien": "money",
    "rong": "decimal",
    "ngay": "date",
    "thang": "month",
    "luc": "datetime",
    "ma": "personal_id",
    "chu": "text",
    "nhieu": "multi_choice",
}
QUESTIONS = Questions(
    named=[(key, f"Câu {key}") for key in TYPES],
    answers={"nhieu": [("x", "Ích"), ("y", "Y dài")]},
    many=frozenset({"nhieu"}),
    types=TYPES,
)


class OneCondition(ConditionMixin):
    """A form with nothing but a condition."""

    def __init__(self, data: dict[str, Any] | None = None, stored: dict[str, Any] | None = None) -> None:
        super().__init__(data)
        self.set_conditions({"khi": stored}, {"khi": "Khi"}, QUESTIONS)


def made_of(about: str, test: str, value: str) -> dict[str, Any] | None:
    form = OneCondition(condition_data("khi", (about, test, "", value)))
    assert form.is_valid(), form.errors
    return form.condition("khi")


@pytest.mark.parametrize(
    ("about", "typed", "answer", "shown"),
    [
        ("so", "1.200", 1200, "1200"),
        ("tien", "8.000 đ", 8000, "8.000"),
        ("rong", "12,5", "12.5", "12,5"),
        ("ngay", "27/3/2026", "2026-03-27", "27/03/2026"),
        ("ngay", "2026-03-27", "2026-03-27", "27/03/2026"),
        ("thang", "3/2026", "2026-03", "03/2026"),
        ("luc", "14:30 27/3/2026", "2026-03-27T14:30:00+07:00", "14:30 27/03/2026"),
        ("ma", "001 090 000 123", "001090000123", "001090000123"),
        ("chu", "1.200", "1.200", "1.200"),
    ],
)
def test_a_value_is_read_as_the_answer_is(about: str, typed: str, answer: Any, shown: str) -> None:
    made = made_of(about, "equals", typed)
    assert holds(made, Scope({about: answer}, date(2026, 11, 30)))
    assert not holds(made_of(about, "not_equals", typed), Scope({about: answer}, date(2026, 11, 30)))
    again = OneCondition(stored=made)
    assert again["khi-0-value"].value() == shown
    posted = {name: again[name].value() or "" for name in again.fields}
    kept = OneCondition(posted, stored=made)
    assert kept.is_valid() and kept.condition("khi") == made


def test_lists_of_values_are_read_one_by_one() -> None:
    assert made_of("so", "in", "1.200, 7") == {"field": "so", "in": ["1200", "7"]}
    assert made_of("rong", "in", "12,5, 13; 0,5") == {"field": "rong", "in": ["12.5", "13", "0.5"]}
    assert made_of("ngay", "not:in", "1/2/2026") == {"not": {"field": "ngay", "in": ["2026-02-01"]}}


@pytest.mark.parametrize(
    ("about", "test", "typed", "words"),
    [
        ("so", "equals", "nhiều", "phải là số nguyên"),
        ("so", "in", "1, 1,5x", "phải là số nguyên"),
        ("rong", "not_equals", "12.500,5", "phải là số, ví dụ 12,5"),
        ("ngay", "equals", "30/2/2026", "không có ngày 30"),
        ("ngay", "equals", "3/27/2026", "không có tháng 27"),
        ("ma", "equals", "12", ""),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_cure(about: str, test: str, typed: str, words: str) -> None:
    form = OneCondition(condition_data("khi", (about, test, "", typed)))
    assert not form.is_valid() and list(form.errors) == ["khi-0-value"]
    assert words in str(form.errors["khi-0-value"]) and form["khi-0-value"].value() == typed
