"""The sheet answers for the case that its reader says is hers."""

import re
from datetime import datetime
from html import unescape
from itertools import pairwise

import pytest
import time_machine
from django.test import Client

from portal.core.calendar import VIETNAM
from portal.core.durations import Duration, DurationUnit
from procedures.eforms import own_case
from procedures.models import ProcedureVersion
from tests.dossiers.filing_pages import text
from tests.procedures.national_records import case, record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(datetime(2026, 11, 16, 9, 0, tzinfo=VIETNAM), tick=False):
        yield


def page(client, address):
    return " ".join(unescape(text(client.get(address))).split())


def imported_record(import_records):
    fees = [
        {"type": "SERVICE_FEE", "amount": 50_000, "currency": "VND", "note": "Rồng con"},
        {"type": "SERVICE_FEE", "amount": 162_500, "currency": "VND", "note": "Rồng già"},
    ]
    way = {"channel": "online", "time": 5, "time_unit": "WORKING_DAY", "description": "", "fee": fees}
    import_records(record(methods=[way], subcases=[case(1, "Nuôi một con", 2), case(2, "Nuôi cả đàn", 1, "MONTH")]))


def test_the_sheet_answers_for_her_case(import_records):
    imported_record(import_records)
    client, address = Client(), "/thu-tuc/1.900001/"
    html = page(client, address)
    assert "<strong>Từ 50.000 đ đến 162.500 đ tùy trường hợp</strong>" in html
    assert "<strong>Từ 2 ngày làm việc đến 1 tháng tùy trường hợp</strong>" in html
    values = {words: value for value, words in re.findall(r'<option value="(c[0-9a-f]{10})">([^<]+)</option>', html)}
    assert list(values) == [
        "Nuôi một con (2 ngày làm việc)",
        "Nuôi cả đàn (1 tháng)",
        "Rồng con (50.000 đ)",
        "Rồng già (162.500 đ)",
    ]
    _one, herd, _young, old = values.values()
    # the plain form asks the server, which goes back to the sheet with what was chosen, place or not
    answer = client.get(f"/thu-tuc/1.900001/noi/?tinh=&xa=&truong-hop={herd}&muc-thu={old}")
    assert answer.status_code == 302 and answer["Location"] == f"{address}?truong-hop={herd}&muc-thu={old}#cho-toi"
    chosen = page(client, answer["Location"])
    assert "<strong>1 tháng</strong>" in chosen and "<strong>162.500 đ</strong>" in chosen
    assert f'<option value="{herd}" selected>' in chosen
    english = page(client, f"/en{address}?truong-hop={herd}")
    assert "<strong>1 month</strong>" in english
    odd = page(Client(), f"{address}?truong-hop=c0000000000&muc-thu=%3Cscript%3E")
    for words in ("Từ 50.000 đ đến 162.500 đ", "Từ 2 ngày làm việc đến 1 tháng"):
        assert f"<strong>{words} tùy trường hợp</strong>" in odd


def test_of_an_imported_record_who_is_not_sure_has_the_longest_case_not_the_time_of_a_way(import_records):
    imported_record(import_records)
    version = ProcedureVersion.objects.get()
    assert version.processing_time() == Duration(5, DurationUnit.WORKING_DAY)
    assert own_case.published_time(version, {"subcase": own_case.UNSURE}) == Duration(1, DurationUnit.MONTH)


def test_kept_pages_of_two_cases_are_not_mixed(import_records):
    imported_record(import_records)
    client, address = Client(), "/thu-tuc/1.900001/"
    values = re.findall(r'<option value="(c[0-9a-f]{10})">', page(client, address))
    pages = [page(client, f"{address}?muc-thu={value}") for value in values[2:] * 2]
    assert "<strong>50.000 đ</strong>" in pages[0] and "<strong>162.500 đ</strong>" in pages[1]
    assert pages[0] == pages[2] and pages[1] == pages[3]
    assert all(one != other for one, other in pairwise(pages))


def test_the_card_of_a_search_says_from_least_to_most(import_records):
    imported_record(import_records)
    assert "Từ 50.000 đ đến 162.500 đ tùy trường hợp" in page(Client(), "/thu-tuc/?q=nuôi rồng")
