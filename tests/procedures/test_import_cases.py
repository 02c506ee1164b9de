"""Ways of filing and cases with times of their own: kept, shown on the sheet, in the API, and in what has changed."""

from html import unescape
from typing import Any

import pytest

from procedures.models import Procedure
from tests.factories import make_citizen
from tests.procedures.national_records import case, record

pytestmark = pytest.mark.django_db
URL = "/thu-tuc/1.900001/"


def way(channel: str, time: Any, unit: str = "WORKING_DAY") -> dict[str, Any]:
    return {"channel": channel, "time": time, "time_unit": unit, "description": "", "fee": []}


CASES = [case(1, "Rồng con", 2), case(2, "Rồng già", 1, "MONTH"), case(3, "Rồng lạ", 0, "OTHER")]
WAYS = [way("online", 5), way("direct", 7), way("postal", 7)]


def page(client: Any, address: str = URL) -> str:
    return " ".join(unescape(client.get(address).content.decode()).split())


def test_each_way_and_each_case_says_its_time(import_records, client):
    import_records(record(methods=WAYS, subcases=CASES))
    html = page(client)
    for words in (
        "Trực tuyến trên cổng này: 5 ngày làm việc",
        "Trực tiếp tại cơ quan: 7 ngày làm việc",
        "Rồng con: <strong>2 ngày làm việc</strong>",
        "Rồng già: <strong>1 tháng</strong>",
        "<li>Rồng lạ</li>",
        "<strong>Từ 2 ngày làm việc đến 1 tháng tùy trường hợp</strong>",
    ):
        assert words in html, words
    assert Procedure.objects.get().current.processing_value == 7, "the way of filing promises"
    assert "Rồng con: <strong>2 working days</strong>" in page(client, f"/en{URL}")


def test_the_open_catalogue_has_them(import_records, client):
    import_records(record(methods=WAYS, subcases=CASES))
    told = client.get("/api/v1/procedures/1.900001/").json()
    assert told["ways"] == [
        {"channel": "online", "value": 5, "unit": "working_day"},
        {"channel": "direct", "value": 7, "unit": "working_day"},
        {"channel": "postal", "value": 7, "unit": "working_day"},
    ]
    assert [(row["code"], row["value"], row["unit"]) for row in told["subcases"]] == [
        ("1.900001.01", 2, "working_day"),
        ("1.900001.02", 1, "month"),
        ("1.900001.03", None, None),
    ]


@pytest.mark.parametrize("changed", ["case", "way"])
def test_a_time_of_one_that_changes_is_among_what_changed(import_records, client, changed):
    import_records(record(methods=WAYS, subcases=CASES))
    cases = [case(1, "Rồng con", 3), *CASES[1:]] if changed == "case" else CASES
    ways = [way("online", 4), *WAYS[1:]] if changed == "way" else WAYS
    import_records(record(methods=ways, subcases=cases))
    html = page(client, f"{URL}ban-cong-bo/1-2/")
    expected = "Rồng con · 3 ngày làm việc" if changed == "case" else "Trực tuyến trên cổng này: 4 ngày làm việc"
    assert expected in html and "không đổi" not in html


def test_where_only_cases_have_a_time_the_longest_is_promised(import_records, client):
    import_records(record(methods=[way("direct", 0, "OTHER")], subcases=[case(1, "A", 3), case(2, "B", 10)]))
    version = Procedure.objects.get().current
    assert (version.processing_value, version.processing_unit) == (10, "working_day")


def test_a_single_case_that_says_the_same_is_not_said_twice(import_records, client):
    client.force_login(make_citizen())  # her pages are kept by nobody
    import_records(record(methods=WAYS, subcases=[case(1, "Rồng con", 7)]))
    assert "Từng trường hợp" not in page(client)
    import_records(record(methods=WAYS, subcases=[case(1, "Rồng con", 9)]))
    assert "Rồng con: <strong>9 ngày làm việc</strong>" in page(client)


@pytest.mark.parametrize("time", [None, "ba ngày", -1, True, 1e18, "1e999", {"x": 1}, [5]])
def test_a_time_of_a_case_that_is_none_costs_nothing_else(import_records, client, time):
    import_records(record(methods=WAYS, subcases=[case(1, "A", time), case(2, "B", 4)]))
    html = page(client)
    assert "<li>A</li>" in html and "B: <strong>4 ngày làm việc</strong>" in html


def test_cases_of_one_name_are_no_list_to_choose_from(import_records, client):
    import_records(record(methods=WAYS, subcases=[case(1, "Rồng", 2), case(2, "Rồng", 9)]))
    html = page(client)
    assert "Từng trường hợp" not in html and "Từ 2 ngày làm việc đến 9 ngày làm việc tùy trường hợp" in html
