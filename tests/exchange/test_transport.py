"""The one HTTP client: bounded in time and size, follows nothing, fetches from registered hosts only."""

import threading
import time

import pytest
from django.test import override_settings

from portal.core.errors import UpstreamError
from portal.exchange import transport
from portal.exchange.transport import AddressNotAllowedError
from tests.exchange.partner import PartnerServer


def test_a_json_post_and_its_answer(partner: PartnerServer) -> None:
    partner.answer = lambda _got: (201, {"Content-Type": "application/json"}, '{"tên": "ổn"}'.encode())
    response = transport.post_json(f"{partner.url}/x", {"hồ sơ": 1}, headers={"X-A": "b"})
    assert (response.status_code, response.json()) == (201, {"tên": "ổn"})
    assert partner.got[0].json == {"hồ sơ": 1} and partner.got[0].headers["x-a"] == "b"


def test_error_statuses_are_answers_not_exceptions(partner: PartnerServer) -> None:
    partner.answer = lambda _got: 503
    assert transport.get(partner.url).status_code == 503


def test_redirects_are_not_followed(partner: PartnerServer) -> None:
    partner.answer = lambda _got: (302, {"Location": f"{partner.url}/khac"}, b"")
    assert transport.get(f"{partner.url}/dau").status_code == 302
    assert [got.path for got in partner.got] == ["/dau"]


def test_nobody_there_is_said_in_words() -> None:
    with pytest.raises(UpstreamError) as caught:
        transport.get("http://127.0.0.1:9/")
    assert caught.value.code == "upstream.unavailable" and str(caught.value.message)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "không phải địa chỉ", "http://", "file:///etc/passwd"])
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(UpstreamError):
        transport.get(url)


@override_settings(HTTP_TIMEOUT_SECONDS=0.3)
def test_a_slow_answer_is_given_up(partner: PartnerServer) -> None:
    given_up = threading.Event()

    def slow(_got: object) -> int:
        given_up.wait(30)
        return 200

    partner.answer = slow
    began = time.monotonic()
    with pytest.raises(transport.UpstreamTimeoutError):
        transport.get(partner.url)
    given_up.set()
    assert time.monotonic() - began < 10, "the setting counts, and no machine is thirty times slower"


def test_an_answer_that_is_too_long_is_given_up(partner: PartnerServer) -> None:
    partner.answer = lambda _got: (200, {}, b"x" * 20_000)
    with pytest.raises(transport.UpstreamAnswerError):
        transport.get(partner.url, max_bytes=10_000)


def test_an_answer_that_breaks_off_is_given_up(partner: PartnerServer) -> None:
    partner.answer = lambda _got: (200, {"Content-Length": "50", "Connection": "close"}, b"half of it")
    with pytest.raises(UpstreamError):
        transport.get(partner.url, timeout=1)


def test_files_come_from_registered_hosts_only(partner: PartnerServer) -> None:
    partner.answer = lambda _got: (200, {}, b"%PDF-1.7")
    url = f"{partner.url}/kq.pdf?t=1"
    assert transport.get_partner_file(url, allowed_hosts=[partner.host], max_bytes=100) == b"%PDF-1.7"
    with pytest.raises(AddressNotAllowedError):
        transport.get_partner_file(url, allowed_hosts=["motcua.example"], max_bytes=100)
    assert len(partner.got) == 1
    partner.answer = lambda _got: (302, {"Location": "http://169.254.169.254/"}, b"")
    with pytest.raises(UpstreamError):
        transport.get_partner_file(url, allowed_hosts=[partner.host], max_bytes=100)


@pytest.mark.parametrize(
    "url",
    [
        "http://motcua.example.evil.test/",
        "http://evil.test/motcua.example",
        "http://evil.test#motcua.example",
        "http://motcua.example@evil.test/",
        "http://evil.test\\@motcua.example/",
        "https://motcua.example:8443/",
        "file://motcua.example/etc/passwd",
        "gopher://motcua.example/",
        "//motcua.example/x",
        "http://motcua.example:99999999/",
        "http://[::1/",
        "",
    ],
)
def test_addresses_that_only_look_registered(url: str) -> None:
    with pytest.raises(AddressNotAllowedError):
        transport.require_allowed_address(url, ["motcua.example"])


@pytest.mark.parametrize(
    "url",
    ["http://motcua.example/x", "https://MOTCUA.example:443/x", "https://motcua.example./", "http://127.0.0.1:8004/"],
)
def test_registered_addresses(url: str) -> None:
    transport.require_allowed_address(url, ["motcua.example", "127.0.0.1:8004"])
