"""A leader revokes an issued result: everybody who may rely on the paper learns it, and nothing else changes."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from datastore import reuse
from datastore.models import Document, DocumentStatus
from dossiers import drafts, filing, revocation
from dossiers.errors import IncompleteFilingError
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierComponent
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import ApiClient
from portal.exchange.models import OutboxMessage
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office, signed_in
from tests.backoffice.situations import in_state, press

pytestmark = pytest.mark.django_db
BASIS = "Luật Hộ tịch 2014, Điều 69"


@pytest.fixture
def finished(office: Office) -> Dossier:
    """A dossier whose result was issued here and lies in the owner's store."""
    return in_state(DossierState.RETURNED)


def result_of(dossier: Dossier) -> Document:
    dossier.refresh_from_db()
    assert dossier.result_document is not None
    dossier.result_document.refresh_from_db()
    return dossier.result_document


def revoke(office: Office, dossier: Dossier, **typed: str) -> Any:
    return press(office.browser("leader"), dossier, "revoke_result", **typed)


def test_the_page_says_which_paper_and_what_it_means(office: Office, finished: Dossier) -> None:
    page = office.browser("leader").get(f"/quan-tri/ho-so/{finished.code}/buoc/revoke-result/").content.decode()
    document = result_of(finished)
    assert document.number in page and document.credential.public_id in page
    assert "mất giá trị ngay" in page and "quyền khiếu nại" in page


@pytest.mark.parametrize("missing", ["reason", "legal_basis", "is_understood"])
def test_reason_basis_and_understanding_are_asked_for(office: Office, finished: Dossier, missing: str) -> None:
    response = revoke(office, finished, **{missing: ""})
    assert response.status_code == 422 and f'href="#id_{missing}"' in response.content.decode()
    assert result_of(finished).status == DocumentStatus.VALID


def test_everybody_learns_it(office: Office, finished: Dossier) -> None:
    document = result_of(finished)
    public_id = document.credential.public_id
    assert "Còn hiệu lực" in Client().get(f"/xm/{public_id}").content.decode()
    assert revoke(office, finished, reason="Cấp sai thẩm quyền.").status_code == 302
    # whoever scans it, with a network and without
    page = Client().get(f"/xm/{public_id}").content.decode()
    assert "Đã bị thu hồi" in page and "Cấp sai thẩm quyền" not in page and BASIS not in page
    assert public_id in Client().get("/xm/thu-hoi.json").json()["revoked"]
    # the history
    event = finished.events.latest()
    assert (event.name, event.reason, event.actor_user) == (revocation.EVENT, "Cấp sai thẩm quyền.", office.leader)
    assert event.data["legal_basis"] == BASIS and event.data["number"] == document.number
    finished.refresh_from_db()
    assert finished.state == DossierState.RETURNED
    # the citizen: her dossier, her list, her store, her inbox
    client = signed_in(finished.filer)
    for address in (f"/ho-so/{finished.code}/", f"/kho-du-lieu/{document.pk}/"):
        page = client.get(address).content.decode()
        for words in ("Cấp sai thẩm quyền.", BASIS, office.agency.name, "90 ngày"):
            assert words in page, (address, words)
    assert "thay được bản giấy" not in page, "what no longer counts replaces no paper"
    listed = client.get("/ho-so/").content.decode()
    assert listed.count("Kết quả đã bị thu hồi") == 2, "the sentence and the tag"
    assert "Đã bị thu hồi" in client.get("/kho-du-lieu/").content.decode()
    # the office sees what it did
    bench = office.browser("desk").get(f"/quan-tri/ho-so/{finished.code}/").content.decode()
    assert "Đã bị thu hồi" in bench and BASIS in bench


def test_no_page_shows_it_as_a_result_that_counts(
    office: Office, finished: Dossier, django_assert_num_queries: Any
) -> None:
    document = result_of(finished)
    Document.objects.filter(pk=document.pk).update(valid_until=timezone.localdate() + timedelta(days=90))
    client = signed_in(finished.filer)
    store, own = f"/kho-du-lieu/{document.pk}/", f"/ho-so/{finished.code}/"
    before = client.get(store).content.decode()
    assert f"/kho-du-lieu/{document.pk}/chia-se/" in before and "Có giá trị đến" in before
    assert "dau-chim" in before and "store-qr__code" in before
    assert "có giá trị đến" in client.get("/kho-du-lieu/").content.decode()
    assert "Xem kết quả" in client.get(own).content.decode()
    with CaptureQueriesContext(connection) as listing:
        client.get("/ho-so/")
        reads = len(listing)
    revoke(office, finished)
    page = client.get(store).content.decode()
    assert f"/kho-du-lieu/{document.pk}/chia-se/" not in page
    assert "Có giá trị đến" not in page and "Hết giá trị từ" in page
    assert str(document.trust_words) not in page.partition("store-tags")[2].partition("</div>")[0]
    assert "dau-chim" not in page and "store-qr__code" not in page and "đều thấy giấy đã bị thu hồi" in page
    listed = client.get("/kho-du-lieu/").content.decode()
    assert "có giá trị đến" not in listed and "hết giá trị từ" in listed
    page = client.get(own).content.decode()
    assert '<span class="tag tag--crimson">Kết quả đã bị thu hồi</span>' in page and "Xem kết quả" not in page
    assert f'href="/thu-tuc/{finished.procedure_code}/">Nộp hồ sơ mới' in page and f'href="{store}"' in page
    with django_assert_num_queries(reads):
        assert "Đã trả kết quả" not in client.get("/ho-so/").content.decode()
    assert "có giá trị đến" not in Client().get(f"/xm/{document.credential.public_id}").content.decode()
    tail = {"code": finished.code, "phone_tail": finished.applicant_phone[-4:]}
    tracked = Client().post("/tra-cuu/", tail).content.decode()
    assert '<span class="tag tag--crimson">Kết quả đã bị thu hồi</span>' in tracked


@pytest.mark.parametrize("address", ["hang-doi/da-xong/", "dieu-hanh/ho-so/?loc=da-xong", "ho-so/{code}/"])
def test_no_page_of_the_desk_shows_it_as_a_result_that_counts(office: Office, finished: Dossier, address: str) -> None:
    leader, address = office.browser("leader"), f"/quan-tri/{address.format(code=finished.code)}"
    assert "tag--jade" in leader.get(address).content.decode()
    revoke(office, finished)
    with CaptureQueriesContext(connection) as asked:
        page = leader.get(address).content.decode().partition("<main")[2]
    assert '<span class="tag tag--crimson">Kết quả đã bị thu hồi</span>' in page
    assert "tag--jade" not in page and "Đã trả kết quả</span>" not in page and ">xong đúng hạn<" not in page.lower()
    alone = [query for query in asked if 'FROM "datastore_document" WHERE' in query["sql"]]
    assert "hang-doi" not in address or not alone, "no query for each row"
    if "ho-so/H" in address:
        assert "Kết quả đã bị thu hồi lúc" in page.partition('id="decide"')[2]


@pytest.mark.parametrize(("language", "words"), [("vi", "đã bị thu hồi"), ("en", "was revoked")])
def test_the_owner_is_told_in_her_language(office: Office, finished: Dossier, language: str, words: str) -> None:
    finished.filer.language = language
    finished.filer.save()
    revoke(office, finished)
    told = Message.objects.filter(reference=finished.code, recipient=finished.filer, channel="inbox").latest("pk")
    assert told.kind == revocation.EVENT and words in told.subject and BASIS in told.body and "Cấp sai." in told.body


def test_an_owner_for_whom_somebody_filed_is_told_too(office: Office, finished: Dossier) -> None:
    owner = factories.make_citizen("Chủ Giấy Tờ")
    Dossier.objects.filter(pk=finished.pk).update(owner=owner)
    revoke(office, finished)
    told = Message.objects.filter(kind=revocation.EVENT, channel="inbox").values_list("recipient_id", flat=True)
    assert set(told) == {owner.pk, finished.filer_id}


def test_a_second_time_is_refused_and_not_offered(office: Office, finished: Dossier) -> None:
    revoke(office, finished)
    finished.refresh_from_db()
    changed_at = result_of(finished).status_changed_at
    assert (
        "buoc/revoke-result" not in office.browser("leader").get(f"/quan-tri/ho-so/{finished.code}/").content.decode()
    )
    response = revoke(office, finished, reason="Lần nữa.")
    assert response.status_code == 409 and result_of(finished).status_changed_at == changed_at
    assert finished.events.filter(name=revocation.EVENT).count() == 1


def test_it_is_no_longer_offered_and_a_draft_that_took_it_must_choose_again(office: Office, finished: Dossier) -> None:
    document = result_of(finished)
    version = finished.procedure_version
    assert version is not None
    component = version.components.get(code="TEST-GIAY")
    component.document_types = [document.type.code]
    component.save()
    draft = drafts.start(version, actor=Actor.citizen(finished.filer))
    draft.agency, draft.answers = finished.agency, finished.answers
    draft.save()
    DossierComponent.objects.create(
        dossier=draft, component_code=component.code, name=component.name, document=document, from_store=True
    )
    now = timezone.now()
    assert component.code not in filing.problems(draft, version, now)
    revoke(office, finished)
    fit = reuse.fitting_documents(finished.filer, component, on=timezone.localdate())[0]
    assert not fit.fits and fit.reason == "Đã bị thu hồi"
    assert document.title in str(filing.problems(draft, version, now)[component.code])
    with pytest.raises(IncompleteFilingError) as refused:
        filing.submit(draft.public_id, actor=Actor.citizen(finished.filer))
    assert component.code in refused.value.fields


def test_a_result_that_is_not_ours_cannot_be_revoked_here(office: Office, finished: Dossier) -> None:
    document = result_of(finished)
    document.credential.delete()
    assert (
        "buoc/revoke-result" not in office.browser("leader").get(f"/quan-tri/ho-so/{finished.code}/").content.decode()
    )
    assert revoke(office, finished).status_code == 409
    assert result_of(finished).status == DocumentStatus.VALID


def test_where_the_agencys_own_system_decided_the_leader_revokes_here_and_the_system_hears(
    office: Office, finished: Dossier
) -> None:
    system = ApiClient.objects.create(name="Một cửa", agency=office.agency, kind="rest", oidc_client_id="x")
    Dossier.objects.filter(pk=finished.pk).update(handled_by=system)
    page = office.browser("leader").get(f"/quan-tri/ho-so/{finished.code}/").content.decode()
    assert "buoc/revoke-result" in page
    assert revoke(office, finished).status_code == 302
    assert result_of(finished).status == DocumentStatus.REVOKED
    assert OutboxMessage.objects.get(subject=finished.code).type == revocation.EVENT


def test_a_leader_above_may_and_one_next_door_does_not_see_it(office: Office, finished: Dossier) -> None:
    from portal.core.errors import NotFoundError

    other = factories.official_actor(factories.make_other_agency(), ActorKind.LEADER)
    with pytest.raises(NotFoundError):
        revocation.revoke_result(finished.code or "", actor=other, reason="x", legal_basis="y")
    assert office.agency.parent is not None
    above = factories.official_actor(office.agency.parent, ActorKind.LEADER)
    revocation.revoke_result(finished.code or "", actor=above, reason="x", legal_basis="y")
    document = result_of(finished)
    assert (document.status, document.status_agency_name) == (DocumentStatus.REVOKED, office.agency.parent.name)
