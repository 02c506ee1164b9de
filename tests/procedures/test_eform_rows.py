"""Rows of a form that repeat: a list, more and fewer by a press, errors at their row, counts nobody may forge."""

import pytest

from procedures import eforms
from procedures.models import ProcedureVersion
from tests.procedures.conftest import RESIDENCE
from tests.procedures.form_filling import fill, html_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def residence(publish, territory) -> ProcedureVersion:
    return publish(RESIDENCE)


def members(residence, count, **changes):
    values = {"members__count": str(count)}
    for number in range(count):
        values |= {
            f"members__{number}__member_name": f"Người {number + 1}",
            f"members__{number}__member_date_of_birth": "2/3/2015",
            f"members__{number}__member_gender": "1",
            f"members__{number}__member_personal_id": f"00121500000{number}",
            f"members__{number}__member_relation": "child",
        }
    return values | changes


def test_rows_become_a_list(residence):
    form = fill(residence, "members", members(residence, 2))
    assert form.is_valid(), form.error_links()
    rows = eforms.answers_from(form)["members"]
    assert [row["member_name"] for row in rows] == ["Người 1", "Người 2"]
    assert rows[0]["member_date_of_birth"] == "2015-03-02"


def test_adding_a_row_is_no_try_to_leave(residence):
    form = fill(
        residence, "members", members(residence, 1, **{"members__0__member_date_of_birth": "??", "_add": "members"})
    )
    assert not form.is_valid()
    assert form.is_action
    assert not form.errors
    html = html_of(form)
    assert 'name="members__count" value="2"' in html
    assert 'value="??"' in html


def test_removing_a_row_moves_the_others_up(residence):
    form = fill(residence, "members", members(residence, 3, _remove="members__0"))
    html = html_of(form)
    assert 'name="members__count" value="2"' in html
    assert "Người 1" not in html
    assert 'name="members__0__member_name" value="Người 2"' in html
    assert 'name="members__1__member_name" value="Người 3"' in html


@pytest.mark.parametrize(
    "action", [{"_add": "nobody"}, {"_remove": "members__77"}, {"_remove": "x"}, {"_refresh": "1"}]
)
def test_a_strange_button_changes_nothing(residence, action):
    form = fill(residence, "members", members(residence, 1, **action))
    assert not form.is_valid()
    assert 'name="members__count" value="1"' in html_of(form)


def test_an_empty_row_does_not_count_and_errors_stay_at_their_row(residence):
    values = members(residence, 2, **{"members__1__member_personal_id": "123"})
    for name in list(values):
        if name.startswith("members__0__"):
            values[name] = ""
    form = fill(residence, "members", values)
    assert list(form.errors) == ["members__1__member_personal_id"]
    assert form.error_links()[0][1].startswith("Thành viên hộ gia đình cùng thay đổi, mục 2: ")


@pytest.mark.parametrize("count", ["-5", "abc", "999999999", "٣"])
def test_a_forged_count_is_kept_within_bounds(residence, count):
    form = fill(residence, "members", {"members__count": count})
    assert form.is_valid() or form.errors
    assert sum(name.endswith("member_name") for name in form.fields) <= 20


def test_too_many_rows_cannot_be_added(residence):
    html = html_of(fill(residence, "members", {**members(residence, 20), "_add": "members"}))
    assert 'name="members__count" value="20"' in html
    assert "Đã đủ số mục cho phép." in html
