"""Procedures of the national catalogue belong to life events by field and name: in the filter and on their pages."""

from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from procedures import catalogue, search
from procedures.models import LifeEvent, Procedure
from procedures.national import life_events
from procedures.packs import own_reference
from procedures.search import Filters
from tests.procedures.conftest import BIRTH
from tests.procedures.national_records import record

pytestmark = pytest.mark.django_db
CIVIL = {"field": "Hộ tịch", "field_code": "G15-TP07", "level": ["Cấp xã"]}


@pytest.mark.parametrize(
    ("field", "name", "slugs"),
    [
        ("Hộ tịch", "Thủ tục đăng ký lại khai sinh", ["co-con-nho"]),
        ("Hộ tịch", "ĐĂNG KÝ KẾT HÔN LƯU ĐỘNG", ["ket-hon"]),
        ("Hộ tịch", "Đăng ký lại khai tử", ["nguoi-than-qua-doi"]),
        ("Hộ tịch", "Cấp bản sao trích lục hộ tịch", ["giay-to-tuy-than"]),
        ("Đăng ký, quản lý cư trú", "Gia hạn tạm trú", ["chuyen-cho-o"]),
        ("Sát hạch, cấp giấy phép lái xe", "Đổi giấy phép lái xe", ["lai-xe"]),
        ("Việc làm (G07-LĐ11)", "Hưởng trợ cấp thất nghiệp", ["viec-lam"]),
        ("Thực hiện chính sách BHXH", "Giải quyết hưởng bảo hiểm xã hội một lần", ["bao-hiem", "huu-tri"]),
        ("Bảo hiểm xã hội", "Chế độ đối với lao động nữ có thai chết lưu", ["bao-hiem"]),
        ("Thành lập và hoạt động doanh nghiệp (hộ kinh doanh)", "Đăng ký thành lập hộ kinh doanh", ["kinh-doanh"]),
        ("Thực hiện chính sách BHYT", "Thanh toán trực tiếp chi phí BHYT", ["bao-hiem", "suc-khoe"]),
        ("Đất đai", "Đăng ký biến động", ["nha-o-dat-dai"]),
        ("Giáo dục trung học", "Tuyển sinh trung học cơ sở", ["hoc-tap"]),
        ("Giáo dục trung học", "Cho phép trường trung học hoạt động", []),
        ("Chăn nuôi", "Cấp giấy khai sinh cho rồng", []),
    ],
)
def test_field_and_name_tell_the_event(field, name, slugs):
    assert life_events.of(field, name) == slugs


def test_every_event_has_rules_and_every_rule_finds_what_it_names():
    for event in own_reference().life_events:
        assert event["imported"], event["slug"]
        for rule in event["imported"]:
            assert set(rule) <= {"fields", "names"} and rule["fields"]
            for field in rule["fields"]:
                for name in rule.get("names") or ["Thủ tục"]:
                    assert event["slug"] in life_events.of(field, f"Cấp {name} (mới)"), (field, name)


@pytest.fixture
def events(reference):
    catalogue.load_life_events(reference)


def links():
    through = Procedure.life_events.through.objects
    return sorted(through.values_list("procedure__code", "lifeevent__slug"))


def page(client, address="/viec-trong-doi/co-con-nho/"):
    return " ".join(unescape(client.get(address).content.decode()).split())


def test_an_imported_record_is_in_the_filter_and_on_the_page(events, import_records, client):
    import_records(record(name="Đăng ký khai sinh cho rồng", **CIVIL), record("1.900002", **CIVIL))
    assert links() == [("1.900001", "co-con-nho")]
    found = search.search("", Filters(life_event="co-con-nho"))
    assert [hit.code for hit in found.hits] == ["1.900001"]
    assert search.search("").counts["life_event"] == {"co-con-nho": 1}
    html = page(client)
    assert "Đăng ký khai sinh cho rồng" in html and "1.900002" not in html
    assert 'href="/thu-tuc/?su-kien=co-con-nho"' in html, "the way to all of them"


def test_a_name_that_changes_changes_the_event(events, import_records):
    import_records(record(name="Đăng ký khai sinh cho rồng", **CIVIL))
    import_records(record(name="Đăng ký kết hôn cho rồng", **CIVIL))
    assert links() == [("1.900001", "ket-hon")]


def test_events_that_come_later_find_what_is_there(import_records, reference):
    import_records(record(name="Đăng ký khai sinh cho rồng", **CIVIL))
    assert links() == []
    catalogue.load_life_events(reference)
    assert links() == [("1.900001", "co-con-nho")]
    LifeEvent.objects.get(slug="ket-hon").procedures.add(Procedure.objects.get())
    catalogue.load_life_events(reference)
    assert links() == [("1.900001", "co-con-nho")], "what no rule says is taken away"


def test_packs_of_ours_keep_the_events_they_name(import_records, publish):
    publish(BIRTH)
    before = links()
    import_records(record(BIRTH, name="Đăng ký kết hôn", **CIVIL))
    assert links() == before and before


def test_the_nearest_come_first_and_one_provinces_own_stay_out(events, import_records, client):
    rows = [
        record("1.900001", name="Khai sinh ở bộ", field="Hộ tịch", level=["Cấp bộ"]),
        record(
            "1.900002",
            name="Khai sinh ở xã cho tổ chức",
            field="Hộ tịch",
            level=["Cấp xã"],
            target_groups=["Doanh nghiệp"],
        ),
        record("1.900003", name="Khai sinh ở xã", field="Hộ tịch", level=["Cấp xã"]),
        record("1.900004", name="Khai sinh ở tỉnh rồng", field="Hộ tịch", level=["Cấp xã"]),
    ]
    import_records(*rows)
    Procedure.objects.filter(code="1.900004").update(province_code="01")
    html = page(client)
    places = [html.index(f"/thu-tuc/{code}/") for code in ("1.900003", "1.900002", "1.900001")]
    assert places == sorted(places) and "/thu-tuc/1.900004/" not in html


def test_queries_do_not_grow_with_the_catalogue(events, import_records, client):
    def queries(work):
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            work()
        return len(captured)

    def rows(count):
        return [record(f"1.90{number:04}", name=f"Khai sinh {number}", **CIVIL) for number in range(count)]

    few_imported = queries(lambda: import_records(*rows(2)))
    few = queries(lambda: page(client))
    many_imported = queries(lambda: import_records(*rows(60)))
    assert queries(lambda: page(client)) <= few
    assert many_imported <= few_imported + 5  # what is there already has its versions ended
