"""The answer for me: a place chosen by a plain form, remembered in a cookie, and never in a shared cache."""

from datetime import date

import pytest

from portal.core import page_cache
from procedures import policy_register
from tests.factories import make_agency, make_citizen
from tests.procedures.conftest import BIRTH, RESIDENCE
from tests.procedures.policy_rows import make_policy

pytestmark = pytest.mark.django_db
URL = f"/thu-tuc/{RESIDENCE}/"


@pytest.fixture(autouse=True)
def _empty_shelf():
    page_cache.shelf.clear()
    yield
    page_cache.shelf.clear()


def choose(client, code=RESIDENCE, **place):
    return client.get(f"/thu-tuc/{code}/noi/", place)


def test_choosing_shows_it_and_remembers_it_for_every_sheet(publish, territory, client):
    publish(RESIDENCE, BIRTH)
    response = choose(client, tinh="01", xa="00073")
    assert (response.status_code, response["Location"]) == (302, f"{URL}?tinh=01&xa=00073#cho-toi")
    cookie = response.cookies["portal_place"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("01.00073", True, "Lax")
    html = client.get(f"/thu-tuc/{BIRTH}/").content.decode()
    assert "Ở phường Cửa Nam" in html
    assert "UBND phường Cửa Nam (H26.00073)" in html
    assert "Nơi này được nhớ trong trình duyệt của bạn." in html


def test_the_province_alone_offers_its_communes_and_is_not_remembered(publish, territory, client):
    publish(RESIDENCE)
    response = choose(client, tinh="01")
    assert response["Location"] == f"{URL}?tinh=01#cho-toi"
    assert "portal_place" not in response.cookies
    assert '<option value="00073"' in client.get(f"{URL}?tinh=01").content.decode()


@pytest.mark.parametrize("place", [{"tinh": "99"}, {"tinh": "x" * 3000, "xa": "00073"}, {"xa": "00073"}, {}])
def test_what_is_no_place_is_not_remembered(publish, territory, client, place):
    publish(RESIDENCE)
    response = choose(client, **place)
    assert (response["Location"], "portal_place" in response.cookies) == (f"{URL}#cho-toi", False)


def test_a_place_is_forgotten(publish, territory, client):
    publish(RESIDENCE)
    choose(client, tinh="01", xa="00073")
    assert choose(client, bo="1").cookies["portal_place"].value == ""
    assert "Ở phường Cửa Nam" not in client.get(URL).content.decode()


@pytest.mark.parametrize("value", ["", "99.1", "01", "01.99999", '"\\000"', "\x00", "01.00073.x", "{}" * 500])
def test_a_strange_cookie_is_no_place(publish, territory, client, value):
    publish(RESIDENCE)
    # as a header: newer Pythons put no such characters into a cookie, but attackers do
    assert client.get(URL, headers={"cookie": f"portal_place={value}"}).status_code == 200


def test_with_the_cookie_a_page_is_kept_for_that_place_and_for_no_shared_cache(
    publish, territory, client, django_assert_num_queries
):
    publish(RESIDENCE)
    plain = client.get(URL)
    client.cookies["portal_place"] = "01.00073"
    own = client.get(URL)
    assert "Ở phường Cửa Nam" in own.content.decode()
    assert own.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert plain.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    with django_assert_num_queries(0):
        assert client.get(URL).content == own.content
    client.cookies["portal_place"] = "48.20242"
    assert "Ở phường Hải Châu" in client.get(URL).content.decode()
    del client.cookies["portal_place"]
    assert client.get(URL).content == plain.content


def test_an_address_with_a_place_is_the_same_for_everybody(publish, territory, client):
    publish(RESIDENCE)
    response = client.get(f"{URL}?tinh=01&xa=00073")
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_the_profile_is_the_place_of_who_is_signed_in_and_is_kept_nowhere(publish, territory, client):
    publish(RESIDENCE)
    client.force_login(make_citizen())
    response = client.get(URL)
    assert "Ở phường Cửa Nam" in response.content.decode()
    assert "Theo nơi cư trú trong tài khoản của bạn." in response.content.decode()
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert page_cache.shelf.bytes == 0


def test_a_policy_is_shown_with_its_legal_basis_and_changes_the_answer(publish, territory, client):
    make_agency()
    publish(RESIDENCE)
    make_policy(procedure_codes=[RESIDENCE], effect="fee_free")
    make_policy(
        "t", procedure_codes=[RESIDENCE], effect="time_new", time_value=3, time_unit="working_day", name="Ba ngày"
    )
    html = client.get(f"{URL}?tinh=01&xa=00073").content.decode()
    assert "<strong>Miễn phí</strong> khi nộp trực tuyến" in html
    assert "20.000\xa0đ khi nộp trực tiếp" in html
    assert "<strong>3 ngày làm việc</strong> khi nộp trực tuyến" in html
    assert "Chung cả nước: 7 ngày làm việc" in html
    assert html.count("1/2026/NQ-HĐND</span>, từ 01/01/2026") == 2
    elsewhere = client.get(f"{URL}?tinh=48&xa=20242").content.decode()
    assert "10.000\xa0đ" in elsewhere
    assert "1/2026/NQ-HĐND" not in elsewhere


def test_without_a_place_the_sheet_says_where_there_are_policies(publish, territory, client):
    publish(RESIDENCE)
    make_policy(procedure_codes=[RESIDENCE])
    assert "Có mức thu hoặc thời hạn riêng ở: Hà Nội" in " ".join(client.get(URL).content.decode().split()).replace(
        "</svg> ", ""
    )


def test_a_policy_to_come_is_announced_and_not_reckoned(publish, territory, client):
    publish(RESIDENCE)
    make_policy(procedure_codes=[RESIDENCE], valid_from=date(2099, 1, 1))
    html = client.get(f"{URL}?tinh=01&xa=00073").content.decode()
    assert "Chưa có hiệu lực" in html
    assert "<strong>10.000\xa0đ</strong> khi nộp trực tuyến" in html


def test_changing_a_policy_ends_the_kept_page(publish, territory, client, django_capture_on_commit_callbacks):
    publish(RESIDENCE)
    address = f"{URL}?tinh=01&xa=00073"
    assert "Miễn phí</strong> khi nộp" not in client.get(address).content.decode()
    policy = make_policy(procedure_codes=[RESIDENCE])
    with django_capture_on_commit_callbacks(execute=True):
        policy_register.save(policy)
    assert "Miễn phí</strong> khi nộp" in client.get(address).content.decode()


def of_da_nang(publish):
    version = publish(RESIDENCE)
    version.procedure.province_code = "48"
    version.procedure.save(update_fields=["province_code"])


def test_a_provinces_own_procedure_is_answered_for_there_only(publish, territory, client):
    of_da_nang(publish)
    make_policy(procedure_codes=[RESIDENCE])  # of Hà Nội, which has no such procedure
    elsewhere = client.get(f"{URL}?tinh=01&xa=00073").content.decode()
    assert "Thủ tục riêng của thành phố Đà Nẵng" in elsewhere and "Nơi bạn chọn là phường Cửa Nam" in elsewhere
    for offered in ("Nộp hồ sơ trực tuyến", "UBND phường Cửa Nam", "khi nộp trực tuyến", "1/2026/NQ-HĐND"):
        assert offered not in elsewhere, offered
    assert '<option value="48"' in elsewhere and '<option value="01"' not in elsewhere
    there = client.get(f"{URL}?tinh=48&xa=20242").content.decode()
    assert "Ở phường Hải Châu" in there and "Đây là thủ tục riêng của thành phố Đà Nẵng" in there
    assert "Nộp hồ sơ trực tuyến" in there and "khi nộp trực tuyến" in there


def test_without_a_place_a_provinces_own_procedure_says_whose_it_is(publish, territory, client):
    of_da_nang(publish)
    html = client.get(URL).content.decode()
    assert "Đây là thủ tục riêng của thành phố Đà Nẵng" in html
    assert '<option value="48"' in html and '<option value="01"' not in html
    client.force_login(make_citizen())  # who lives in Hà Nội
    assert "Thủ tục riêng của thành phố Đà Nẵng" in client.get(URL).content.decode()
