"""Conditions: each test, their combination, what is left on a page, and their words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.eforms import conditions
from procedures.eforms.conditions import Scope, holds, resolve
from procedures.eforms.definition import Choice, DefinitionError, Field, Words, fields_in
from tests.procedures.condition_cases import CASES

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(("condition", "answers", "expected"), CASES)
def test_each_test(condition, answers, expected):
    assert holds(condition, Scope(answers, DAY, {"digital_citizen": True})) is expected


simple = st.builds(
    lambda field, name, value: {"field": field, name: value},
    st.sampled_from("abc"),
    st.sampled_from(["equals", "not_equals"]),
    st.sampled_from(["x", "y"]),
)
trees = st.recursive(
    simple,
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda all_: {"all": all_}),
        st.lists(parts, min_size=1, max_size=3).map(lambda any_: {"any": any_}),
        parts.map(lambda part: {"not": part}),
    ),
    max_leaves=8,
)
values = st.fixed_dictionaries({}, optional={key: st.sampled_from(["x", "y", "z"]) for key in "abc"})


@given(trees, values, st.sets(st.sampled_from("abc")))
def test_what_is_left_on_a_page_means_the_same(tree, answers, live):
    scope = Scope(answers, DAY)
    rest = resolve(tree, frozenset(live), scope)
    assert (rest if isinstance(rest, bool) else holds(rest, scope)) == holds(tree, scope)
    if not isinstance(rest, bool):
        assert set(fields_in(rest)) <= live


FIELDS = {
    "case": Field("case", Words("Trường hợp", "Case"), "choice", choices=(Choice("lost", Words("Bị mất", "Lost")),)),
    "agreed": Field("agreed", Words("Đồng ý", "Agreed"), "boolean"),
    "born": Field("born", Words("Ngày sinh", "Born"), "date"),
}


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"field": "case", "equals": "lost"}, "“Trường hợp” là “Bị mất”"),
        ({"field": "case", "not_equals": "lost"}, "“Trường hợp” không phải “Bị mất”"),
        ({"field": "agreed", "equals": True}, "bạn chọn “Đồng ý”"),
        ({"field": "agreed", "equals": False}, "bạn không chọn “Đồng ý”"),
        ({"field": "born", "within_days": 60}, "“Ngày sinh” trong vòng 60 ngày trước ngày nộp"),
        ({"field": "born", "age_below": 14}, "người có “Ngày sinh” chưa đủ 14 tuổi"),
        (
            {"all": [{"field": "agreed", "equals": True}, {"field": "case", "in": ["lost"]}]},
            "bạn chọn “Đồng ý” và “Trường hợp” là “Bị mất”",
        ),
        ({"not": {"field": "case", "filled": True}}, "không phải đã điền “Trường hợp”"),
    ],
)
def test_conditions_are_told_in_words(condition, words):
    assert conditions.in_words(condition, FIELDS) == words


@pytest.mark.parametrize(
    "condition",
    [
        "case",
        [],
        {},
        {"field": "case"},
        {"field": "nobody", "equals": 1},
        {"field": "case", "equals": 1, "in": [1]},
        {"field": "case", "matches": "x"},
        {"all": []},
        {"all": [{"field": "case", "equals": 1}], "any": []},
        {"not": {"field": "nobody", "equals": 1}},
        {"fact": "rich"},
    ],
)
def test_a_condition_that_is_none_is_refused(condition):
    with pytest.raises(DefinitionError):
        conditions.check(condition, FIELDS, "place")
