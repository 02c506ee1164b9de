"""A partner's address leads to partners only: this machine and its neighbours are refused, saved or called."""

import socket
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from portal.agencies import credentials
from portal.agencies.models import ClientKind
from portal.core import outside_hosts
from portal.core.errors import InvalidInputError, UpstreamError
from portal.exchange import delivery, services, transport
from portal.exchange.checked_connections import HostNotAllowedError
from portal.exchange.models import OutboxMessage
from tests import factories
from tests.exchange.partner import PartnerServer

INSIDE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",  # noqa: S104 - judged, not listened on
    "10.20.0.5",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:0:7f00:1",
    "fe80::1",
    "fd00::5",
    "ff02::1",
    "::ffff:127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2001:0:102:304::80ff:fffe",  # Teredo, 127.0.0.1 in disguise
]


@pytest.fixture(autouse=True)
def production(settings: LazySettings) -> None:
    """As in production: nothing but public addresses."""
    settings.PARTNER_NETWORKS = []


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """A name service that knows these names, and answers numbers with themselves; it counts who asks."""
    known: dict[str, list[str]] = {}

    def answer(host: str, port: int, *_more: Any, **_kinds: Any) -> list[Any]:
        if host not in known and host.strip(".0123456789abcdef:"):
            raise socket.gaierror(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port)) for place in known.get(host, [host])]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return known


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_that_are_no_partners(address: str) -> None:
    assert not outside_hosts.is_allowed(address)


def test_public_addresses_and_named_networks(settings: LazySettings) -> None:
    assert outside_hosts.is_allowed("203.162.0.181") and outside_hosts.is_allowed("2405:4800::1")
    settings.PARTNER_NETWORKS = [ip_network("10.20.0.0/16"), ip_network("fd00:20::/32")]
    assert outside_hosts.is_allowed("10.20.255.255") and outside_hosts.is_allowed("fd00:20::5")
    assert outside_hosts.is_allowed("::ffff:10.20.0.1")
    assert not outside_hosts.is_allowed("10.21.0.0") and not outside_hosts.is_allowed("fd00:21::5")


def test_nothing_is_sent_to_a_host_inside(partner: PartnerServer) -> None:
    for call in (
        lambda: transport.get(partner.url),
        lambda: transport.post_json(partner.url, {}),
        lambda: transport.post_bytes(partner.url, b"", headers={}),
        lambda: transport.get_partner_file(f"{partner.url}/x", allowed_hosts=[partner.host], max_bytes=9),
    ):
        with pytest.raises(HostNotAllowedError) as caught:
            call()
        assert caught.value.code == "upstream.host_not_allowed" and "PARTNER_NETWORKS" in str(caught.value.message)
    assert partner.got == []
    assert transport.get(partner.url, is_ours=True).status_code == 200, "what the settings name is the operator's word"


def test_one_address_inside_is_enough_to_refuse(partner: PartnerServer, names: dict[str, list[str]]) -> None:
    names["hai-noi.vidu.example"] = ["203.162.0.181", "127.0.0.1"]
    with pytest.raises(HostNotAllowedError):
        transport.get(partner.url.replace("127.0.0.1", "hai-noi.vidu.example"))
    with pytest.raises(UpstreamError) as caught:
        transport.get("http://khong-co.vidu.example/")
    assert caught.value.code == "upstream.unavailable"


def test_the_address_that_was_checked_is_the_one_that_is_called(
    partner: PartnerServer, names: dict[str, list[str]], settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that changes between the check and the call: it is asked once, so there is no between."""
    settings.PARTNER_NETWORKS = [ip_network("127.0.0.1/32")]
    names["motcua.vidu.example"] = ["127.0.0.1"]
    asked: list[str] = []
    known = socket.getaddrinfo

    def once(host: str, *more: Any, **kinds: Any) -> Any:
        asked.append(host)
        answered = known(host, *more, **kinds)
        names["motcua.vidu.example"] = ["169.254.169.254"]
        return answered

    monkeypatch.setattr(socket, "getaddrinfo", once)
    assert transport.get(partner.url.replace("127.0.0.1", "motcua.vidu.example")).status_code == 200
    assert partner.got[0].headers["host"].startswith("motcua.vidu.example")
    assert asked.count("motcua.vidu.example") == 1
    transport.close_connections()
    with pytest.raises(HostNotAllowedError):
        transport.get(partner.url.replace("127.0.0.1", "motcua.vidu.example"))


def test_the_next_address_is_tried_where_one_does_not_answer(
    partner: PartnerServer, names: dict[str, list[str]], settings: LazySettings
) -> None:
    settings.PARTNER_NETWORKS = [ip_network("127.0.0.0/8")]
    names["motcua.vidu.example"] = ["127.0.0.2", "127.0.0.1"]
    assert transport.get(partner.url.replace("127.0.0.1", "motcua.vidu.example")).status_code == 200


@pytest.mark.django_db
def test_a_message_waits_with_the_reason(partner: PartnerServer) -> None:
    client = factories.make_client(factories.make_agency())
    type(client).objects.filter(pk=client.pk).update(webhook_url=partner.url)
    services.enqueue(client=client, type="dossier.accepted", subject="H17-1", payload={}, message_id="m-1")
    OutboxMessage.objects.update(next_try_at=timezone.now())
    delivery.serve(client.pk)
    assert "PARTNER_NETWORKS" in OutboxMessage.objects.get().last_error and partner.got == []


@pytest.mark.django_db
def test_a_system_inside_is_not_set_up(names: dict[str, list[str]], settings: LazySettings) -> None:
    code = factories.make_agency().code
    names["motcua.vidu.example"], names["trong.vidu.example"] = ["203.162.0.181"], ["10.20.0.5"]

    def partner(webhook: str, files: str) -> credentials.Partner:
        return credentials.Partner("Một cửa", code, ClientKind.REST, webhook_url=webhook, file_hosts=[files])

    with pytest.raises(InvalidInputError) as caught:
        credentials.set_up(partner("https://trong.vidu.example/nhan", "[::1]:8004"))
    assert {name: str(texts[0]).partition(" ")[0] for name, texts in caught.value.fields.items()} == {
        "webhook_url": "trong.vidu.example",
        "file_hosts": "[::1]:8004",
    }
    credentials.set_up(partner("https://motcua.vidu.example/nhan", "tep.vidu.example"))
    settings.PARTNER_NETWORKS = [ip_network("10.20.0.0/16")]
    credentials.set_up(partner("https://trong.vidu.example/nhan", "trong.vidu.example:8443"))
