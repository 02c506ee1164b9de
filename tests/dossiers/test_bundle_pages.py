"""Linked procedures on the pages: the citizen from the last button to the results, a leader over her agencies."""

import pytest

from dossiers import bundles
from dossiers.lifecycle import DossierState
from dossiers.models import BundleFiling, Dossier
from portal.agencies.models import MembershipRole
from procedures.models import ProcedureVersion
from tests import factories
from tests.backoffice.conftest import with_second_factor
from tests.dossiers.bundle_situations import WHOLE, decide, declare, linked, part, send
from tests.dossiers.filing_pages import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole() -> ProcedureVersion:
    return linked()


def test_pages_from_the_last_button_to_the_results(whole: ProcedureVersion) -> None:
    draft, actor = declare(whole)
    assert actor.user is not None
    client = signed_in(actor.user)
    address = f"/nop-ho-so/{WHOLE}/{draft.public_id}/kiem-tra/"
    before = text(client.get(address))
    assert "Cổng nộp các hồ sơ này" in before and "(tự nộp khi có kết quả: Thủ tục thử)" in before
    assert "Việc khác nộp riêng." in before
    sent = client.post(address)
    assert sent.status_code == 302 and sent.url == f"/lien-thong/{draft.public_id}/"
    assert client.post(address).url == sent.url and client.get(address).url == sent.url
    page = text(client.get(sent.url))
    assert "Chờ kết quả: Thủ tục thử." in page and "Thủ tục thử: Đã nộp hồ sơ" in page
    assert "Hồ sơ liên thông" in text(client.get("/ho-so/"))
    first = part(BundleFiling.objects.get(), "first").dossier
    assert first is not None and f'href="{sent.url}"' in text(client.get(f"/ho-so/{first.code}/"))
    decide(first)
    assert f'href="/kho-du-lieu/{Dossier.objects.get(pk=first.pk).result_document_id}/"' in text(client.get(sent.url))
    assert signed_in(factories.make_citizen()).get(sent.url).status_code == 404


def test_a_leader_sees_each_dossier_and_opens_her_own_agencys(whole: ProcedureVersion) -> None:
    bundle = send(whole)
    leader = factories.make_official(factories.make_agency(), MembershipRole.LEADER)
    browser = signed_in(with_second_factor(leader))
    page = text(browser.get("/quan-tri/dieu-hanh/lien-thong/"))
    first = part(bundle, "first").dossier
    assert first is not None and f"/quan-tri/ho-so/{first.code}/" in page
    assert "Liên thông thử" in page and "Chờ kết quả: Thủ tục thử." in page
    other = factories.make_other_agency()
    Dossier.objects.filter(pk=first.pk).update(agency=other)  # the third one is still hers
    page = text(browser.get("/quan-tri/dieu-hanh/lien-thong/"))
    assert f"/quan-tri/ho-so/{first.code}/" not in page and other.name in page


def test_a_leader_sees_no_bundle_for_a_draft_that_nobody_sent(whole: ProcedureVersion) -> None:
    bundle = send(whole, purpose="Hai việc")
    first = decide(part(bundle, "first").dossier, number="")
    bundles.go_on()
    second = part(bundle, "second").dossier
    assert second is not None and second.state == DossierState.DRAFT and second.agency == factories.make_agency()
    Dossier.objects.filter(pk=first.pk).update(agency=factories.make_other_agency())
    leader = factories.make_official(factories.make_agency(), MembershipRole.LEADER)
    page = text(signed_in(with_second_factor(leader)).get("/quan-tri/dieu-hanh/lien-thong/"))
    assert "Liên thông thử" not in page and bundle.applicant_name not in page


def test_in_english_a_part_that_waits_has_its_english_name(whole: ProcedureVersion) -> None:
    bundle = send(whole)
    page = text(signed_in(bundle.filer).get(f"/en/lien-thong/{bundle.public_id}/"))
    assert "Waiting for the result of: Test procedure." in page and "Thủ tục thử nghiệm" not in page
