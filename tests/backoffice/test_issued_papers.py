"""Officials open the letters and the signed result of a dossier from the workbench; the owner reads who did."""

import re

import pytest

from datastore.models import AccessLog
from dossiers import letters, results, services
from dossiers.models import Dossier, Letter, ResultIssue
from portal.agencies.actors import ActorKind
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.situations import text

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided() -> Dossier:
    """One whose receipt and result lie in the store."""
    dossier = factories.processing_dossier()
    services.approve(dossier.code or "", actor=factories.official_actor(dossier.agency, ActorKind.LEADER))
    for letter in Letter.objects.filter(dossier=dossier):
        letters.write(letter)
    results.issue(ResultIssue.objects.get(dossier=dossier))
    dossier.refresh_from_db()
    return dossier


def test_letters_and_result_open_and_leave_a_row(office: Office, decided: Dossier) -> None:
    desk = office.browser("desk")
    page = text(desk.get(f"/quan-tri/ho-so/{decided.code}/"))
    papers = re.findall(rf'href="(/quan-tri/ho-so/{decided.code}/van-ban/([0-9]+)/)"', page)
    wrote = Letter.objects.filter(dossier=decided).values_list("document", flat=True)
    assert {int(pk) for _address, pk in papers} == {*wrote, decided.result_document_id}
    for address, pk in papers:
        opened = desk.get(address)
        assert b"".join(opened.streaming_content).startswith(b"%PDF") and opened["Content-Type"] == "application/pdf"
        row = AccessLog.objects.get(document=pk)
        assert (row.owner, row.reader, row.dossier_code) == (decided.owner, office.desk, decided.code)
        for who in ("foreign_desk", "administrator"):
            assert office.browser(who).get(address).status_code == 404
    assert AccessLog.objects.filter(document__in=[pk for _address, pk in papers]).count() == len(papers)


def test_a_paper_of_another_dossier_is_not_found_by_this_one(office: Office, decided: Dossier) -> None:
    other = factories.file_dossier(decided.filer)
    assert other.code != decided.code
    address = f"/quan-tri/ho-so/{other.code}/van-ban/{decided.result_document_id}/"
    assert office.browser("desk").get(address).status_code == 404
