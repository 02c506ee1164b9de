"""Notices speak the language in which their reader uses the portal."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from dossiers import services
from dossiers.models import Dossier
from dossiers.notices import NOTICES
from portal.notifications.models import Message
from portal.notifications.tasks import send_due
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier() -> Dossier:
    """A dossier filed in Vietnamese, at an agency and for a procedure that have English names, too."""
    filed = factories.file_dossier()
    agency, version = filed.agency, filed.procedure_version
    assert agency is not None and version is not None
    agency.name_en = "People's Committee of Thử Ward"
    agency.save()
    version.short_name_en = "Register a trial"
    version.save()
    return filed


def newest(dossier: Dossier, channel: str = "inbox") -> Message:
    return Message.objects.filter(reference=dossier.code, channel=channel).latest("pk")


def test_who_sends_forms_in_english_is_told_in_english(dossier: Dossier, client: Client, settings) -> None:
    client.force_login(dossier.filer)
    client.post("/en/tro-giup/hien-thi/", {"theme": "auto"})
    services.accept(dossier.code, actor=factories.official_actor(dossier.agency))
    told = newest(dossier)
    assert told.language == "en" and told.subject == f"Dossier {dossier.code} was accepted – Register a trial"
    assert told.body.startswith("People's Committee of Thử Ward has accepted your filing “Register a trial”.")
    assert "The result is due at" in told.body
    send_due()
    sent = next(letter for letter in mail.outbox if letter.subject == told.subject)
    assert f"{settings.BASE_URL}/en/ho-so/{dossier.code}/" in sent.body
    assert "never asks for passwords" in sent.body


def test_opening_an_english_page_is_no_choice_of_language(dossier: Dossier, client: Client) -> None:
    client.force_login(dossier.filer)
    assert client.get("/en/hop-thu/").status_code == 200
    services.accept(dossier.code, actor=factories.official_actor(dossier.agency))
    assert newest(dossier).subject == f"Hồ sơ {dossier.code} được tiếp nhận – Thủ tục thử"


def test_language_of_the_official_is_not_the_readers(dossier: Dossier) -> None:
    dossier.filer.language = "en"
    dossier.filer.save()
    services.refuse_intake(dossier.code, actor=factories.official_actor(dossier.agency), reason="Thiếu chữ ký.")
    assert newest(dossier).body == "Reason: Thiếu chữ ký."


@pytest.mark.parametrize("step", [services.refuse_intake, services.request_supplement])
def test_what_an_official_typed_stays_on_the_portal(dossier: Dossier, step: Callable[..., Dossier]) -> None:
    step(dossier.code, actor=factories.official_actor(dossier.agency), reason="Bà Riêng Tư chưa ly hôn.")
    assert "Riêng Tư" in newest(dossier).body
    outside = newest(dossier, "email")
    assert "Riêng Tư" not in outside.body and "xem trên trang hồ sơ." in outside.body and outside.link
    send_due()
    assert mail.outbox and not any("Riêng Tư" in letter.body for letter in mail.outbox)


def test_inbox_says_in_which_language_each_message_is(dossier: Dossier, client: Client) -> None:
    client.force_login(dossier.filer)
    page = client.get("/en/hop-thu/").content.decode()
    assert f'<span lang="vi">Đã nhận hồ sơ <span class="nowrap">{dossier.code}</span> – Thủ tục thử</span>' in page


@pytest.mark.parametrize("event", sorted(NOTICES))
def test_every_notice_is_translated(event: str) -> None:
    for text in NOTICES[event]:
        with translation.override("en"):
            english = str(text)
        with translation.override("vi"):
            assert str(text) != english
