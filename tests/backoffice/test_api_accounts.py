"""API accounts of partner systems and their keys in the generic lists: in words, without a secret or its hash."""

import re

import pytest
from allauth.idp.oidc.models import Client as OidcClient
from allauth.idp.oidc.models import Token
from django.test import Client
from django.utils.html import strip_tags

from portal.agencies import credentials
from portal.agencies.models import ApiClient
from tests import factories
from tests.api import callers
from tests.backoffice.conftest import Office, signed_in, with_second_factor

pytestmark = pytest.mark.django_db
ENGLISH = re.compile(
    r"\b(client|secret|scopes?|grant|redirect|wildcards?|consent|owner|token|access|confidential|provide|allowed|list"
    r"|user|hash|data|expires?|created|default|response|specify)\b",
    re.IGNORECASE,
)
NAMES = re.compile(r"client-\d+|\([a-z]+:[a-z]+\)")
"""What a system is called and what engineers call its rights: names, not words."""


def _root(office: Office) -> Client:
    root = with_second_factor(factories.make_official(office.agency))
    root.is_superuser = True
    root.save()
    return signed_in(root)


@pytest.fixture
def system(office: Office) -> ApiClient:
    client = factories.make_client(office.agency)
    factories.let_report(client)
    OidcClient.objects.filter(pk=client.oidc_client_id).update(
        name="Hệ thống của phường",
        secret="pbkdf2_sha256$1$KHONG-AI-THAY",
        default_scopes="dossiers:read",
        grant_types=OidcClient.GrantType.CLIENT_CREDENTIALS,
    )
    callers.token_for(client, scopes=credentials.SCOPES)
    return client


def _pages(system: ApiClient) -> list[str]:
    key = Token.objects.get(client_id=system.oidc_client_id).pk
    return [
        "allauth_idp_oidc/client/",
        f"allauth_idp_oidc/client/{system.oidc_client_id}/change/",
        "allauth_idp_oidc/token/",
        f"allauth_idp_oidc/token/{key}/change/",
        f"allauth_idp_oidc/token/{key}/history/",
    ]


def test_every_page_is_in_words(office: Office, system: ApiClient) -> None:
    browser = _root(office)
    for page in _pages(system):
        answer = browser.get(f"/quan-tri/{page}").content.decode()
        text = NAMES.sub("", " ".join(strip_tags(answer[answer.index("page__body") :]).split()))
        assert ENGLISH.findall(text) == [], page
        assert "Khóa truy cập" in text or "token" not in page


def test_neither_a_secret_nor_a_hash_is_shown(office: Office, system: ApiClient) -> None:
    browser = _root(office)
    digest = Token.objects.get(client_id=system.oidc_client_id).hash
    for page in _pages(system):
        answer = browser.get(f"/quan-tri/{page}").content.decode()
        assert "KHONG-AI-THAY" not in answer and "pbkdf2" not in answer and digest not in answer, page


def test_what_a_system_may_do_is_told_in_words_and_changed_elsewhere(office: Office, system: ApiClient) -> None:
    browser = _root(office)
    page = f"/quan-tri/allauth_idp_oidc/client/{system.oidc_client_id}/change/"
    text = " ".join(strip_tags(browser.get(page).content.decode()).split())
    assert "Đọc hồ sơ được giao (dossiers:read)" in text and "bằng mã và khóa bí mật của hệ thống" in text
    assert browser.post(page, {"name": "Tên khác"}).status_code == 403
    assert browser.get("/quan-tri/allauth_idp_oidc/client/add/").status_code == 403
    assert browser.get("/quan-tri/allauth_idp_oidc/token/add/").status_code == 403
