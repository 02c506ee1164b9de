"""Documents over the API: by grant, for the time of the dossier; each reading is a line the owner sees."""

import hashlib

import pytest
from django.utils import timezone

from datastore import grants
from datastore.models import AccessLog, DocumentFile
from tests import factories
from tests.api.callers import caller, filed_dossier

pytestmark = pytest.mark.django_db
LIST = "/api/v1/documents/"


@pytest.fixture
def situation():
    system, dossier = filed_dossier()
    return system, dossier, dossier.components.get().document


def test_the_list_says_which_papers_may_be_read_and_nothing_of_what_they_say(situation):
    system, dossier, document = situation
    [row] = system.get(LIST).json()["results"]
    assert (row["id"], row["dossier_code"], row["type_code"]) == (document.pk, dossier.code, document.type.code)
    assert document.title not in str(row)
    assert not AccessLog.objects.exists()
    assert system.get(f"{LIST}?dossier={dossier.code}").json()["results"] == [row]
    assert system.get(f"{LIST}?dossier=H26.126-260101-0001").json()["results"] == []


def test_a_paper_and_its_bytes_are_read_and_its_owner_sees_both(situation):
    system, _dossier, document = situation
    told = system.get(f"{LIST}{document.pk}/").json()
    assert (told["title"], told["trust"], told["verification_id"]) == (document.title, "D", "")
    [file] = told["files"]
    answer = system.get(f"{LIST}{document.pk}/files/{file['id']}/")
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == file["sha256"]
    assert list(AccessLog.objects.order_by("pk").values_list("action", "owner", "agency")) == [
        (action, document.owner_id, system.client.agency_id) for action in ("looked", "opened")
    ]


def test_the_right_ends_with_the_dossier(situation):
    system, dossier, document = situation
    grants.end(dossier.code, timezone.now())
    assert system.get(LIST).json()["results"] == []
    assert system.get(f"{LIST}{document.pk}/").status_code == 404


def test_another_agency_and_another_documents_file_look_missing(situation):
    _system, _dossier, document = situation
    stranger = caller(factories.make_other_agency())
    file = DocumentFile.objects.get(document=document)
    assert stranger.get(LIST).json()["results"] == []
    for address in (f"{LIST}{document.pk}/", f"{LIST}{document.pk}/files/{file.pk}/", f"{LIST}0/files/{file.pk}/"):
        assert stranger.get(address).status_code == 404
    assert not AccessLog.objects.exists()


def test_another_system_of_the_same_agency_reads_nothing_of_dossiers_that_are_not_its_own(situation):
    system, dossier, document = situation
    file = DocumentFile.objects.get(document=document)
    other = caller(dossier.agency.parent, receives=False)
    assert other.get(LIST).json()["results"] == []
    for address in (f"{LIST}{document.pk}/", f"{LIST}{document.pk}/files/{file.pk}/"):
        assert other.get(address).status_code == 404
        answer = system.get(address)
        assert answer.status_code == 200
        b"".join(answer)  # read to its end, which closes the file
    assert AccessLog.objects.count() == 2, "only the system that handles the dossier read"
