"""What the sheet says that choosing a place and a case will tell: only what hangs on one of them."""

import re
from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from procedures import fees_by_case, sheet_case
from procedures.eforms import own_case
from procedures.models import FeeRule, LocalPolicy, ProcedureVersion
from tests import factories
from tests.procedures.national_records import case, record

pytestmark = pytest.mark.django_db
ADDRESS = "/thu-tuc/1.900001/"
FEES = [
    {"type": "SERVICE_FEE", "amount": 50_000, "currency": "VND", "note": "Rồng con"},
    {"type": "SERVICE_FEE", "amount": 162_500, "currency": "VND", "note": "Rồng già"},
]
CASES = [case(1, "Nuôi một con", 2), case(2, "Nuôi cả đàn", 1, "MONTH")]


def page(address):
    return " ".join(unescape(Client().get(address).content.decode()).replace("\xa0", " ").split())


def imported(import_records, *, fees, cases):
    way = {"channel": "online", "time": 5, "time_unit": "WORKING_DAY", "description": "", "fee": fees}
    import_records(record(methods=[way], subcases=cases))


@pytest.mark.parametrize(
    ("fees", "cases", "told"),
    [
        (FEES, CASES, "Chọn nơi và trường hợp của bạn để biết đúng cơ quan, thời hạn và mức thu<"),
        ([], CASES, "Chọn nơi và trường hợp của bạn để biết đúng cơ quan và thời hạn<"),
        (FEES, [], "Chọn nơi và trường hợp của bạn để biết đúng cơ quan và mức thu<"),
        ([], [], "để biết đúng cơ quan<"),
    ],
)
def test_the_box_promises_what_will_follow_and_no_more(import_records, fees, cases, told):
    factories.make_agency()
    imported(import_records, fees=fees, cases=cases)
    ProcedureVersion.objects.update(competent_level="commune", competent_branch="peoples_committee")
    assert told in page(ADDRESS)


@pytest.mark.parametrize(
    ("cases", "told"), [(CASES, "Chọn trường hợp của bạn để biết đúng thời hạn<"), ([], "để biết đúng")]
)
def test_where_no_place_tells_anything_only_the_case_is_asked_for(import_records, cases, told):
    imported(import_records, fees=[], cases=cases)
    assert (told in page(ADDRESS)) is bool(cases) and 'name="tinh"' not in page(ADDRESS)


@pytest.mark.parametrize(
    ("effect", "valid_from", "told"),
    [
        ("fee_free", date(2020, 1, 1), "cơ quan và mức thu"),
        ("time_new", date(2020, 1, 1), "cơ quan và thời hạn"),
        ("fee_free", date(2099, 1, 1), "cơ quan"),
    ],
)
def test_what_a_province_has_of_its_own_follows_from_the_place(effect, valid_from, told):
    policies = [LocalPolicy(effect=effect, valid_from=valid_from)]
    assert sheet_case.told_by_choice([], policies, timezone.localdate()) == told
    asked = [sheet_case.Choice(sheet_case.PARAMETERS[own_case.TIME_CASE], "", [])]
    assert "thời hạn" in sheet_case.told_by_choice(asked, policies, timezone.localdate())


def test_the_whole_name_of_the_chosen_case_stands_under_its_list(import_records):
    imported(import_records, fees=FEES, cases=CASES)
    before = page(ADDRESS)
    assert "Đang xem:" not in before and "-chosen" not in before
    values = {words: value for value, words in re.findall(r'<option value="(c[0-9a-f]{10})">([^<]+)</option>', before)}
    herd, old = values["Nuôi cả đàn (1 tháng)"], values["Rồng già (162.500 đ)"]
    chosen = page(f"{ADDRESS}?truong-hop={herd}&muc-thu={old}")
    for name, words in (("truong-hop", "Nuôi cả đàn (1 tháng)"), ("muc-thu", "Rồng già (162.500 đ)")):
        assert f'aria-describedby="{name}-chosen"' in chosen
        assert re.search(rf'id="{name}-chosen">Đang xem: {re.escape(words)}</p>', chosen), words
    assert "Shown for: Nuôi cả đàn" in page(f"/en{ADDRESS}?truong-hop={herd}")


@pytest.mark.parametrize(
    ("notes", "told"),
    [
        (("", ""), True),
        (("Rồng con", "Rồng già"), False),
        (("Rồng con", ""), False),
        (("theo thông tư", "Theo thông tư"), True),
    ],
)
def test_amounts_that_nobody_can_tell_apart_are_said_to_be_so(import_records, notes, told):
    rows = [{**fee, "note": note} for fee, note in zip(FEES, notes, strict=True)]
    imported(import_records, fees=rows, cases=CASES)
    words = "Bản công bố ghi nhiều mức (50.000 đ, 162.500 đ) mà không nói mức nào cho trường hợp nào"
    assert (words in page(ADDRESS)) is told


def test_many_such_amounts_are_told_as_a_span():
    rules = [FeeRule(charge="phi", channel="all", when_text="Xem thông tư", amount_vnd=n * 10_000) for n in range(1, 7)]
    told = fees_by_case.untold(rules, timezone.localdate(), "online")
    assert told.replace("\xa0", " ") == "từ 10.000 đ đến 60.000 đ"
    rules[0].condition, rules[1].is_default = {"field": "a", "equals": "b"}, True
    assert fees_by_case.untold(rules[:3], timezone.localdate(), "online") == "", "one is left"
