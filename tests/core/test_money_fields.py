"""Amounts that are typed: eight thousand is never eight."""

import pytest
from django.core.exceptions import ValidationError

from portal.core.money_fields import VndField
from procedures.forms import LocalPolicyForm


@pytest.mark.parametrize("typed", ["8000", "8.000", "8,000", " 8.000 đ ", "VND 8,000"])
def test_as_people_write_it(typed: str) -> None:
    assert VndField(min_value=1).clean(typed) == 8000


@pytest.mark.parametrize("typed", ["8.00", "8.0", "1e3", "0x10", "8 nghìn", "-1", "1.00.000", "9" * 30])
def test_anything_else_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValidationError, match="."):
        VndField(min_value=1, max_value=10**12).clean(typed)


def test_nothing_is_not_nought() -> None:
    assert VndField(required=False).clean("  ") is None


def test_it_is_shown_as_people_write_it_and_is_then_no_change() -> None:
    field = VndField()
    assert field.prepare_value(1_250_000) == "1.250.000"
    assert not field.has_changed(1_250_000, "1.250.000")


def test_the_amount_of_a_local_policy_is_one() -> None:
    assert LocalPolicyForm.base_fields["amount_vnd"].clean("20.000") == 20_000
