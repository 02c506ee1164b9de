"""The one format of the API: who takes it gets it, who asks for another is told; whatever stands in Accept."""

import pytest

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/procedures/"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("query", ["", "?page_size=1"])
@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "application/json", "application/*", BROWSER, "application/json; charset=utf-8", "text/html, */*"],
)
def test_who_takes_json_gets_json(client, accept, query):
    answer = client.get(ADDRESS + query, headers={"accept": accept})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/json")
    assert "results" in answer.json()


def test_without_a_word_about_it_json_comes(client):
    assert client.get(ADDRESS)["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("query", ["", "?page_size=1"])
@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/png, text/plain", "text/html;q=0.5"])
def test_who_takes_only_something_else_is_told_in_json(client, accept, query):
    answer = client.get(ADDRESS + query, headers={"accept": accept})
    assert answer.status_code == 406
    assert answer["Content-Type"].startswith("application/")
    assert answer.json()["code"] == "not_acceptable" and answer.json()["detail"]


@pytest.mark.parametrize(
    "accept", ["nonsense", "application/json;q=", ";;;", "*/json", "a/b/c", "\x80/\x81", "," * 500]
)
def test_rubbish_is_no_error_of_ours(client, accept):
    assert client.get(ADDRESS, headers={"accept": accept}).status_code in {200, 406}


def test_a_format_that_is_asked_for_in_the_address_is_known_or_missing(client):
    assert client.get(f"{ADDRESS}?format=json").status_code == 200
    assert client.get(f"{ADDRESS}?format=xml").status_code == 404
