"""Public figures: they add up, they open to rows, and nobody is in them."""

import csv
from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.agencies.models import Agency
from portal.feedback.models import Rating, Satisfaction
from portal.indicators import rows, services
from portal.indicators.periods import VIETNAM, Period
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=VIETNAM)
NOVEMBER = Period.parse("2026-11")


@pytest.fixture(autouse=True)
def _november() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def dossier(agency: Agency, number: int, **fields: Any) -> Dossier:
    """A dossier as it lies in the table; figures read rows, not services."""
    citizen = factories.make_citizen("Trần Văn Kín")
    return Dossier.objects.create(
        **{
            "code": f"{agency.code}-261120-{number:04d}",
            "state": DossierState.RETURNED,
            "procedure_code": "1.000001",
            "procedure_name": "Đăng ký khai sinh",
            "agency": agency,
            "filer": citizen,
            "owner": citizen,
            "applicant_name": "Trần Văn Kín",
            "submitted_at": NOW - timedelta(days=10),
            "due_at": NOW - timedelta(days=2),
            "finished_at": NOW - timedelta(days=3),
            **fields,
        }
    )


def rated(found: Dossier, satisfaction: int) -> Dossier:
    reason = "Chậm" if satisfaction == 1 else ""
    Rating.objects.create(dossier=found, rater=found.filer, satisfaction=satisfaction, reason=reason)
    return found


@pytest.fixture
def tree() -> dict[str, Agency]:
    """Two communes of one province, with dossiers of every sort; another province without any."""
    cua_nam, ba_dinh = factories.make_agency("H26.00073"), factories.make_agency("H26.00004")
    province = Agency.objects.get(code="H26")
    Agency.objects.create(code="H17", name="UBND Đà Nẵng", level="province", path="H17/")
    rated(dossier(cua_nam, 1), 3)  # on time
    rated(dossier(cua_nam, 2, finished_at=NOW - timedelta(days=1)), 1)  # late
    dossier(cua_nam, 3, due_at=None)  # no due date
    late_open = {"state": DossierState.PROCESSING, "finished_at": None}
    dossier(cua_nam, 4, **late_open)  # overdue
    dossier(cua_nam, 5, **{**late_open, "state": DossierState.AWAITING_SUPPLEMENT, "clock_stopped_at": NOW})
    dossier(ba_dinh, 6)  # on time
    dossier(province, 7)  # the province's own
    before = datetime(2026, 10, 31, 23, 59, tzinfo=VIETNAM)
    dossier(ba_dinh, 8, submitted_at=before, finished_at=before, due_at=before)  # last month's
    dossier(ba_dinh, 9, state=DossierState.DRAFT, submitted_at=None, finished_at=None, code=None)
    return {"province": province, "cua_nam": cua_nam, "ba_dinh": ba_dinh}


def lines(report: services.Report) -> dict[str, Any]:
    return {line.name: line.figures for line in report.lines}


def test_country_adds_up_its_provinces(tree: dict[str, Agency]) -> None:
    report = services.report(NOVEMBER)
    assert list(lines(report)) == [tree["province"].name]
    total = report.total
    assert (total.received, total.handled, total.with_due_date, total.on_time) == (7, 5, 4, 3)
    assert total.on_time_percent == Decimal("75.0")
    assert (total.overdue, total.rated, total.satisfied_percent) == (1, 2, None)
    assert report.silent == 1, "Đà Nẵng has nothing to count"


def test_province_shows_its_communes_and_its_own(tree: dict[str, Agency]) -> None:
    report = services.report(NOVEMBER, agency_code="H26")
    found = lines(report)
    assert set(found) == {tree["province"].name, tree["cua_nam"].name, tree["ba_dinh"].name}
    assert report.lines[0].is_own and found[tree["province"].name].handled == 1
    assert found[tree["cua_nam"].name].on_time_percent == Decimal("50.0")
    assert report.total == services.report(NOVEMBER).total


def test_commune_and_other_periods(tree: dict[str, Agency]) -> None:
    commune = services.report(NOVEMBER, agency_code="H26.00004")
    assert [above.code for above in commune.ancestors] == ["H26"]
    assert commune.total.handled == 1
    assert services.report(Period.parse("2026-10"), agency_code="H26.00004").total.handled == 1
    assert services.report(Period.parse("2026-Q4"), agency_code="H26.00004").total.handled == 2
    assert services.report(Period.parse("2026-09")).total.received == 0


@pytest.mark.parametrize(
    ("selection", "count"),
    [("da-giai-quyet", 5), ("da-nhan", 7), ("dung-han", 3), ("tre-han", 1), ("qua-han", 1), ("danh-gia", 2)],
)
def test_every_figure_opens_to_the_rows_it_counts(tree: dict[str, Agency], selection: str, count: int) -> None:
    found, following = rows.page(None, NOVEMBER, rows.Selection(selection), now=NOW)
    assert (len(found), following) == (count, None)
    assert len(list(rows.stream(None, NOVEMBER, rows.Selection(selection), now=NOW))) == count


def test_figures_can_be_recomputed_from_the_downloaded_rows(client: Client, tree: dict[str, Agency]) -> None:
    text = b"".join(client.get("/cong-khai/ho-so.csv", {"ky": "2026-11"}).streaming_content).decode("utf-8-sig")
    found = list(csv.DictReader(StringIO(text)))
    with_due = [row for row in found if row["Ngày hẹn trả"]]
    on_time = [row for row in with_due if row["Đúng hạn"] == "có"]
    assert Decimal(100 * len(on_time)) / len(with_due) == services.report(NOVEMBER).total.on_time_percent


def test_a_download_of_any_length_is_read_in_pieces_also_behind_a_pooler(
    client: Client, tree: dict[str, Agency], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted in rows a query brings, with the server's cursors off as behind a pooler in transaction mode."""
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    brought: list[int] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.startswith("SELECT") and "dossiers_dossier" in sql.partition("WHERE")[0]:
            brought.append(context["cursor"].rowcount)
        return result

    def download() -> bytes:
        answer = client.get("/cong-khai/ho-so.csv", {"loc": "da-nhan"})
        with connection.execute_wrapper(count):
            return b"".join(answer.streaming_content)

    whole = download()
    assert max(brought) > 2
    brought.clear()
    monkeypatch.setattr(rows, "CHUNK", 2)
    assert download() == whole
    assert len(brought) > 2 and max(brought) == 2


def test_nobody_is_in_pages_or_downloads(client: Client, tree: dict[str, Agency]) -> None:
    for address in ("/cong-khai/", "/cong-khai/ho-so/?loc=da-nhan", "/cong-khai/ho-so.csv", "/cong-khai/so-lieu.csv"):
        response = client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        assert "Trần Văn Kín".encode() not in body and b"261120-" not in body, address


def test_no_row_says_how_it_was_rated(client: Client, tree: dict[str, Agency]) -> None:
    for chosen in ("da-giai-quyet", "danh-gia"):
        page = client.get("/cong-khai/ho-so/", {"loc": chosen, "ky": "2026-11"}).content.decode()
        file = b"".join(client.get("/cong-khai/ho-so.csv", {"loc": chosen, "ky": "2026-11"}).streaming_content)
        assert page.count("Tên thủ tục") and not [answer for answer in Satisfaction if f">{answer.label}<" in page]
        assert not [answer for answer in Satisfaction if f",{answer.label}" in file.decode()]


def test_page_shows_figures_formula_and_links(client: Client, tree: dict[str, Agency]) -> None:
    page = client.get("/cong-khai/").content.decode()
    for words in (
        "Cách tính",
        "75\u00a0%",
        "(3 trên 4 hồ sơ có hẹn)",
        "Cơ quan có dưới 5 lượt",
        "Tháng 11 năm 2026",
        "766/QĐ-TTg",
        tree["province"].name,
    ):
        assert words in page, words
    assert "/cong-khai/ho-so/?ky=2026-11&amp;loc=dung-han" in page
    below = client.get("/cong-khai/", {"co-quan": "H26"}).content.decode()
    assert tree["ba_dinh"].name in below and "Cả nước" in below


def test_page_in_english(client: Client, tree: dict[str, Agency]) -> None:
    Agency.objects.filter(code="H26").update(name_en="People's Committee of Hà Nội")
    page = client.get("/en/cong-khai/").content.decode()
    assert "People&#x27;s Committee of Hà Nội" in page
    assert "November 2026" in page and "Month 11" not in page and "november" not in page
    assert "tháng 11 năm 2026" in client.get("/cong-khai/").content.decode()


def test_rows_in_english_name_procedure_and_agency_in_english(client: Client, tree: dict[str, Agency]) -> None:
    Agency.objects.filter(pk=tree["cua_nam"].pk).update(name_en="People’s Committee of Cửa Nam ward")
    dossier(tree["cua_nam"], 10, procedure_version=factories.make_version(), finished_at=NOW)
    for address in ("/en/cong-khai/ho-so/", "/en/cong-khai/ho-so.csv"):
        answer = client.get(address)
        page = b"".join(answer).decode()
        assert "Test procedure" in page and "People’s Committee of Cửa Nam ward" in page, address
        assert "november" not in page
    assert "Đăng ký khai sinh" in client.get("/en/cong-khai/ho-so/").content.decode(), "of an unknown procedure"


def test_rows_call_a_procedure_what_its_sheet_calls_it(client: Client, tree: dict[str, Agency]) -> None:
    version = factories.make_version()
    dossier(tree["cua_nam"], 10, procedure_version=version, procedure_name=version.name, finished_at=NOW)
    page = client.get("/cong-khai/ho-so/").content.decode()
    assert version.short_name in page and version.name not in page


@pytest.mark.parametrize("address", ["/cong-khai/", "/cong-khai/?co-quan=H26"])
def test_queries_do_not_grow_with_the_tree(
    client: Client, tree: dict[str, Agency], django_assert_max_num_queries: Any, address: str
) -> None:
    for number in range(10, 30):
        dossier(factories.make_agency(f"H{number}.00001"), number)
    with django_assert_max_num_queries(7):
        assert client.get(address).status_code == 200


def test_rows_page_by_page_without_gap_or_double(client: Client) -> None:
    agency = factories.make_agency()
    for number in range(rows.PAGE_SIZE + 7):
        # many share a moment: the position must tell them apart
        dossier(agency, number, finished_at=NOW - timedelta(hours=number // 10), procedure_name=f"Thủ tục {number:03d}")
    seen: list[str] = []
    following: rows.Position | None = None
    for _page in range(2):
        found, following = rows.page(agency, NOVEMBER, rows.Selection.HANDLED, now=NOW, after=following)
        seen += [row.procedure for row in found]
    assert following is None and len(seen) == len(set(seen)) == rows.PAGE_SIZE + 7
    first = client.get("/cong-khai/ho-so/?ky=2026-11").content.decode()
    assert "Trang sau" in first and "sau=" in first


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"ky": "2026-13"}, 422, "Kỳ không đúng"),
        ({"ky": "2027-01"}, 422, "không ở tương lai"),
        ({"ky": "x" * 10_000}, 422, "Kỳ không đúng"),
        ({"co-quan": "H99"}, 404, ""),
        ({"co-quan": "x" * 10_000}, 404, ""),
    ],
)
def test_wrong_input_is_told_in_words(client: Client, query: dict[str, str], status: int, words: str) -> None:
    response = client.get("/cong-khai/", query)
    assert response.status_code == status and words in response.content.decode()


@pytest.mark.parametrize("query", [{"loc": "tat-ca"}, {"sau": "hôm qua"}, {"sau": "2026-11-01~1"}, {"sau": "~"}])
def test_wrong_list_or_position_is_told_in_words(client: Client, query: dict[str, str]) -> None:
    assert client.get("/cong-khai/ho-so/", query).status_code == 422


def test_nothing_to_count_yet(client: Client) -> None:
    assert "Chưa có hồ sơ nào trong kỳ này" in client.get("/cong-khai/").content.decode()
    assert "Không có hồ sơ nào" in client.get("/cong-khai/ho-so/").content.decode()


def test_text_that_a_spreadsheet_would_run_is_defused(client: Client) -> None:
    dossier(factories.make_agency(), 1, procedure_name='=HYPERLINK("http://evil.example")')
    text = b"".join(client.get("/cong-khai/ho-so.csv").streaming_content).decode()
    assert "'=HYPERLINK" in text


def test_public_figures_are_at_most_a_minute_old(tree: dict[str, Agency]) -> None:
    first = services.public_figures()
    assert (first["dossiers_total"], first["handled_this_month"]) == (8, 5)
    assert first["on_time_percent"] == Decimal("75.0") and first["as_of"] == timezone.now()
    dossier(tree["ba_dinh"], 20)
    assert services.public_figures() == first
    cache.clear()
    assert services.public_figures()["dossiers_total"] == 9


def test_figures_do_without_the_cache(tree: dict[str, Agency], monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any, **_more: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(services.cache, "get", away)
    assert services.public_figures()["dossiers_total"] == 8
