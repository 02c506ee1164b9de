"""An official's session that ends while she types: signing in again brings her back to the form, with her words."""

import re

import pytest
from django.test import Client

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.accounts.models import User
from tests.backoffice.conftest import Office
from tests.backoffice.situations import in_state
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
WORDS = "Bản chụp mờ, thiếu trang hai; xin nộp lại."


def sign_in_again(client: Client, user: User) -> None:
    """Inside the session that waits."""
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def page_of(dossier: Dossier, suffix: str = "") -> str:
    return f"/quan-tri/ho-so/{dossier.code}/{suffix}"


def test_a_step_that_was_sent_too_late_is_back_and_not_yet_taken(office: Office) -> None:
    dossier, client = in_state(DossierState.SUBMITTED), Client()
    address = page_of(dossier, "buoc/refuse-intake/")
    away = client.post(address, {"sequence": str(dossier.last_sequence), "reason": WORDS})
    assert away.status_code == 302 and away["Location"].endswith(f"next={address}")
    assert WORDS not in str(dict(client.session.items()))
    kept = "Những gì bạn vừa gõ được giữ lại"
    assert kept in text(client.get(away["Location"], follow=True)), "between the press and signing in nobody fears"
    assert kept not in text(Client().get(away["Location"], follow=True))
    sign_in_again(client, office.desk)
    page = text(client.get(address))
    assert WORDS in page and "còn nguyên" in page
    dossier.refresh_from_db()
    assert dossier.state == DossierState.SUBMITTED
    assert WORDS not in text(client.get(address)), "given back once"
    assert client.post(address, {"sequence": str(dossier.last_sequence), "reason": WORDS}).status_code == 302
    dossier.refresh_from_db()
    assert dossier.state == DossierState.REFUSED


@pytest.mark.parametrize(("place", "field"), [("tin-nhan/", "id_text"), ("ghi-chu/", "note_text")])
def test_a_message_or_a_note_is_back_in_its_place_on_the_workbench(office: Office, place: str, field: str) -> None:
    dossier, client = in_state(DossierState.PROCESSING), Client()
    away = client.post(page_of(dossier, place), {"text": WORDS, "token": "t1"})
    assert away["Location"].endswith(f"next={page_of(dossier)}")
    sign_in_again(client, office.desk)
    page = text(client.get(page_of(dossier)))
    assert re.search(rf'<textarea[^>]*id="{field}"[^>]*>\s*{re.escape(WORDS)}', page)


def test_an_official_of_another_agency_on_the_same_computer_reads_nothing(office: Office) -> None:
    dossier, client = in_state(DossierState.SUBMITTED), Client()
    address = page_of(dossier, "buoc/refuse-intake/")
    client.post(address, {"sequence": "1", "reason": WORDS})
    sign_in_again(client, office.foreign_desk)
    answer = client.get(address)
    assert answer.status_code == 404 and WORDS not in text(answer)
