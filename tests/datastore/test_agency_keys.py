"""An agency signs its papers with a key of its own, made or brought; where it has none, the portal signs for it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from datastore.models import SigningKey
from datastore.results import agency_keys, keys, rotation, signing
from tests.datastore.conftest import make_pdf

pytestmark = pytest.mark.django_db


def signed_by(agency):
    keys.register()
    check = signing.check_pdf(signing.sign_pdf(make_pdf(), agency_name="x", location="", agency=agency))
    assert check.is_valid
    return check.signer


def test_each_agency_signs_with_its_own_key(ward, other_ward, settings):
    assert (signed_by(ward), signed_by(other_ward), signed_by(None)) == (ward.name, other_ward.name, "")
    assert agency_keys.of(ward).key is agency_keys.of(ward).key is not agency_keys.of(other_ward).key
    folder = settings.SIGNING_KEYS_DIR / "agencies" / ward.code / "1"
    assert [path.stat().st_mode & 0o777 for path in folder.iterdir()] == [0o600, 0o600]
    before = agency_keys.of(ward)
    rotation.rotate()
    assert agency_keys.of(ward) == before, "a new credential key changes no certificate"


def test_without_an_authority_at_hand_the_portal_signs_until_a_key_is_brought(ward, other_ward, settings, tmp_path):
    keys.current()
    (settings.SIGNING_KEYS_DIR / "1" / keys.AUTHORITY_KEY).unlink()
    assert signed_by(ward) == ""
    settings.SIGNING_KEYS_DIR, here = tmp_path / "elsewhere", settings.SIGNING_KEYS_DIR
    said = StringIO()
    call_command("make_signing_keys", agency=[ward.code], stdout=said)
    assert f"{ward.code} signs as" in said.getvalue() and ward.name in said.getvalue()
    with pytest.raises(CommandError):
        call_command("make_signing_keys", agency=["X99"], stdout=said)
    SigningKey.objects.all().delete()
    brought = settings.SIGNING_KEYS_DIR / "agencies"
    settings.SIGNING_KEYS_DIR = here
    brought.rename(here / "agencies")
    assert (signed_by(ward), signed_by(other_ward)) == (ward.name, ""), "another authority, known by what it signed"


def test_a_certificate_near_its_end_is_made_anew_and_old_papers_stay_good(ward, settings, monkeypatch):
    old = agency_keys.of(ward)
    paper = signing.sign_pdf(make_pdf(), agency_name="x", location="", agency=ward)
    monkeypatch.setattr(agency_keys, "RENEWED_BEFORE", agency_keys.RENEWED_BEFORE * 37)
    assert agency_keys.of(ward).key != old.key
    keys.register()
    assert signing.check_pdf(paper).is_valid


def test_a_long_name_stands_whole(ward):
    ward.name = "Ủy ban nhân dân " + "xã Tân Định Thượng " * 5
    assert signed_by(ward) == ward.name
    common = agency_keys.of(ward).chain[0].subject.rfc4514_string()
    assert "UBND xã Tân Định" in common
