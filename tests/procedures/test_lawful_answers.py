"""What the law forbids or leaves no room for is told at its field, before anything is sent."""

import re
from datetime import date
from typing import Any

import pytest

from portal.site.demo.answers import sample_answers
from procedures import eforms
from procedures.packs import REFERENCE, Reference, read_pack, read_yaml
from tests.procedures.form_filling import FACTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("territory")]
DAY = date(2026, 11, 29)
BUSINESS, CRIMINAL_RECORD, RESIDENCE = "1.001612", "3.000333", "1.004222"
DEATH, DEATH_LINKED, LICENCE = "1.000656", "2.002913", "3.000347"
PLACE = {"province_code": "01", "commune_code": "00073", "line": "Số 1 phố Thử"}


@pytest.fixture
def whole(reference: Reference) -> Any:
    """A whole, right set of answers to one of our forms, and what is wrong once some of them are others."""

    class Whole:
        def __init__(self, code: str, **said: Any) -> None:
            self.form = read_pack(REFERENCE / "procedures" / f"{code}.yaml", reference).form
            self.answers = sample_answers(self.form, FACTS, said) | said

        def wrong(self, **changes: Any) -> dict[str, list[str]]:
            return eforms.validate(self.form, self.answers | changes, on=DAY)

    return Whole


def trade(code: str, *, is_main: bool = True) -> dict[str, Any]:
    return {"industry_code": code, "industry_name": "Phở", "is_main": is_main}


@pytest.mark.parametrize(
    "name",
    ["Hộ kinh doanh Công ty Phở Sơn", "HỘ KINH DOANH CÔNG TY Sơn", "Hộ kinh doanh Doanh Nghiệp Sơn", "Phở Sơn"],
)
def test_a_household_business_has_no_name_of_a_company(whole: Any, name: str) -> None:
    business = whole(BUSINESS)
    assert business.wrong(business_name="Hộ kinh doanh Phở Sơn") == {}
    (told,) = business.wrong(business_name=name)["business_name"]
    assert "168/2025/NĐ-CP" in told and "công ty" in told


def test_a_line_of_business_is_one_of_the_classification(whole: Any) -> None:
    business = whole(BUSINESS)
    assert business.wrong(industries=[trade("5610"), trade("4711", is_main=False)]) == {}
    (told,) = business.wrong(industries=[trade("9999")])["industries.0.industry_code"]
    assert "36/2025/QĐ-TTg" in told


def test_the_classification_has_as_many_classes_as_the_decision_says() -> None:
    """QĐ 36/2025/QĐ-TTg, điều 3: 87 divisions, 259 groups, 495 classes."""
    (field,) = read_yaml(REFERENCE / "field_groups.yaml")["industries"]["fields"]
    pattern = next(part["pattern"] for part in field["fields"] if part["key"] == "industry_code")
    codes = [code for code in map("{:04d}".format, range(10_000)) if re.fullmatch(pattern, code)]
    assert (len({code[:2] for code in codes}), len({code[:3] for code in codes}), len(codes)) == (87, 259, 495)


@pytest.mark.parametrize("marked", [(False, False), (True, True)])
def test_exactly_one_line_of_business_is_the_main_one(whole: Any, marked: tuple[bool, bool]) -> None:
    rows = [trade(code, is_main=is_main) for code, is_main in zip(("5610", "4711"), marked, strict=True)]
    (told,) = whole(BUSINESS).wrong(industries=rows)["industries"]
    assert "“Ngành chính” ở đúng một dòng" in told


def test_a_household_business_does_not_begin_before_it_is_registered(whole: Any) -> None:
    business = whole(BUSINESS)
    assert business.wrong(start_date="2026-11-29") == {}
    (told,) = business.wrong(start_date="2020-01-01")["start_date"]
    assert "khi có Giấy chứng nhận" in told


def stay(first: str, last: str = "") -> dict[str, Any]:
    return {"stay_from": first, "stay_place": PLACE, "stay_occupation": "Thợ may"} | ({"stay_to": last} if last else {})


@pytest.mark.parametrize(
    ("stays", "missing"),
    [
        ([stay("2024-05")], "5/2004–4/2024"),
        ([stay("2012-03"), stay("2004-05", "2012-01")], "thiếu 2/2012."),
        ([stay("2004-05", "2012-02"), stay("2012-02", "2026-10")], "thiếu 11/2026."),
        ([stay("2004-06", "2010-01"), stay("2010-03")], "thiếu 5/2004, 2/2010."),
        ([stay("2020-01", "2010-01"), stay("2004-05", "2004-06")], "thiếu 7/2004–11/2026."),
        ([stay("1990-05", "2012-02"), stay("2010-01")], ""),
    ],
)
def test_the_residence_history_leaves_out_no_month_from_14_on(whole: Any, stays: list[Any], missing: str) -> None:
    told = whole(CRIMINAL_RECORD, filed_as="self").wrong(residence_history=stays)
    assert ("residence_history" in told) == bool(missing)
    assert missing in " ".join(told.get("residence_history", []))


def test_the_history_is_that_of_whom_the_certificate_is_about(whole: Any) -> None:
    child = {"subject_full_name": "Nguyễn Minh An", "subject_personal_id": "001210000123"}
    asked = whole(CRIMINAL_RECORD, filed_as="parent", subject_date_of_birth="2010-02-01", **child)
    assert asked.wrong(residence_history=[stay("2024-02")]) == {}
    assert "2/2024–3/2024" in str(asked.wrong(residence_history=[stay("2024-04")]))


def test_number_2_names_the_parents_and_the_spouse_unless_there_is_none(whole: Any) -> None:
    nobody = {"father": None, "mother": None, "spouse": None, "father_unknown": False, "mother_unknown": False}
    asked = whole(CRIMINAL_RECORD, filed_as="self", certificate_kind="2")
    told = asked.wrong(**nobody, marital_status="married")
    assert {path.split(".")[0] for path in told} == {"father", "mother", "spouse"}
    assert asked.wrong(**nobody | {"father_unknown": True, "mother_unknown": True}, marital_status="never") == {}
    assert asked.wrong(**nobody, certificate_kind="1", marital_status="never") == {}, "number 1 names none of them"


def test_number_2_always_says_bans_so_they_are_no_wish(whole: Any) -> None:
    asked = whole(CRIMINAL_RECORD, filed_as="self", ban_info=True)
    for kind, is_asked in (("1", True), ("2", False)):
        kept = eforms.complete(asked.form, asked.answers | {"certificate_kind": kind}, on=DAY)
        assert ("ban_info" in kept) == is_asked, kind


def test_who_is_authorised_is_not_offered_number_2(whole: Any) -> None:
    asked = whole(CRIMINAL_RECORD, filed_as="authorised")
    assert "certificate_kind" not in eforms.complete(asked.form, asked.answers | {"certificate_kind": "2"}, on=DAY)


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ({"house_kind": "own"}, set()),
        ({"house_kind": "relative", "home_owner": "own"}, {"home_owner"}),
        ({"house_kind": "relative", "home_owner": "head"}, {"home_owner"}),
        ({"house_kind": "relative", "home_owner": "other"}, {"home_owner", "owner_consent"}),
        ({"house_kind": "rented"}, {"owner_consent"}),
        ({"house_kind": "care"}, set()),
    ],
)
def test_who_owns_the_home_is_asked_where_the_kind_of_home_leaves_it_open(
    whole: Any, said: dict[str, str], asked: set[str]
) -> None:
    home = whole(RESIDENCE, relation_to_head="child", **said)
    told = eforms.complete(home.form, home.answers, on=DAY)
    assert {"home_owner", "owner_consent"} & set(told) == asked
    assert "head_consent" in told, "the head is somebody else, whoever owns the home"


@pytest.mark.parametrize("code", [DEATH, DEATH_LINKED])
def test_nobody_registers_a_death_of_their_own_nor_elsewhere_than_the_dead_lived(whole: Any, code: str) -> None:
    """Luật Hộ tịch 2014, art. 32: the commune of the last residence."""
    death = whole(code, relationship="child")
    assert "relationship" in death.wrong(relationship="self") and "relationship" not in death.wrong()
    assert eforms.form_of(death.form).by_key()["last_residence"].in_place_of_filing
    assert "deceased_gender" in death.wrong(deceased_gender=None), "the extract says it"


def test_a_licence_that_has_expired_is_not_exchanged(whole: Any) -> None:
    licence = whole(LICENCE)
    assert "licence_expires_on" not in licence.wrong(licence_expires_on="2026-11-29")
    (told,) = licence.wrong(licence_expires_on="2026-11-28")["licence_expires_on"]
    assert "sát hạch lại" in told
