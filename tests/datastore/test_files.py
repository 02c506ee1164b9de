"""The one way out: whole HTTP, headers included."""

from datetime import date
from urllib.parse import unquote

import pytest
from django.urls import reverse

from datastore import grants
from datastore.models import AccessLog
from portal.agencies.models import Membership
from tests.datastore.conftest import make_image, make_pdf

pytestmark = pytest.mark.django_db


def address(document, query=""):
    return reverse("datastore:file", args=[document.files.get().pk]) + query


def test_the_owner_gets_the_bytes_locked_in(deposit, citizen, signed_in, pdf):
    content = pdf()
    document = deposit(content=content, name="giấy chứng sinh.pdf")
    response = signed_in(citizen).get(address(document))
    assert b"".join(response.streaming_content) == content
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert unquote(response["Content-Disposition"]).endswith("giấy chứng sinh.pdf")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert int(response["Content-Length"]) == len(content)


@pytest.mark.parametrize("name", ["giấy.pdf", "ảnh.jpg"])
def test_a_preview_may_be_framed_by_our_own_pages_only(deposit, citizen, signed_in, name):
    document = deposit(content=make_image() if name.endswith("jpg") else make_pdf(), name=name)
    response = signed_in(citizen).get(address(document, "?xem=1"))
    assert response["Content-Disposition"].startswith("inline")
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    b"".join(response.streaming_content)


def test_a_documents_address_leads_to_its_first_file(deposit, citizen, signed_in):
    document = deposit()
    response = signed_in(citizen).get(reverse("datastore:download", args=[document.pk]))
    assert response["Location"] == address(document)


def test_others_and_guesses_look_alike(deposit, stranger, signed_in):
    document = deposit()
    browser = signed_in(stranger)
    theirs = browser.get(address(document))
    nothing = browser.get(reverse("datastore:file", args=[10**9]))
    assert theirs.status_code == nothing.status_code == 404
    assert document.title not in theirs.content.decode()


def test_a_documents_own_address_tells_a_stranger_nothing(deposit, stranger, signed_in):
    theirs, client = deposit(), signed_in(stranger)
    for pk in (theirs.pk, theirs.pk + 999, 10**25):
        response = client.get(reverse("datastore:download", args=[pk]))
        assert response.status_code == 404 and "Location" not in response
    assert not AccessLog.objects.exists()


def test_without_signing_in_one_is_asked_to(deposit, client):
    response = client.get(address(deposit()))
    assert response.status_code == 302
    assert reverse("accounts:sign_in") in response["Location"]


def test_an_official_reads_by_her_post_while_the_grant_runs(deposit, ward, make_citizen, signed_in):
    document = deposit()
    official = make_citizen("Trần Văn Bình", is_official=True)
    browser = signed_in(official)
    Membership.objects.create(user=official, agency=ward, role="specialist", valid_from=date(2026, 1, 1))
    assert browser.get(address(document)).status_code == 404
    grants.grant([document], agency=ward, dossier_code="H29-1", purpose="Giải quyết hồ sơ")
    response = browser.get(address(document))
    assert response.status_code == 200
    b"".join(response.streaming_content)
    assert AccessLog.objects.get().agency == ward
    Membership.objects.update(valid_to=date(2026, 1, 2))
    assert browser.get(address(document)).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_only_reading(deposit, citizen, signed_in, method):
    assert getattr(signed_in(citizen), method)(address(deposit())).status_code == 405
