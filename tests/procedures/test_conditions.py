"""Conditions: each test, their combination, what is left on a page, and their words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.eforms import conditions
from procedures.eforms.conditions import Scope, holds, resolve
from procedures.eforms.definition import Choice, DefinitionError, Field, Words, fields_in

DAY = date(2026, 11, 20)

CASES = [
    ({"field": "a", "equals": "x"}, {"a": "x"}, True),
    ({"field": "a", "equals": "x"}, {"a": "y"}, False),
    ({"field": "a", "equals": "x"}, {}, False),
    ({"field": "a", "equals": True}, {"a": True}, True),
    ({"field": "a", "equals": True}, {"a": "True"}, False),
    ({"field": "a", "equals": False}, {}, True),
    ({"field": "a", "equals": 2}, {"a": 2}, True),
    ({"field": "a", "equals": "x"}, {"a": ["x", "y"]}, True),
    ({"field": "a", "not_equals": "x"}, {"a": "y"}, True),
    ({"field": "a", "not_equals": "x"}, {}, True),
    ({"field": "a", "not_equals": "x"}, {"a": ["x", "y"]}, False),
    ({"field": "a", "not_equals": "x"}, {"a": ["y"]}, True),
    ({"field": "a", "in": ["x", "y"]}, {"a": "y"}, True),
    ({"field": "a", "in": ["x", "y"]}, {"a": "z"}, False),
    ({"field": "a", "in": ["x"]}, {"a": ["z", "x"]}, True),
    ({"field": "a", "filled": True}, {"a": "x"}, True),
    ({"field": "a", "filled": True}, {"a": {"line": ""}}, False),
    ({"field": "a", "filled": False}, {}, True),
    ({"field": "a", "filled": True}, {"a": 0}, True),
    ({"field": "a", "at_least": 3}, {"a": 3}, True),
    ({"field": "a", "at_least": 3}, {"a": "2.5"}, False),
    ({"field": "a", "at_least": 1}, {"a": [{}]}, True),
    ({"field": "a", "at_most": 3}, {"a": 4}, False),
    ({"field": "a", "at_most": 3}, {}, False),
    ({"field": "a", "at_most": 3}, {"a": "nhiều"}, False),
    ({"field": "a", "age_below": 18}, {"a": "2008-11-21"}, True),
    ({"field": "a", "age_below": 18}, {"a": "2008-11-20"}, False),
    ({"field": "a", "age_below": 18}, {"a": "hôm qua"}, False),
    ({"field": "a", "within_days": 60}, {"a": "2026-09-21"}, True),
    ({"field": "a", "within_days": 60}, {"a": "2026-09-20"}, False),
    ({"field": "a", "within_days": 60}, {"a": "2026-09-21T06:30:00+07:00"}, True),
    ({"field": "a", "within_days": 60}, {}, False),
    ({"fact": "digital_citizen"}, {}, True),
    ({"fact": "acting_for_organisation"}, {}, False),
    ({"all": [{"field": "a", "equals": "x"}, {"field": "b", "equals": "y"}]}, {"a": "x", "b": "y"}, True),
    ({"all": [{"field": "a", "equals": "x"}, {"field": "b", "equals": "y"}]}, {"a": "x"}, False),
    ({"any": [{"field": "a", "equals": "x"}, {"field": "b", "equals": "y"}]}, {"b": "y"}, True),
    ({"not": {"field": "a", "equals": "x"}}, {"a": "x"}, False),
    (None, {}, True),
]


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
