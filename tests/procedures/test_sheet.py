"""The sheet of a procedure: all legal parts, and the answer for one's own commune, without scripts."""

import pytest
from django.urls import reverse

from procedures import catalogue, closing
from tests.procedures.conftest import BIRTH, LICENCE, RESIDENCE

pytestmark = pytest.mark.django_db


def sheet(client, code, language="vi", **parameters):
    prefix = "/en" if language == "en" else ""
    return client.get(f"{prefix}/thu-tuc/{code}/", parameters)


def test_every_legal_part_is_there(publish, client):
    publish(BIRTH)
    html = sheet(client, BIRTH).content.decode()
    for anchor in (
        "buoc",
        "giay-to",
        "muc-thu",
        "thoi-gian",
        "cach-nop",
        "ket-qua",
        "doi-tuong",
        "co-quan",
        "dieu-kien",
        "can-cu",
        "cong-bo",
    ):
        assert f'href="#{anchor}"' in html
        assert f'id="{anchor}"' in html
    for words in (
        "Thủ tục đăng ký khai sinh",
        "1.001193",
        "Giấy chứng sinh",
        "163/QĐ-BTP",
        "16/01/2026",
        "66.7/2025/NQ-CP",
        "Miễn phí",
        "Theo nghị quyết của Hội đồng nhân dân tỉnh, thành phố",
        "8.000\xa0đ",
        "Công dân Việt Nam",
        "Nhận sau 15:00",
    ):
        assert words in html, words


def test_a_reader_without_a_place_gets_the_general_answer(publish, territory, client):
    publish(BIRTH)
    html = sheet(client, BIRTH).content.decode()
    assert "Ủy ban nhân dân cấp xã nơi cư trú của cha hoặc mẹ" in html
    assert "Chọn nơi của bạn" in html
    assert "data-commune-field hidden" in html


def test_choosing_a_province_offers_its_communes_then_the_agency(publish, territory, client):
    publish(BIRTH)
    html = sheet(client, BIRTH, tinh="01").content.decode()
    assert '<option value="00073">Phường Cửa Nam</option>' in html
    html = sheet(client, BIRTH, tinh="01", xa="00073").content.decode()
    assert "Ở phường Cửa Nam" in html
    assert "UBND phường Cửa Nam (H26.00073)" in html


@pytest.mark.parametrize(
    "parameters", [{"tinh": "99"}, {"tinh": "01", "xa": "20242"}, {"xa": "00073"}, {"tinh": "x" * 5000}]
)
def test_a_place_that_does_not_fit_is_no_place(publish, territory, client, parameters):
    publish(BIRTH)
    response = sheet(client, BIRTH, **parameters)
    assert response.status_code == 200
    assert response.context["place"].agency is None


def test_a_commune_without_an_agency_says_so(publish, territory, client):
    publish(BIRTH)
    html = sheet(client, BIRTH, tinh="01", xa="00100").content.decode()
    assert "Chưa có cơ quan tiếp nhận ở nơi này." in html


def test_online_and_desk_fees_are_told_apart(publish, client):
    publish(RESIDENCE)
    html = sheet(client, RESIDENCE).content.decode()
    assert "<strong>10.000\xa0đ</strong> khi nộp trực tuyến" in html
    assert "20.000\xa0đ khi nộp trực tiếp" in html


def test_filing_starts_from_here(publish, client):
    publish(BIRTH)
    assert reverse("dossiers:start", kwargs={"code": BIRTH}) in sheet(client, BIRTH).content.decode()


def test_a_closed_procedure_says_why_and_what_replaced_it(publish, client):
    publish(BIRTH, "3.000722")
    closing.close(BIRTH, reason="Bãi bỏ theo Quyết định 1/QĐ-BTP.", replaced_by="3.000722")
    html = sheet(client, BIRTH).content.decode()
    assert "Thủ tục này đã ngừng nhận hồ sơ" in html
    assert "Bãi bỏ theo Quyết định 1/QĐ-BTP." in html
    assert "/thu-tuc/3.000722/" in html
    assert reverse("dossiers:start", kwargs={"code": BIRTH}) not in html
    head = html[html.index('<div class="sheet__head">') : html.index("</h1>")]
    assert "Ngừng nhận hồ sơ" in head and "trên mạng" not in head  # no badge of what it no longer does


def test_a_replaced_code_points_to_its_successor(publish, client):
    publish("3.000722")
    html = sheet(client, "2.000986").content.decode()
    assert "Thủ tục 2.000986 đã được thay thế" in html
    assert "/thu-tuc/3.000722/" in html


@pytest.mark.parametrize("code", ["9.999999", "khong-co", "1.001193x", "%2e%2e"])
def test_an_unknown_code_is_not_found(publish, client, code):
    publish(BIRTH)
    assert sheet(client, code).status_code == 404


def test_texts_are_escaped(publish, pack_data, reference, client):
    data = pack_data(BIRTH)
    data["summary"] = {"vi": "<script>alert(1)</script>", "en": "<b>x</b>"}
    catalogue.load_life_events(reference)
    catalogue.load_pack(data, reference=reference)
    html = sheet(client, BIRTH).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_a_very_long_text_is_still_a_page(publish, pack_data, reference, client):
    data = pack_data(BIRTH)
    data["requirements"] = [{"vi": "Điều kiện rất dài. " * 9000, "en": "Long."}]
    catalogue.load_life_events(reference)
    catalogue.load_pack(data, reference=reference)
    assert len(sheet(client, BIRTH).content) > 170_000


def test_in_english(publish, client):
    publish(LICENCE)
    response = sheet(client, LICENCE, "en")
    assert "Driving licence renewal" in response.content.decode()
    assert '<html lang="en"' in response.content.decode()


def test_the_address_without_a_place_is_the_canonical_one(publish, territory, client):
    publish(BIRTH)
    assert (
        '<link rel="canonical" href="http://testserver/thu-tuc/1.001193/">'
        in sheet(client, BIRTH, tinh="01").content.decode()
    )


def test_the_sheet_costs_few_queries(publish, territory, client, django_assert_max_num_queries):
    publish(BIRTH)
    with django_assert_max_num_queries(20):
        assert sheet(client, BIRTH, tinh="01", xa="00073").status_code == 200


def test_communes_and_agencies_for_scripts(publish, territory, client):
    results = client.get("/thu-tuc/don-vi-hanh-chinh/01/").json()["results"]
    assert {"value": "00073", "label": "Phường Cửa Nam"} in results
    assert client.get("/thu-tuc/don-vi-hanh-chinh/99/").status_code == 404
    found = client.get("/thu-tuc/co-quan/", {"q": "cua nam", "level": "commune"}).json()["results"]
    assert found[0]["value"] == "H26.00073"
    assert client.get("/thu-tuc/co-quan/", {"q": "cửa nam", "branch": "police"}).json() == {"results": []}
    assert client.get("/thu-tuc/co-quan/").json() == {"results": []}
