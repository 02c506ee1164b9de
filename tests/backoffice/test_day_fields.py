"""Days in officials' forms: the day first whatever the browser speaks, ISO from links, errors that name the field."""

from datetime import date

import pytest
from django import forms

from portal.backoffice.day_fields import DayField


class Period(forms.Form):
    """Two days."""

    first = DayField(label="Từ ngày")
    last = DayField(label="Đến ngày", required=False)


@pytest.mark.parametrize("typed", ["3/11/2026", "03/11/2026", "03112026", "3.11.2026", "2026-11-03"])
def test_a_day_is_read_day_first_or_from_a_link(typed: str) -> None:
    form = Period({"first": typed})
    assert form.is_valid() and form.cleaned_data == {"first": date(2026, 11, 3), "last": None}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Từ ngày: hãy nhập ngày, tháng, năm."),
        ("hôm nay", "“Từ ngày” phải là ngày, tháng, năm, ví dụ 27/3/2026."),
        ("31/11/2026", "“Từ ngày”: tháng 11 năm 2026 không có ngày 31. Hãy xem lại."),
    ],
)
def test_an_error_names_the_field(typed: str, said: str) -> None:
    assert Period({"first": typed}).errors == {"first": [said]}


@pytest.mark.parametrize("stored", ["2026-11-03", date(2026, 11, 3)])
def test_the_box_is_text_with_the_day_first(stored: str | date) -> None:
    for form in (Period({"first": stored}), Period(initial={"first": stored})):
        assert 'type="text"' in str(form["first"]) and 'value="03/11/2026"' in str(form["first"])


def test_what_cannot_be_a_day_stays_as_typed() -> None:
    assert 'value="2026-13-01"' in str(Period({"first": "2026-13-01"})["first"])
