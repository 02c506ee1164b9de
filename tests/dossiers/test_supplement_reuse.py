"""A request for a supplement is answered from the store with one tick: nothing is photographed a second time."""

import re

import pytest

from datastore import services as store
from datastore.models import Document, Reuse, TrustLevel
from dossiers import services, supplement_requests
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from dossiers.services import Defect
from tests import factories
from tests.datastore.conftest import make_pdf
from tests.dossiers.filing_pages import signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier() -> Dossier:
    filed = factories.file_dossier(factories.make_citizen())
    assert filed.agency is not None
    defects = [Defect("TEST-GIAY", "Giấy tờ thử", "Thiếu trang 2")]
    actor = factories.official_actor(filed.agency)
    return services.request_supplement(filed.code or "", actor=actor, reason="Thiếu", defects=defects)


def keep(dossier: Dossier, title: str, type_code: str = "GT.KHAC") -> Document:
    assert dossier.filer is not None
    return store.deposit(
        owner=dossier.filer,
        content=make_pdf(2),
        name="giay.pdf",
        type_code=type_code,
        title=title,
        trust=TrustLevel.UPLOADED,
    )


def test_what_fits_is_offered_and_taken_by_reference(dossier: Dossier) -> None:
    paper, other = keep(dossier, "Giấy hai trang"), keep(dossier, "Giấy loại khác", "KQ.TEST")
    assert dossier.filer is not None
    client, address = signed_in(dossier.filer), f"/ho-so/{dossier.code}/bo-sung/"
    page = text(client.get(address))
    assert "Giấy hai trang" in page and "Giấy loại khác" not in page
    first = dossier.components.get().document
    assert supplement_requests.asked_again([first, paper]) == {("TEST-GIAY", first.pk)}
    assert "Nơi cấp chưa xác nhận" in text(client.get(f"/kho-du-lieu/{first.pk}/"))
    offered = re.findall(r'name="reuse:0"[^>]* value="(\d+)"', page)
    assert offered == [str(paper.pk)], "what the agency has is not offered again"
    refused = client.post(address, {"reuse:0": str(other.pk), "answer": "Đây."})
    assert refused.status_code == 422 and "không dùng được" in text(refused)
    assert client.post(address, {"reuse:0": str(paper.pk)}).status_code == 302
    dossier.refresh_from_db()
    assert dossier.state != DossierState.AWAITING_SUPPLEMENT
    added = dossier.components.get(supplement_round=1)
    assert (added.document, added.from_store) == (paper, True)
    used = Reuse.objects.get()
    assert (used.document, used.dossier_code, used.component_code) == (paper, dossier.code, "TEST-GIAY")
    assert used.content_sha256 == [added.files[0]["content_sha256"]] and Document.objects.filter(pk=paper.pk).exists()


def test_a_strangers_paper_is_no_choice(dossier: Dossier) -> None:
    stranger = factories.make_citizen()
    theirs = store.deposit(
        owner=stranger, content=make_pdf(), name="x.pdf", type_code="GT.KHAC", trust=TrustLevel.UPLOADED
    )
    assert dossier.filer is not None
    answer = signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/bo-sung/", {"reuse:0": str(theirs.pk)})
    assert answer.status_code == 422 and not Reuse.objects.exists()
