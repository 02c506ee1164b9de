"""Patterns of editors: what could keep a process busy for hours with one long answer is refused, the rest is not."""

import pytest

from procedures.eforms.checking import may_run_away


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+", "([a-z]*)*x", "(?:x+y?){2,}", "((ab+))+", "(a|aa)+", "(?:[0-9]|[0-9]{2})*", "(x{1,})+", "(([a-z]+) ?)+$"],
)
def test_endless_repeats_of_repeats_or_choices_run_away(pattern: str) -> None:
    assert may_run_away(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "[0-9]{10}([0-9]{2})?",
        "[A-Za-z0-9]{6,20}",
        "(a|b)?[+*]+",
        r"\(\+\)+",
        "(?:19|20)[0-9]{2}",
        "([A-Z]{1,2}-)?[0-9]+",
        "(?:[0-9]{3})+",
        "[(][a+]*[)]*",
    ],
)
def test_what_forms_use_is_let_through(pattern: str) -> None:
    assert not may_run_away(pattern)
