"""Secrets of second factors at rest."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from portal.accounts import demo
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
