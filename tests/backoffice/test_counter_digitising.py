"""A paper digitised at the counter goes straight into the dossier that is being filed there."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from datastore import digitising
from datastore.models import Digitisation, Document, Reuse, TrustLevel
from tests.backoffice.desks import SAID, Counter
from tests.datastore.conftest import make_pdf
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(office):
    counter = Counter(office)
    counter.begin()
    return counter


def address(desk, component: str = "TEST-GIAY") -> str:
    return f"/quan-tri/so-hoa/moi/?ban-nhap={desk.draft.public_id}&thanh-phan={component}"


def scanned(desk, **changes: str):
    paper = SimpleUploadedFile("quet.pdf", make_pdf())
    return desk.browser.post(address(desk), {**SAID, **changes, "file": paper})


def test_scanned_certified_and_attached(desk):
    assert "thanh-phan=TEST-GIAY" in text(desk.browser.get(f"{desk.base}giay-to/"))
    page = text(desk.browser.get(address(desk)))
    assert "Trần Thị Khách" in page and "personal_id" not in page, "who stands at the counter is known"
    answer = scanned(desk)
    made = Digitisation.objects.get()
    assert made.document.owner == desk.person
    assert answer["Location"].startswith(f"/quan-tri/so-hoa/{made.pk}/?ban-nhap=")
    for _press in range(2):
        done = desk.browser.post(answer["Location"], {"certify": "1", "checks": list(digitising.CHECKS)})
        assert done["Location"] == f"{desk.base}giay-to/"
    attached = desk.draft.components.get()
    assert (attached.document, attached.from_store) == (made.document, False)
    assert attached.document.trust == TrustLevel.DIGITISED and attached.document.is_listed
    assert attached.files[0]["content_sha256"] == made.document.files.get().blob.content_sha256, "the signed bytes"
    assert not Reuse.objects.exists()


def test_sent_back_attaches_nothing(desk):
    where = scanned(desk)["Location"]
    done = desk.browser.post(where, {"reject": "1", "reason": "Mờ"})
    assert done["Location"] == f"{desk.base}giay-to/" and not desk.draft.components.exists()


def test_a_type_that_the_component_does_not_take_is_no_choice(desk):
    assert scanned(desk, type="KQ.TEST").status_code == 422 and not Document.objects.exists()


def test_other_desks_drafts_components_and_addresses_are_not_found(desk, office):
    for who, where in (
        ("foreign_desk", address(desk)),
        ("specialist", address(desk)),
        ("desk", address(desk, "KHONG-CO")),
        ("desk", "/quan-tri/so-hoa/moi/?ban-nhap=x"),
    ):
        assert office.browser(who).get(where).status_code == 404, (who, where)
