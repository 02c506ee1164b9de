"""Everybody × every address: what each gets, and that no address of the portal is without its row."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import timezone

from datastore.models import DocumentFile
from dossiers.models import Dossier
from tests import factories
from tests.api import callers
from tests.backoffice import test_permissions as back_office
from tests.factories import make_other_agency
from tests.permissions import papers, table
from tests.permissions.world import World, read_to_the_end
from tests.wire.clients import line, wire_client

pytestmark = pytest.mark.django_db

ADMINISTRATORS = "administrator"
SUPERUSERS = "superuser"
LISTS = {
    # the generic lists of the back office: who is the least that opens them
    **dict.fromkeys(
        (
            "agencies.agency", "agencies.onestopdesk", "agencies.membership", "agencies.calendarday",
            "agencies.routingrule", "agencies.steplimit", "agencies.internalprocess",
            "agencies.apiclient", "exchange.outboxmessage", "exchange.inboxmessage", "exchange.inboundrequest",
            "exchange.deliverylane", "payments.paymentorder", "payments.gatewaynotice", "payments.refund",
            "payments.receipt", "feedback.rating", "procedures.localpolicy",
            "dossiers.messagetemplate", "dossiers.lettertext",
        ),
        ADMINISTRATORS,
    ),
    **dict.fromkeys(
        (
            "auth.group", "account.emailaddress", "socialaccount.socialapp", "socialaccount.socialtoken",
            "socialaccount.socialaccount", "mfa.authenticator", "allauth_idp_oidc.client", "allauth_idp_oidc.token",
            "accounts.user", "accounts.citizenprofile", "accounts.organisation", "accounts.organisationmember",
            "agencies.administrativeunit", "notifications.message", "procedures.procedure",
            "procedures.procedureversion", "procedures.field", "procedures.lifeevent", "procedures.question",
            "datastore.documenttype",
            "datastore.accesslog", "datastore.accesshead", "datastore.grant", "datastore.credential",
            "datastore.agencyfilereading", "datastore.signingkey", "datastore.importbatch",
            "dossiers.dossier", "dossiers.dossierevent", "dossiers.financialobligation",
            "dossiers.supplementrequest", "dossiers.letter", "dossiers.resultissue", "dossiers.lettertemplate",
        ),
        SUPERUSERS,
    ),
}  # fmt: skip
ADMIN_PARTS = (
    # Django's own parts of the back office, for anonymous, citizen, desk, administrator
    ("/quan-tri/login/", ("away", "away", "away", "away")),
    ("/quan-tri/logout/", ("away", 403, "away", "away")),
    ("/quan-tri/password_change/", ("away", 403, "away", "away")),
    ("/quan-tri/password_change/done/", ("away", 403, 200, 200)),
    ("/quan-tri/autocomplete/", ("away", 403, 403, 403)),
    ("/quan-tri/jsi18n/", ("away", 403, 200, 200)),
    ("/quan-tri/r/1/1/", ("away", 403, 404, 404)),
    ("/quan-tri/agencies/", ("away", 403, 404, 200)),
    ("/quan-tri/khong/co/", ("away", 403, 404, 404)),
)


SHADOWED = {
    # the library's, behind addresses of ours that come first
    r"tai-khoan/confirm-email/(?P<key>[-:\w]+)/$",
    r"tai-khoan/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
}


def fits(response: Any, expected: int | str) -> bool:
    if expected == table.SIGN_IN:
        return response.status_code == 302 and response["Location"].startswith("/tai-khoan/vao/")
    if expected == table.AWAY:
        away = response.status_code in {301, 302, 303}
        return away and not response["Location"].startswith("/tai-khoan/vao/")
    return bool(response.status_code == expected)


@pytest.mark.parametrize("who", table.EVERYONE)
def test_everybody_gets_what_the_table_says(who: str) -> None:
    world, wrong = World(with_papers=True), []
    for row in [*table.PAGES, *table.MACHINES]:
        expected = row.expected[table.EVERYONE.index(who)]
        response = world.ask(who, row.method, row.address, dict(row.body))
        if not fits(response, expected):
            wrong.append((row.method, row.address, expected, response.status_code, response.headers.get("Location")))
    assert not wrong
    world.dossier.refresh_from_db()
    assert world.dossier.state == "awaiting_payment", "nothing of it changed anything"


@pytest.mark.parametrize(("method", "address", "scope", "expected"), table.API)
def test_every_system_gets_what_the_table_says(
    method: str, address: str, scope: str, expected: tuple[int, ...]
) -> None:
    agency = factories.make_agency()
    own = callers.caller(agency.parent)
    others = [known for known in callers.SCOPES if known != scope]
    systems = {
        "own": own,
        "own, other scope": callers.Caller(own.client, callers.token_for(own.client, scopes=others)),
        "foreign": callers.caller(make_other_agency()),
        "unknown": callers.Caller(own.client, "x" * 43),
        "beside": callers.caller(agency.parent, receives=False),
    }
    dossier = factories.file_dossier()
    component = dossier.components.get()
    names = {"code": dossier.code, "file": component.files[0]["file_id"], "document": component.document_id}
    if "{result" in address or "paper" in address or "letter" in address:
        decided = factories.file_dossier(dossier.owner)
        for step in ("accept", "approve"):
            assert own.push(decided, step).status_code == 201
        names |= other_papers(decided)
    for who, wanted in zip(table.API_CALLERS, expected, strict=True):
        path = address.format(**names)
        response = systems[who].post(path, {}) if method == "post" else getattr(systems[who].http, method)(path)
        read_to_the_end(response)
        assert response.status_code == wanted, (who, response.content)


def other_papers(decided: Dossier) -> papers.Named:
    """The result of a dossier that its own system decided, its letter, and what an organisation holds."""
    company = factories.make_company()
    filer = factories.make_member(company)
    return papers.named(
        result=papers.issued(decided),
        paper=papers.letter_of(decided),
        org_paper=papers.of_company(company, filer),
        org_letter=papers.of_company(company, filer, is_letter=True),
    )


def test_every_system_of_the_wire_format_gets_what_the_table_says() -> None:
    agency = factories.make_agency()
    clients = {
        "own": wire_client(agency),
        "foreign": wire_client(make_other_agency()),
        "beside": wire_client(agency),
    }
    dossier = factories.file_dossier()
    decided = factories.file_dossier(dossier.owner)
    Dossier.objects.update(handled_by=clients["own"].account)
    now = f"{timezone.localtime():%Y%m%d%H%M%S}"
    assert clients["own"].progress(line(decided.code, now, "9", "Đã giải quyết"))["error_code"] == "0"
    component = dossier.components.get()
    names = {"file": component.files[0]["file_id"], "document": component.document_id} | other_papers(decided)
    numbers = {"owner": dossier.owner.citizen.personal_id, "company": "0100109106"}
    files = {names[name]: name for name in ("document", "result")}
    for place, who in enumerate(table.WIRE_CALLERS):
        for name, wanted in table.WIRE_FILES.items():
            answer = clients[who].call("LayTepKhoDuLieu", DuongDan=str(names[name]))
            assert answer["error_code"] == wanted[place], (who, name, answer)
        for owner, told in table.WIRE_OWNERS.items():
            answer = clients[who].call("TraCuuKhoDuLieu", SoDinhDanhChuSoHuu=numbers[owner])
            rows = answer["result"]["DanhSachGiayToKetQua"]
            found = {int(file["DuongDan"]) for row in rows for file in row["DanhSachTepDinhKem"]}
            kept = DocumentFile.objects.filter(pk__in=found).values_list("document", flat=True)
            assert {files[pk] for pk in kept} == told[place], (who, owner)


def test_every_generic_list_has_its_readers() -> None:
    world = World()
    assert {model._meta.label_lower for model in admin.site._registry} == set(LISTS), "a list without a row"
    for label, least in LISTS.items():
        app_label, name = label.split(".")
        for page in ("add/", "0/change/", "0/delete/"):
            address = f"/quan-tri/{app_label}/{name}/{page}"
            assert world.ask("anonymous", "get", address).status_code == 302, address
            assert world.ask("owner", "get", address).status_code == 403, address
            assert world.ask("desk", "get", address).status_code in {302, 403}, address
            if least == SUPERUSERS:
                assert world.ask("administrator", "get", address).status_code in {302, 403}, address
        assert world.ask("desk", "get", f"/quan-tri/{app_label}/{name}/").status_code == 403, label
        expected = 200 if least == ADMINISTRATORS else 403
        assert world.ask("administrator", "get", f"/quan-tri/{app_label}/{name}/").status_code == expected, label


def test_djangos_own_parts_of_the_back_office() -> None:
    world, wrong = World(), []
    for address, row in ADMIN_PARTS:
        for who, expected in zip(("anonymous", "owner", "desk", "administrator"), row, strict=True):
            response = world.ask(who, "get", address)
            got = "away" if response.status_code in {301, 302} else response.status_code
            if got != expected:
                wrong.append((address, who, expected, got, response.headers.get("Location")))
    assert not wrong


@pytest.mark.parametrize("who", table.EVERYONE)
def test_the_librarys_pages_answer_everybody(who: str) -> None:
    world = World()
    for address in sorted(table.LIBRARY):
        for method in ("get", "post"):
            assert world.ask(who, method, f"/{address}").status_code < 500, (method, address)


def test_development_only(settings: Any) -> None:
    settings.IS_DEVELOPMENT = False
    for address in ("/hop-thu-thu-nghiem/", "/tai-khoan/ban-dung-thu/"):
        assert Client().get(address).status_code == 404


def _routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = before + (str(entry.pattern).removeprefix("^") if before else str(entry.pattern))  # as a match tells it
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from _routes(entry, route)


def test_no_address_is_without_a_row() -> None:
    """A new address fails here until somebody has said who may open it."""
    rows = [row.address for row in [*table.PAGES, *table.MACHINES]]
    rows += [address for _method, address, _scope, _expected in table.API]
    rows += [address for _method, address, _expected in back_office.TABLE]
    rows += [address for address, _expected in ADMIN_PARTS]
    rows += [f"/{address}" for address in table.LIBRARY]
    rows += [
        f"/quan-tri/{label.replace('.', '/')}/{page}"
        for label in LISTS
        for page in ("", "add/", "1/", "1/change/", "1/delete/", "1/history/", "1/password/")
        if page != "1/password/" or label == "accounts.user"
    ]
    names = {
        "code": "H26.00073-261128-0001", "draft": "12345678-1234-5678-1234-567812345678", "order": "261128ABCDEF",
        "held_code": "H26.00073-261128-0002", "held_draft": "12345678-1234-5678-1234-567812345678", "held_paper": 1,
        "document": 1, "file": 1, "letter": 1, "job": 1,
        **dict.fromkeys(("bundle", "visit", "relation", "mandate"), "12345678-1234-5678-1234-567812345678"),
        **{f"{name}{end}": 1 for name in ("result", "paper", "org_paper", "org_letter") for end in ("", "_file")},
    }  # fmt: skip
    covered = {resolve(address.format(**names).partition("?")[0]).route for address in rows}
    missing = sorted(set(_routes(get_resolver())) - covered - SHADOWED)
    assert not missing, f"who may open these? {missing}"
