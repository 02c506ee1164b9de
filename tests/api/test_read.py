"""Reading dossiers and papers: cursor pages, entity tags, bytes with a line in the owner's log."""

import base64
import hashlib
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from datastore.models import AccessLog
from dossiers.models import Dossier
from tests import factories
from tests.api.callers import caller, filed_dossier

pytestmark = pytest.mark.django_db


def test_pages_are_walked_by_cursor_and_lose_nothing() -> None:
    system, first = filed_dossier()
    codes = {first.code, *(factories.file_dossier().code for _ in range(4))}
    seen, address = [], "/api/v1/dossiers/?page_size=2"
    while address:
        page = system.get(address).json()
        seen += [row["code"] for row in page["results"]]
        address = page["next"]
    assert len(seen) == 5 and set(seen) == codes


def test_a_dossier_that_went_to_an_agency_elsewhere_is_out_of_sight() -> None:
    system, dossier = filed_dossier()
    Dossier.objects.filter(pk=dossier.pk).update(agency=factories.make_other_agency())
    assert system.get("/api/v1/dossiers/").json()["results"] == []
    assert system.get(f"/api/v1/dossiers/{dossier.code}/").status_code == 404
    assert system.push(dossier, "accept").status_code == 404


def test_head_is_get_without_the_body() -> None:
    """RFC 9110, 9.3.2: the same scopes, the same headers."""
    system, dossier = filed_dossier()
    for address in (
        "/api/v1/dossiers/",
        f"/api/v1/dossiers/{dossier.code}/",
        f"/api/v1/dossiers/{dossier.code}/events/",
    ):
        head, whole = system.http.head(address), system.get(address)
        assert (head.status_code, head["Content-Type"]) == (200, whole["Content-Type"]) and head.content == b""
    assert system.http.head("/api/v1/dossiers/H26.0-260101-0001/").status_code == 404
    assert system.http.head("/api/v1/dossiers/events/").status_code == 405
    assert Client().head("/api/v1/dossiers/").status_code == 401


def test_head_needs_the_scope_of_get() -> None:
    system = caller(factories.make_agency(), scopes=["events:write"])
    assert system.http.head("/api/v1/dossiers/").status_code == 403


def test_a_listing_filters_by_state_and_change() -> None:
    system, dossier = filed_dossier()
    factories.file_dossier()
    system.push(dossier, "accept")
    accepted = system.get("/api/v1/dossiers/?state=accepted").json()["results"]
    assert [row["code"] for row in accepted] == [dossier.code]
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    assert system.get("/api/v1/dossiers/", query_params={"updated_since": later}).json()["results"] == []
    for query in ("state=khong", "updated_since=hom-qua"):
        assert system.get(f"/api/v1/dossiers/?{query}").status_code == 422
    assert system.get("/api/v1/dossiers/?cursor=bậy").status_code == 404


def test_a_listing_costs_the_same_queries_whatever_its_length(django_assert_max_num_queries) -> None:
    system, _dossier = filed_dossier()
    for _ in range(5):
        factories.file_dossier()
    system.get("/api/v1/dossiers/")
    with django_assert_max_num_queries(2):
        assert len(system.get("/api/v1/dossiers/").json()["results"]) == 6


def test_a_dossier_comes_whole_and_once() -> None:
    system, dossier = filed_dossier()
    answer = system.get(f"/api/v1/dossiers/{dossier.code}/")
    assert answer.status_code == 200
    content = answer.json()
    assert content["applicant"]["personal_id"] == dossier.applicant_id
    assert content["answers"]["purpose"] == "Thử nghiệm"
    assert content["components"][0]["files"][0]["url"].endswith("/")
    again = system.http.get(f"/api/v1/dossiers/{dossier.code}/", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304 and again.content == b""
    system.push(dossier, "accept")
    changed = system.http.get(f"/api/v1/dossiers/{dossier.code}/", headers={"If-None-Match": answer["ETag"]})
    assert changed.status_code == 200 and changed["ETag"] != answer["ETag"]


def test_a_paper_comes_byte_for_byte_and_the_owner_sees_who_read_it() -> None:
    system, dossier = filed_dossier()
    (file,) = dossier.components.get().files
    answer = system.get(f"/api/v1/dossiers/{dossier.code}/files/{file['file_id']}/")
    assert answer.status_code == 200
    content = answer.getvalue()
    digest = hashlib.sha256(content)
    assert digest.hexdigest() == file["content_sha256"]
    assert answer["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in answer["Content-Disposition"]
    line = AccessLog.objects.get()
    assert (line.owner, line.client, line.dossier_code) == (dossier.owner, system.client, dossier.code)


def test_a_paper_of_another_dossier_is_not_found_through_mine() -> None:
    system, dossier = filed_dossier()
    other = factories.file_dossier()
    (file,) = other.components.get().files
    assert system.get(f"/api/v1/dossiers/{dossier.code}/files/{file['file_id']}/").status_code == 404
    assert not AccessLog.objects.exists()


def test_drafts_are_nobodys_business() -> None:
    system, dossier = filed_dossier()
    Dossier.objects.filter(pk=dossier.pk).update(state="draft")
    assert system.get(f"/api/v1/dossiers/{dossier.code}/").status_code == 404
