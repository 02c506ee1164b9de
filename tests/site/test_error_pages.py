"""Error pages say what happened, that nothing is lost, and how to go on."""

import pytest
from django.db import OperationalError
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from portal.site import views_errors

pytestmark = pytest.mark.django_db


def test_an_unknown_address_offers_search_and_tracking(client):
    response = client.get("/khong-co-trang-nay/")
    assert response.status_code == 404
    html = response.content.decode()
    assert "Không tìm thấy trang này" in html
    assert 'role="search"' in html
    assert "/tra-cuu/" in html


def test_a_form_left_open_too_long_says_that_nothing_happened():
    response = Client(enforce_csrf_checks=True).post("/tro-giup/hien-thi/", {"theme": "dark"})
    assert response.status_code == 403
    assert "Trang đã mở quá lâu" in response.content.decode()
    assert "dark" not in response.content.decode()


def test_a_fault_of_ours_is_drawn_without_database_or_session():
    response = views_errors.server_error(HttpRequest())
    assert response.status_code == 500
    assert "đừng trả lần nữa" in response.content.decode()


def test_while_the_database_is_away_everybody_is_asked_to_come_back(client, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("the connection is closed")

    client.raise_request_exception = False
    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", away)
    page, call = client.get("/thu-tuc/9.999999/"), client.get("/api/v1/procedures/9.999999/")
    assert (page.status_code, call.status_code, call.json()["code"]) == (503, 503, "portal.unavailable")
    assert page["Retry-After"] == call["Retry-After"] == "20"
    assert "Hồ sơ đã nộp không mất" in page.content.decode()


@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html"])
def test_plain_pages_need_no_context(name):
    with translation.override("en"):
        html = render_to_string(name)
    assert '<html lang="en"' in html
    assert 'href="/en/"' in html


def test_a_machine_gets_the_error_body_of_the_api(client):
    response = client.get("/api/v1/khong-co/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_found"


def test_a_nul_in_the_address_is_a_bad_request(client):
    response = client.get("/thu-tuc/?q=%00")
    assert response.status_code == 400
    assert "Yêu cầu không đọc được" in response.content.decode()


def test_the_back_office_with_the_english_prefix_leads_to_itself(client):
    """It has one language; the public's page of a missing address would say that a dossier is somebody else's."""
    for address in ("", "ho-so/H26-1/?buoc=2&ten=a%20b"):
        answer = client.get(f"/en/quan-tri/{address}")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/quan-tri/{address}")
    page = client.get("/quan-tri/", follow=True).content.decode()
    assert '<span lang="en">The back office is in Vietnamese only.</span>' in page
