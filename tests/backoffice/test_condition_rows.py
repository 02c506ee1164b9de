"""Conditions as rows: whatever a pack can say is said by rows, and they mean the same."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.backoffice.condition_rows import AND, OR, Literal, folded, unfolded
from procedures.eforms.conditions import Scope, holds

ON = date(2026, 11, 30)
NAMES = ("one", "many", "number", "day", "yes")
TESTS = st.one_of(
    st.builds(
        lambda test, value: {"field": "one", test: value},
        st.sampled_from(["equals", "not_equals"]),
        st.sampled_from("abc"),
    ),
    st.builds(lambda value: {"field": "one", "in": value}, st.lists(st.sampled_from("abc"), min_size=1, max_size=2)),
    st.builds(lambda value: {"field": "many", "equals": value}, st.sampled_from("abc")),
    st.builds(lambda value: {"field": "yes", "equals": value}, st.booleans()),
    st.builds(lambda name, value: {"field": name, "filled": value}, st.sampled_from(NAMES), st.booleans()),
    st.builds(lambda value: {"field": "day", "age_below": value}, st.integers(0, 90)),
    st.builds(lambda value: {"field": "day", "within_days": value}, st.integers(0, 900)),
    st.builds(lambda name: {"fact": name}, st.sampled_from(["digital_citizen", "acting_for_organisation"])),
)
LIMITS = st.builds(
    lambda test, value: {"field": "number", test: value}, st.sampled_from(["at_least", "at_most"]), st.integers(0, 9)
)
CONDITIONS = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(st.one_of(inner, LIMITS), min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(st.one_of(inner, LIMITS), min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=6,
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "one": st.sampled_from("abc"),
        "many": st.lists(st.sampled_from("abc"), unique=True),
        "number": st.integers(0, 9),
        "day": st.dates(date(1930, 1, 1), ON).map(date.isoformat),
        "yes": st.booleans(),
    },
)
FACTS = st.fixed_dictionaries({"digital_citizen": st.booleans(), "acting_for_organisation": st.booleans()})


@given(CONDITIONS, ANSWERS, FACTS)
def test_rows_mean_what_the_condition_means(condition, answers, facts):
    rows = unfolded(condition, most=200)
    if rows is None:  # a contrary that has no row of its own, or too many: the page keeps it as it is
        return
    made = folded(rows, many=frozenset({"many"}))
    scope = Scope(answers, ON, facts)
    assert (made is None or holds(made, scope)) == holds(condition, scope)
    assert unfolded(made, most=200) == rows


@pytest.mark.parametrize(
    "condition",
    [
        {"field": "a", "equals": "x"},
        {"field": "a", "equals": True},
        {"field": "a", "in": ["x", "y"]},
        {"field": "a", "filled": True},
        {"field": "a", "at_least": 3},
        {"not": {"field": "a", "within_days": 60}},
        {"all": [{"field": "a", "filled": True}, {"not": {"field": "a", "within_days": 60}}]},
        {
            "any": [
                {"field": "a", "equals": "x"},
                {"all": [{"field": "b", "filled": False}, {"fact": "digital_citizen"}]},
            ]
        },
        {"not": {"fact": "digital_citizen"}},
    ],
)
def test_what_has_rows_of_its_own_comes_back_to_the_letter(condition):
    assert folded(unfolded(condition, most=20)) == condition


def test_an_alternative_is_spread_over_what_must_hold_beside_it():
    condition = {
        "all": [{"any": [{"field": "a", "equals": "x"}, {"field": "a", "equals": "y"}]}, {"field": "b", "filled": True}]
    }
    assert unfolded(condition, most=20) == [
        Literal("", "a", "equals", "x"),
        Literal(AND, "b", "filled", True),
        Literal(OR, "a", "equals", "y"),
        Literal(AND, "b", "filled", True),
    ]


@pytest.mark.parametrize(
    "condition",
    [
        {"not": {"field": "a", "at_least": 3}},
        {"fact": "khac"},
        {"field": "a", "equals": {}},
        {"field": "a"},
        {"any": [{"field": "a", "equals": str(number)} for number in range(21)]},
        {"all": [{"any": [{"field": f"a{one}{two}", "filled": True} for two in range(9)]} for one in range(9)]},
        7,
    ],
)
def test_what_rows_cannot_say_is_left_alone(condition):
    assert unfolded(condition, most=20) is None
