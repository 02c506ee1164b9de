"""Processing times as texts write them, as the catalogue stores them and as people read them."""

import pytest

from portal.core.durations import MOST, Duration, DurationUnit

U = DurationUnit


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("3 ngày làm việc", Duration(3, U.WORKING_DAY)),
        ("03 ngày làm việc", Duration(3, U.WORKING_DAY)),
        ("10 NGÀY", Duration(10, U.DAY)),
        ("10 ngay", Duration(10, U.DAY)),
        ("8 giờ làm việc", Duration(8, U.HOUR)),
        ("1 giờ đồng hồ", Duration(1, U.CLOCK_HOUR)),
        ("1 tháng", Duration(1, U.MONTH)),
        ("5 năm", Duration(5, U.YEAR)),
        ("trong ngày", Duration(1, U.SAME_WORKING_DAY)),
        ("Ngay trong ngày làm việc", Duration(1, U.SAME_WORKING_DAY)),
        ("2 working days", Duration(2, U.WORKING_DAY)),
        ("same day", Duration(1, U.SAME_WORKING_DAY)),
    ],
)
def test_parse(text, duration):
    assert Duration.parse(text) == duration


@pytest.mark.parametrize(
    "text",
    ["", "ngày", "3", "3-5 ngày", "ba ngày", "3 tuần lễ", "0 ngày", "1.5 ngày", "9999999 ngày", "không quy định"],
)
def test_what_a_person_has_to_read_is_refused(text):
    with pytest.raises(ValueError, match="processing time|value of a duration"):
        Duration.parse(text)


@pytest.mark.parametrize(
    "duration", [Duration(1, U.SAME_WORKING_DAY), *(Duration(3, unit) for unit in U if unit is not U.SAME_WORKING_DAY)]
)
def test_a_label_reads_back(duration):
    label = duration.label()
    if duration.unit is U.CLOCK_HOUR:
        label += " đồng hồ"
    assert Duration.parse(label) == duration


@pytest.mark.parametrize("value", [0, -1, MOST + 1])
def test_values_are_sane(value):
    with pytest.raises(ValueError, match="between 1"):
        Duration(value, U.DAY)


def test_units_are_checked():
    with pytest.raises(ValueError, match="fortnight"):
        Duration(1, "fortnight")
    with pytest.raises(TypeError):
        Duration(1.5, U.DAY)
    with pytest.raises(ValueError, match="one day"):
        Duration(2, U.SAME_WORKING_DAY)
