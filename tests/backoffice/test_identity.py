"""The identification number is masked until an official asks for it with a reason, which is kept; so do papers."""

import pytest
from django.utils import timezone

from datastore.models import AccessLog, Grant
from tests import factories
from tests.backoffice.conftest import Office

pytestmark = pytest.mark.django_db


def test_the_number_is_masked_until_a_reason_is_given(office: Office) -> None:
    dossier = factories.file_dossier()
    client = office.browser("desk")
    address = f"/quan-tri/ho-so/{dossier.code}/"
    assert dossier.applicant_id not in client.get(address).content.decode()
    assert client.post(f"{address}xem-so-dinh-danh/", {"reason": ""}).status_code == 422
    client.post(f"{address}xem-so-dinh-danh/", {"reason": "Đối chiếu với sổ hộ tịch"})
    assert dossier.applicant_id in client.get(address).content.decode()
    event = dossier.events.get(name="dossier.identity_revealed")
    assert (event.is_public, event.reason, event.actor_user) == (False, "Đối chiếu với sổ hộ tịch", office.desk)
    looked = AccessLog.objects.exclude(action="dossier").get()
    assert (looked.owner, looked.document, looked.action) == (dossier.filer, None, "revealed")
    assert (looked.agency, looked.reader, looked.dossier_code) == (office.agency, office.desk, dossier.code)
    assert looked.purpose == "Đối chiếu với sổ hộ tịch"
    assert dossier.applicant_id not in office.browser("leader").get(address).content.decode()


def test_answers_hide_the_number_too(office: Office) -> None:
    dossier = factories.file_dossier()
    dossier.answers = {**dossier.answers, "purpose": f"Cho con, số {dossier.applicant_id}"}
    dossier.save()
    page = office.browser("desk").get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()
    assert "Cho con, số •••••••••" in page and dossier.applicant_id not in page


def test_opening_a_paper_leaves_a_row_with_its_purpose(office: Office) -> None:
    dossier = factories.file_dossier()
    (component,) = dossier.components.all()
    file = component.document.files.get()
    client = office.browser("desk")
    page = client.get(f"/quan-tri/ho-so/{dossier.code}/?giay-to={file.pk}").content.decode()
    assert f'class="viewer__image" src="/kho-du-lieu/tep/{file.pk}/?xem=1"' in page
    papers = AccessLog.objects.filter(document__isnull=False)
    assert papers.count() == 0
    shown = client.get(f"/kho-du-lieu/tep/{file.pk}/?xem=1")
    assert shown.status_code == 200 and b"".join(shown.streaming_content)
    row = papers.get()
    assert row.purpose == f"Giải quyết hồ sơ {dossier.code}"
    assert (row.dossier_code, row.reader) == (dossier.code, office.desk)
    assert office.browser("foreign_desk").get(f"/kho-du-lieu/tep/{file.pk}/?xem=1").status_code == 404


def test_a_pdf_stands_beside_its_component_and_a_closed_paper_is_no_link(office: Office) -> None:
    dossier = factories.file_dossier()
    (component,) = dossier.components.all()
    kept = component.document.files.select_related("blob").get()
    kept.blob.content_type = "application/pdf"
    kept.blob.save(update_fields=["content_type"])
    client, address = office.browser("desk"), f"/quan-tri/ho-so/{dossier.code}/"
    page = client.get(f"{address}?giay-to={kept.pk}").content.decode()
    assert f'<iframe class="viewer__frame" src="/kho-du-lieu/tep/{kept.pk}/?xem=1"' in page
    assert 'class="viewer__image"' not in page
    link = f'data-view="/kho-du-lieu/tep/{kept.pk}/?xem=1" data-view-as="pdf" aria-current="true"'
    assert link in page
    Grant.objects.filter(dossier_code=dossier.code).update(revoked_at=timezone.now())
    shut = client.get(f"{address}?giay-to={kept.pk}").content.decode()
    assert kept.name in shut and "papers__link--closed" in shut
    assert "viewer__frame" not in shut and f"/kho-du-lieu/tep/{kept.pk}/" not in shut
