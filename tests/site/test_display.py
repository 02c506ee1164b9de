"""Light or dark: kept in a cookie of the browser, given back by the page's frame."""

import pytest

pytestmark = pytest.mark.django_db
PATH = "/tro-giup/hien-thi/"


def test_the_choice_is_kept_and_shown(client):
    response = client.post(PATH, {"theme": "dark"}, follow=True)
    assert client.cookies["portal_theme"].value == "dark"
    assert client.cookies["portal_theme"]["httponly"]
    assert 'data-theme="dark"' in response.content.decode()
    assert "Đã đổi cách hiển thị." in response.content.decode()


def test_following_the_device_forgets_the_choice(client):
    client.post(PATH, {"theme": "light"})
    client.post(PATH, {"theme": "auto"})
    assert client.cookies["portal_theme"].value == ""
    assert "data-theme" not in client.get("/tro-giup/").content.decode()


def test_an_invented_cookie_changes_nothing(client):
    client.cookies["portal_theme"] = 'dark" onload="x'
    assert "data-theme" not in client.get("/tro-giup/").content.decode()


@pytest.mark.parametrize("data", [{}, {"theme": "purple"}, {"theme": "\x00"}])
def test_a_wrong_choice_is_answered_at_the_field(client, data):
    response = client.post(PATH, data)
    assert response.status_code == 422
    html = response.content.decode()
    assert 'id="id_theme-error"' in html
    assert 'href="#id_theme_0"' in html
