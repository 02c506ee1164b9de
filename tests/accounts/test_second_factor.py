"""Secrets of second factors at rest, and setting one up right after signing in."""

import time

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from portal.accounts import demo
from portal.accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_secret_lies_encrypted_and_still_checks_codes() -> None:
    official = factories.make_official(factories.make_agency())
    secret = generate_totp_secret()
    TOTP.activate(official, secret)
    stored = Authenticator.objects.get(user=official)
    assert secret not in str(stored.data)
    assert stored.wrap().validate_code(demo.current_code(official))


def test_a_secret_from_before_is_read_as_it_is() -> None:
    assert get_adapter().decrypt("JBSWY3DPEHPK3PXP") == "JBSWY3DPEHPK3PXP"


def _official_without_a_factor() -> tuple[Client, User]:
    official = factories.make_official(factories.make_agency())
    official.set_password("sen-lua-tre-2026")
    official.save()
    return Client(), official


def test_who_has_just_signed_in_sets_up_her_second_factor_without_her_password_again() -> None:
    client, official = _official_without_a_factor()
    typed = {"login": official.username, "password": "sen-lua-tre-2026"}
    page = client.post("/tai-khoan/login/?next=/quan-tri/", typed, follow=True)
    assert page.redirect_chain[-1] == ("/tai-khoan/2fa/totp/activate/", 302)
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // demo.TOTP_PERIOD_SECONDS))
    done = client.post("/tai-khoan/2fa/totp/activate/", {"code": code})
    assert done.status_code == 302 and Authenticator.objects.filter(user=official, type="totp").exists()


def test_who_signed_in_a_while_ago_is_asked_again() -> None:
    client, official = _official_without_a_factor()
    client.post("/tai-khoan/login/", {"login": official.username, "password": "sen-lua-tre-2026"})
    session = client.session
    for record in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        record["at"] -= 301
    session.save()
    answer = client.get("/tai-khoan/2fa/totp/activate/")
    assert answer["Location"].startswith("/tai-khoan/reauthenticate/")
    client.post(answer["Location"], {"password": "sen-lua-tre-2026"})
    assert client.get("/tai-khoan/2fa/totp/activate/").status_code == 200


def test_a_session_that_says_nothing_of_a_sign_in_is_asked() -> None:
    client, official = _official_without_a_factor()
    client.force_login(official, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/tai-khoan/2fa/totp/activate/")["Location"].startswith("/tai-khoan/reauthenticate/")
