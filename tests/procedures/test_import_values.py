"""What a national record says of fees, times, papers and agencies is sure, or stays words."""

import json
from datetime import date
from html import unescape

import pytest

from portal.agencies import successors
from portal.agencies.models import Agency
from procedures import search
from procedures.models import Procedure
from tests.factories import make_citizen
from tests.procedures.national_records import record, skipped, wire_record

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("fee", "amount", "foreign"),
    [
        ({"type": "FEE", "amount": 20, "note": "20.000 vnđ /tờ khai"}, None, ""),
        ({"type": "FEE", "amount": 0, "note": "Theo Thông tư số 1/2025/TT-BTC"}, None, ""),
        ({"type": "FEE", "amount": 0, "note": "Miễn phí"}, 0, ""),
        ({"type": "FEE", "amount": 0}, 0, ""),
        ({"type": "FEE", "amount": 25, "currency": "USD"}, None, "25 USD"),
        ({"type": "FEE", "amount": "20.000", "currency": "VND"}, 20_000, ""),
        ({"type": "FEE", "amount": "hai mươi nghìn"}, None, ""),
        ({"type": "FEE", "amount": 150000, "note": "do Hội đồng nhân dân tỉnh quyết định"}, None, ""),
        ({"type": "FEE", "amount": -5}, None, ""),
        ({"type": "FEE", "amount": True}, None, ""),
        ({"type": "FEE", "amount": None, "note": "x"}, None, ""),
        ({"type": "FEE", "amount": 1e18}, None, ""),
        ({"type": "FEE", "amount": 2000, "note": "20.000 đồng"}, None, ""),
        *(
            ({"type": "FEE", "amount": 0, "note": note}, 0, "")
            for note in (
                "Không",
                "Không có.",
                "Không thu phí, lệ phí",
                "0 đồng",
                "Không quy định",
                "- Miễn lệ phí (Thông tư 47);",
            )
        ),
        # exempt are those that the note names, and the rest of it is what everybody else pays
        *(
            ({"type": "FEE", "amount": 0, "note": note}, None, "")
            for note in (
                "Miễn lệ phí đối với những trường hợp sau: người có công, hộ nghèo",
                "Trường hợp công dân thuộc diện được miễn phí thì xuất trình giấy tờ",
                "2.400.000 Đồng (Miễn phí từ ngày 07/4/2026 đến 30/6/2026)",
                "- Miễn lệ phí (Thông tư số 47/2019/TT-BTC). - Phí công bố: 100.000 đồng/lần",
                "Không thu lệ phí đăng ký đối với tổ hợp tác",
                "Chưa quy định",
            )
        ),
        ({"type": "FEE", "amount": 155, "note": "Loại có thời hạn 05 năm: 155 USD/thẻ."}, None, "155 USD"),
        ({"type": "FEE", "amount": 1155, "note": "1155 USD/thẻ."}, None, "1155 USD"),
        ({"type": "FEE", "amount": "20.000 vnđ"}, 20_000, ""),
        ({"type": "FEE", "amount": "50 USD"}, None, "50 USD"),
        # the words write thousands and millions out, or count in dollars what the figure counts in thousands
        ({"type": "FEE", "amount": 1500, "note": "1,5 triệu đồng/hồ sơ"}, None, ""),
        ({"type": "FEE", "amount": 1_500_000, "note": "1,5 triệu đồng/hồ sơ"}, 1_500_000, ""),
        ({"type": "FEE", "amount": 30_000, "note": "30 nghìn đồng/lần"}, 30_000, ""),
        ({"type": "FEE", "amount": 135_000, "note": "135 USD"}, None, ""),
        # a currency in other words than VND is no foreign one; one that the words deny is nobody's
        *(
            ({"type": "FEE", "amount": 300_000, "currency": currency}, 300_000, "")
            for currency in ("vnđ", "đồng", "Việt Nam đồng", "VNĐ/hồ sơ", "đồng/lần", "VND ")
        ),
        ({"type": "FEE", "amount": 300, "currency": "EUR"}, None, "300 EUR"),
        ({"type": "FEE", "amount": 50_000, "currency": "USD", "note": "50.000 đồng"}, None, ""),
        ({"type": "FEE", "amount": 50, "currency": "USD", "note": "50 USD/thẻ"}, None, "50 USD"),
    ],
)
def test_a_fee_is_sure_or_has_no_amount(import_records, fee, amount, foreign):
    import_records(record(methods=[{"channel": "direct", "time": 1, "time_unit": "DAY", "fee": [fee]}]))
    rule = Procedure.objects.get().current.fees.get()
    assert (rule.amount_vnd, rule.foreign_amount) == (amount, foreign)
    is_in_words = isinstance(fee["amount"], str) and rule.amount_vnd is None and not foreign
    assert rule.when_text == (fee["amount"] if is_in_words else fee.get("note", ""))


@pytest.mark.parametrize(
    ("unit", "words", "kept"),
    [
        ("DAY", "15 ngày làm việc kể từ ngày nhận đủ hồ sơ hợp lệ", "working_day"),
        ("DAY", "Trong thời hạn 15 (mười lăm) ngày làm việc", "working_day"),
        ("DAY", "15 ngày kể từ ngày nhận đủ hồ sơ", "day"),
        ("DAY", "15 ngày, trong đó thẩm định 15 ngày làm việc", "day"),
        ("DAY", "Kiểm tra 05 ngày làm việc, quyết định 10 ngày làm việc", "day"),
        ("WORKING_DAY", "15 ngày kể từ ngày nhận đủ hồ sơ", "working_day"),
    ],
)
def test_days_are_working_days_where_the_words_say_so(import_records, unit, words, kept):
    import_records(record(methods=[{"channel": "direct", "time": 15, "time_unit": unit, "description": words}]))
    version = Procedure.objects.get().current
    assert (version.processing_value, version.processing_unit) == (15, kept)


def test_of_several_cases_none_is_charged_by_itself(import_records):
    rows = [{"type": "FEE", "amount": 10_000, "note": "Cá nhân"}, {"type": "FEE", "amount": 90_000, "note": "Tổ chức"}]
    import_records(record(methods=[{"channel": "direct", "time": 1, "time_unit": "DAY", "fee": rows}]))
    assert not any(rule.is_default for rule in Procedure.objects.get().current.fees.all())


@pytest.mark.parametrize(
    ("time", "unit", "value", "kept"),
    [
        (3, "WORKING_DAY", 3, "working_day"),
        (7.5, "WORKING_DAY", 60, "hour"),
        ("15", "DAY", 15, "day"),
        (2, "MONTH", 2, "month"),
        (1, "YEAR", 1, "year"),
        (4, "HOUR", 4, "hour"),
        (1, "OTHER", None, ""),
        (0, "DAY", None, ""),
        ("Theo mô tả", "DAY", None, ""),
        (-1, "DAY", None, ""),
        (10**9, "DAY", None, ""),
        (3, " day ", 3, "day"),
        (3, "Ngày làm việc", 3, "working_day"),
        (3, "working_day", 3, "working_day"),
        (4, "WEEK", 28, "day"),
        ("2", "tuần", 14, "day"),
        (1, "FORTNIGHT", None, ""),
        (None, None, None, ""),
    ],
)
def test_a_time_is_sure_or_stays_words(import_records, time, unit, value, kept):
    import_records(
        record(methods=[{"channel": "direct", "time": time, "time_unit": unit, "fee": [], "description": "Xem Điều 5"}])
    )
    version = Procedure.objects.get().current
    assert (version.processing_value, version.processing_unit) == (value, kept)
    assert "Xem Điều 5" in version.sheet["processing"]["text"]["vi"]


@pytest.mark.parametrize(
    ("time", "unit", "words"),
    [
        (0.5, "DAY", "0,5 ngày"),
        (1.5, "MONTH", "1,5 tháng"),
        (1, "FORTNIGHT", "1 FORTNIGHT"),
        ("15-20", "DAY", "15-20 ngày"),
        ("10 – 15", "WORKING_DAY", "10 – 15 ngày làm việc"),
        ("2-3", "WEEK", "2-3 tuần"),
        (1.5, "WEEK", "1,5 tuần"),
        ("tùy trường hợp", "DAY", "tùy trường hợp"),
    ],
)
def test_a_time_that_is_no_whole_number_keeps_its_words(import_records, time, unit, words):
    import_records(record(methods=[{"channel": "direct", "time": time, "time_unit": unit, "fee": []}]))
    version = Procedure.objects.get().current
    assert version.processing_value is None and version.sheet["processing"]["text"]["vi"] == words


def test_a_time_between_two_numbers_is_named(import_records):
    (_told, report) = import_records(record(methods=[{"channel": "direct", "time": "15-20", "time_unit": "DAY"}]))
    assert any("“15-20” không phải một số" in row.get("reason", "") for row in report), report


@pytest.mark.parametrize("time", [True, [3], {"days": 3}])
def test_a_time_of_a_wrong_type_is_named(import_records, time):
    _told, report = import_records(record(methods=[{"channel": "direct", "time": time, "time_unit": "DAY"}]))
    assert any(row.get("field") == "methods.time" and "không phải số" in row.get("reason", "") for row in report), (
        report
    )
    (_code, again) = import_records(record("1.900002", subcases=[{"code": "1", "name": "A", "time": time}]))
    assert any("không phải số" in row.get("reason", "") for row in again), again


def test_a_key_that_stands_twice_is_named(import_records):
    line = json.dumps(record(), ensure_ascii=False)
    twice = line.replace('"amount": 50000', '"amount": 70000, "amount": 50000').replace(
        '"steps":', '"note": "Cũ", "steps":'
    )
    twice = twice[:-1] + ', "note": "Mới"}'
    _told, report = import_records(twice.encode(), record("1.900002"))
    named = {row["field"] for row in report if "hai lần" in row.get("reason", "")}
    assert named == {"note", "methods.amount"} and {
        row["code"] for row in report if "hai lần" in row.get("reason", "")
    } == {"1.900001"}
    version = Procedure.objects.get(code="1.900001").current
    assert version.fees.get().amount_vnd == 50_000 and "Mới" in str(version.sheet["notes"])


def test_what_a_publisher_says_people_type_finds_the_procedure(import_records, client):
    import_records(
        record(keywords="Nuôi rồng; giấy con linh thú, con linh thú\nKhông có thông tin"),
        record("1.900002", name="Xác nhận một việc khác", keywords=["Xác nhận một việc khác", 7, "  "]),
    )
    version = Procedure.objects.get(code="1.900001").current
    assert version.sheet["keywords"] == ["giấy con linh thú", "con linh thú"], "without what the name says anyway"
    found = search.search("linh thú").hits
    assert [hit.code for hit in found][:1] == ["1.900001"]
    assert (
        "keywords" not in Procedure.objects.get(code="1.900002").current.sheet
        or not Procedure.objects.get(code="1.900002").current.sheet["keywords"]
    )


def test_half_a_day_more_is_the_longer_time(import_records):
    days = (17.5, 17, 5)
    methods = [{"channel": "direct", "time": each, "time_unit": "WORKING_DAY", "fee": []} for each in days]
    import_records(record(methods=methods))
    version = Procedure.objects.get().current
    assert (version.processing_value, version.processing_unit) == (17.5 * 8, "hour")


def test_notes_among_the_papers_are_not_papers(import_records):
    import_records(record())
    kinds = list(Procedure.objects.get().current.components.values_list("kind", flat=True))
    assert kinds == ["document", "present_only"]


def test_internal_procedures_are_not_offered(import_records):
    import_records(record(scope="STANDARD_INTERNAL"))
    assert search.search("nuôi rồng").hits == []


def test_a_time_in_a_unit_nobody_knows_stays_words(import_records):
    way = {"KENH": "1", "THOIGIAN": [{"THOIGIANGIAIQUYET": "2", "DONVITINH": "Quý", "MOTA": ""}]}
    _out, report = import_records(wire_record(CACHTHUCTHUCHIEN=[way]))
    version = Procedure.objects.get().current
    assert version.processing_value is None
    assert version.sheet["processing"]["text"]["vi"] == "2 Quý"
    assert "methods.time_unit" in [line["field"] for line in report if line["kind"] == "flaw"]


@pytest.mark.parametrize("value", ["inf", "-inf", "Infinity", "1e999", 99_999.5, "99999.5"])
def test_a_time_without_end_costs_its_part_only(import_records, value):
    method = {"channel": "direct", "time": value, "time_unit": "WORKING_DAY", "description": "Xem Điều 5"}
    _out, report = import_records(record(methods=[method]))
    version = Procedure.objects.get().current
    assert not skipped(report)
    assert (version.processing_value, "Xem Điều 5" in version.sheet["processing"]["text"]["vi"]) == (None, True)


def test_agencies_are_shown_with_what_has_their_tasks_today(import_records, client):
    """Along a chain to its end; where a chain is a circle, it ends before it would close."""
    first, second, third = (
        Agency.objects.create(code=f"X9{at}", name=name, level="province", branch="other")
        for at, name in enumerate(["Sở A", "Sở B", "Sở C"])
    )
    first.successor, second.successor = second, third
    for agency in (first, second):
        agency.valid_to = date(2025, 2, 28)
        agency.save()
    published = {
        "executing": [{"code": "X90.01", "name": "Phòng cũ"}, {"code": "000.00.05.X91", "name": "Thanh tra"}],
        "competent": [{"code": "X90", "name": "Sở A"}, {"code": "Y77", "name": "Sở lạ"}],
        "coordinating": [{"code": "X92", "name": "Sở C"}],
    }
    import_records(record(agencies=published, promulgated_by={"code": "X91", "name": "Sở B"}))
    shown = unescape(client.get("/thu-tuc/1.900001/").content.decode())
    for words in (
        "Phòng cũ – thuộc cơ quan nay là Sở C; Thanh tra – thuộc cơ quan nay là Sở C",
        "Sở A – nay là Sở C; Sở lạ",
        "Sở B – nay là Sở C",
    ):
        assert words in shown
    assert "Sở C – nay" not in shown and "Sở lạ –" not in shown
    assert all(
        "successor" not in row for rows in Procedure.objects.get().current.sheet["agencies"].values() for row in rows
    )
    third.successor, third.valid_to = first, date(2025, 2, 28)
    third.save()
    assert successors.heirs_of(["X90"])["X90"].agency == third


def test_a_merger_after_the_import_is_shown_without_another_import(import_records, client):
    old = Agency.objects.create(code="X90", name="Sở A", level="province", branch="other")
    new = Agency.objects.create(code="X91", name="Sở B", level="province", branch="other")
    import_records(record(agencies={"competent": [{"code": "X90", "name": "Sở A"}]}))
    client.force_login(make_citizen())  # her pages are kept by nobody
    assert "nay là Sở B" not in client.get("/thu-tuc/1.900001/").content.decode()
    old.successor, old.valid_to = new, date(2025, 2, 28)
    old.save()
    assert "Sở A – nay là Sở B" in client.get("/thu-tuc/1.900001/").content.decode()


def test_an_old_address_of_the_filter_leads_to_the_heir(import_records, client):
    new = Agency.objects.create(code="G17", name="Bộ Xây dựng", level="ministry", branch="construction")
    ended = {"level": "ministry", "branch": "other", "valid_to": date(2025, 2, 28)}
    old = Agency.objects.create(code="G04", name="Bộ Giao thông vận tải", successor=new, path="G04/", **ended)
    Agency.objects.create(code="G99", name="Bộ trước nữa", successor=old, path="G99/", **ended)
    import_records(
        record(promulgated_by={"code": "G04", "name": "Bộ GTVT"}), record("1.900002", name="Cấp thẻ phượng hoàng")
    )
    for code in ("G17", "G04", "G99"):
        html = unescape(client.get("/thu-tuc/", {"co-quan": code}).content.decode())
        assert "/thu-tuc/1.900001/" in html and "/thu-tuc/1.900002/" not in html, code
        assert "Bộ Xây dựng" in html, "the chosen option is the one that is there"
        assert "Cấp giấy phép nuôi rồng" in html, code
    html = client.get("/thu-tuc/", {"co-quan": "G77"}).content.decode()
    assert "/thu-tuc/1.900001/" not in html, "an agency that nobody knows has nothing"


def test_the_filter_has_one_line_for_an_agency_and_the_one_before_it(import_records, client):
    new = Agency.objects.create(code="G17", name="Bộ Xây dựng", level="ministry", branch="construction")
    Agency.objects.create(
        code="G04", name="Bộ GTVT", level="ministry", branch="other", successor=new, valid_to=date(2025, 2, 28)
    )
    Agency.objects.create(code="G10", name="Bộ NN&MT", level="ministry", branch="other")
    for at, (code, name) in enumerate([("G04", "Bộ GTVT"), ("G17", "Bộ Xây dựng"), ("G10", "Bộ NN&MT")]):
        import_records(record(f"1.90000{at}", promulgated_by={"code": code, "name": name}))
    found = search.search("nuôi rồng")
    assert found.counts["agency"] == {"G17": 2, "G10": 1}
    assert len(search.search("nuôi rồng", search.Filters(agency="G17")).hits) == 2
