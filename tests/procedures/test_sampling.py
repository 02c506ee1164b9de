"""Made-up answers read as people's: names where names are asked, dates and numbers that agree with one another."""

from datetime import date

import pytest

from portal.core.identifiers import personal_id_warnings
from procedures.eforms.definition import Choice, Field, Words
from procedures.eforms.sample_words import MEN, NAMES, WOMEN
from procedures.eforms.sampling import Sampler
from procedures.territory import Territory

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
SEEDS = range(1, 30)


def said(key, label, kind="text", answers=None, **more):
    """What thirty applicants answer."""
    field = Field(key, Words(label, label), kind, **more)
    return {Sampler(seed, DAY, Territory(DAY)).answer(field, answers or {}) for seed in SEEDS}


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("full_name", "Họ, chữ đệm, tên"),
        ("ho_ten", "Họ và tên người viết"),
        ("principal", "Họ tên người ủy quyền"),
        ("legal_representative", "Người đại diện theo pháp luật"),
    ],
)
def test_who_is_asked_for_is_a_person(key, label):
    assert said(key, label) <= set(NAMES)


def test_an_office_a_reason_and_a_trade_read_as_such():
    assert all("cấp" not in each and each[0].isupper() for each in said("noi_cap", "Cơ quan cấp"))
    assert any("Ủy ban nhân dân" in each for each in said("noi_cap", "Nơi cấp"))
    assert not said("reason", "Lý do") & set(NAMES) and all(" " in each for each in said("reason", "Lý do"))
    assert "Giáo viên" in said("occupation", "Nghề nghiệp")
    assert all(any(sign.isdigit() for sign in each) for each in said("so_giay", "Số giấy chứng sinh"))


def test_a_pattern_and_a_length_are_kept():
    assert all(each.isdigit() for each in said("si_code", "Mã số BHXH", pattern="[0-9]{10}([0-9]{2})?", max_length=12))
    assert said("ma", "Mã riêng", max_length=4) <= {"0123", "2024", "4711"}


def test_days_are_lately_and_births_are_of_somebody_alive():
    issued = {date.fromisoformat(day) for day in said("licence_issued_on", "Ngày cấp", "date", max="today")}
    assert min(issued).year >= 2019 and max(issued) <= DAY
    born = {date.fromisoformat(day) for day in said("date_of_birth", "Ngày, tháng, năm sinh", "date", max="today")}
    assert 1960 < min(born).year < 1990 and max(born) < DAY
    child = {date.fromisoformat(day) for day in said("child_date_of_birth", "Ngày sinh", "date", max="today")}
    assert min(child).year >= 2021


def test_number_name_and_gender_of_one_person_agree():
    beside = {"mother_date_of_birth": "1990-04-05", "mother_gender": "2"}
    for number in said("mother_personal_id", "Số định danh", "personal_id", beside):
        assert not personal_id_warnings(number, date_of_birth=date(1990, 4, 5), gender="2")
    assert said("mother_full_name", "Họ tên mẹ", answers=beside) <= set(WOMEN)
    genders = (Choice("1", Words("Nam")), Choice("2", Words("Nữ")))
    assert said("x_gender", "Giới tính", "choice", {"x_full_name": MEN[0]}, choices=genders) == {"1"}
    for seed in SEEDS:
        person = Sampler(seed, DAY, Territory(DAY)).person()
        assert (person["full_name"] in WOMEN) == (person["gender"] == "2")
        born = date.fromisoformat(person["date_of_birth"])
        assert not personal_id_warnings(person["personal_id"], date_of_birth=born, gender=person["gender"])
