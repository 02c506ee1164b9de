"""An agency reads the papers of a dossier while it handles it, and not a moment longer."""

from collections.abc import Callable

import pytest
from django.test import Client

from dossiers import results, services
from dossiers.lifecycle import FINISHED_STATES, DossierState
from dossiers.models import Dossier, ResultIssue
from portal.agencies.actors import ActorKind
from tests import factories
from tests.backoffice.conftest import Office

pytestmark = pytest.mark.django_db
S = DossierState


def _returned() -> Dossier:
    dossier = factories.processing_dossier()
    assert dossier.agency is not None
    services.approve(dossier.code or "", actor=factories.official_actor(dossier.agency, ActorKind.LEADER))
    results.issue(ResultIssue.objects.get())
    return dossier


def _refused() -> Dossier:
    dossier = factories.file_dossier()
    assert dossier.agency is not None
    services.refuse_intake(dossier.code or "", actor=factories.official_actor(dossier.agency), reason="Thiếu căn cứ.")
    return dossier


def _stopped() -> Dossier:
    dossier = factories.processing_dossier()
    assert dossier.agency is not None
    leader = factories.official_actor(dossier.agency, ActorKind.LEADER)
    services.stop(dossier.code or "", actor=leader, reason="Người nộp đã qua đời.")
    return dossier


def _status(browser: Client, address: str) -> int:
    answer = browser.get(address)
    b"".join(answer.streaming_content if answer.streaming else [])
    return answer.status_code


WAYS: dict[str, Callable[[], Dossier]] = {S.RETURNED: _returned, S.REFUSED: _refused, S.STOPPED: _stopped}
"""To each end; what is decided waits for its paper to be handed over, and ends with that."""


def test_every_end_is_tried() -> None:
    assert {*WAYS, S.DECIDED} == FINISHED_STATES


@pytest.mark.parametrize("state", WAYS)
def test_at_its_end_the_agency_reads_its_papers_no_longer(office: Office, state: str) -> None:
    open_one = factories.file_dossier()
    component = open_one.components.get()
    address = f"/kho-du-lieu/tep/{component.files[0]['file_id']}/"
    assert _status(office.browser("desk"), address) == 200, "while it is handled"

    dossier = WAYS[state]()
    assert Dossier.objects.get(pk=dossier.pk).state == state
    paper = dossier.components.get().files[0]["file_id"]
    assert _status(office.browser("desk"), f"/kho-du-lieu/tep/{paper}/") == 404
    assert _status(office.browser("desk"), address) == 200, "those of another one it still reads"
