"""Notices speak the language in which their reader uses the portal."""

from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from dossiers import notices, services
from dossiers.charging import Charge
from dossiers.models import Dossier, DossierEvent, ObligationState
from dossiers.notices import NOTICES
from dossiers.obligations import require_payment, settle_payment
from portal.agencies.actors import Actor
from portal.notifications.models import Message
from portal.notifications.tasks import send_due
from tests import factories
from tests.dossiers.filing_pages import signed_in, text

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
    assert "Riêng Tư" not in outside.body and "trên trang hồ sơ." in outside.body and outside.link
    send_due()
    assert mail.outbox and not any("Riêng Tư" in letter.body for letter in mail.outbox)


def test_papers_that_no_list_has_are_named_on_the_portal_only(dossier: Dossier) -> None:
    defects = [
        services.Defect("TEST-GIAY", "Giấy của bà Riêng Tư", "Mờ"),
        services.Defect("khac", "Án ly hôn của bà Riêng Tư"),
        services.Defect("", "Mục đích", "Ghi rõ", field="purpose"),
    ]
    desk = factories.official_actor(dossier.agency)
    services.request_supplement(dossier.code, actor=desk, reason="Bà Riêng Tư chưa ly hôn.", defects=defects)
    assert newest(dossier).body.count("Riêng Tư") == 3
    outside = newest(dossier, "email").body
    assert "Riêng Tư" not in outside
    assert "yêu cầu bổ sung giấy tờ và sửa nội dung khai. Xem cụ thể trên trang hồ sơ." in outside
    assert "Giấy tờ: Giấy tờ thử; giấy khác ghi ở đó. Mục kê khai cần sửa: Mục đích." in outside


def test_a_request_names_each_paper_with_its_words_and_a_further_one_is_no_repetition(dossier: Dossier) -> None:
    desk, code = factories.official_actor(dossier.agency), dossier.code or ""
    paper = services.Defect("TEST-GIAY", "Giấy tờ thử", "Trang có tên bà Riêng Tư.")
    services.request_supplement(code, actor=desk, reason="Chưa đủ", defects=[paper])
    asked, sent = newest(dossier), newest(dossier, "email")
    assert "yêu cầu: Chưa đủ\nGồm: Giấy tờ thử: Trang có tên bà Riêng Tư.\n" in asked.body
    assert "yêu cầu bổ sung giấy tờ. Xem cụ thể trên trang hồ sơ. Gồm: Giấy tờ thử.\n" in sent.body
    assert dossier.filer is not None
    services.supplement(code, actor=Actor.citizen(dossier.filer), answer="Đây ạ.")
    services.request_supplement(code, actor=desk, reason="Vẫn mờ.", legal_basis="Điều 5 của bà Riêng Tư")
    again = newest(dossier, "email")
    assert again.subject.startswith(f"Yêu cầu mới: Hồ sơ {code}") and again.subject != sent.subject
    assert "cần bạn trả lời. Xem cụ thể trên trang hồ sơ.\n" in again.body and "Riêng Tư" not in again.body
    services.supplement(code, actor=Actor.citizen(dossier.filer), answer="Đây ạ.")
    page = text(signed_in(dossier.filer).get(f"/ho-so/{code}/"))
    assert "Chưa đủ<br>– Giấy tờ thử: Trang có tên bà Riêng Tư.</p>" in page, "what was asked stays in the course"


def test_silence_costs_the_same_in_every_place(dossier: Dossier) -> None:
    services.request_supplement(dossier.code, actor=factories.official_actor(dossier.agency), reason="Mấy bản?")
    words = "Quá hạn mà không trả lời, hồ sơ bị dừng giải quyết"
    assert words in newest(dossier).body and words in text(signed_in(dossier.filer).get(f"/ho-so/{dossier.code}/"))


def test_a_typed_charge_goes_out_by_its_amount_and_a_published_one_by_name() -> None:
    dossier = factories.file_dossier(version=factories.make_version(fee_vnd=8000))
    asked = newest(dossier, "email")
    assert asked.kind == "dossier.payment_required" and "Lệ phí thử: 8.000 đ" in asked.body
    settle(dossier, "FT1")
    charges = [Charge("le_phi", "Lệ phí thử", 9000), Charge("phi", "Sao án của bà Riêng Tư", 1000)]
    require_payment(dossier.code, actor=factories.official_actor(dossier.agency), charges=charges)
    assert "Lệ phí thử, Sao án của bà Riêng Tư: 10.000 đ" in newest(dossier).body
    assert "Lệ phí thử, Khoản ghi trên trang hồ sơ: 10.000 đ" in newest(dossier, "email").body
    settle(dossier, "FT2")
    paid = newest(dossier, "email")
    assert paid.kind == "dossier.paid" and "Riêng Tư" not in paid.body and "10.000 đ" in paid.body


def settle(dossier: Dossier, reference: str) -> None:
    due = dossier.obligations.filter(state=ObligationState.DUE)
    settle_payment(dossier.code, actor=Actor.payment("demo"), obligations=due, reference=reference)


def test_a_typed_ground_is_left_for_the_page(dossier: Dossier) -> None:
    said = DossierEvent(
        dossier=dossier,
        sequence=99,
        name="dossier.result_revoked",
        reason="Bà Riêng Tư khai man.",
        data={"legal_basis": "Bản án của bà Riêng Tư"},
    )
    notices.tell(dossier, said)
    assert newest(dossier).body.count("Riêng Tư") == 2
    outside = newest(dossier, "email").body
    assert "Riêng Tư" not in outside and "Căn cứ: xem trên trang hồ sơ.\nNếu không" in outside


def test_inbox_says_in_which_language_each_message_is(dossier: Dossier, client: Client) -> None:
    client.force_login(dossier.filer)
    page = client.get("/en/hop-thu/").content.decode()
    assert f'<span lang="vi">Đã nhận hồ sơ <span class="nowrap">{dossier.code}</span> – Thủ tục thử</span>' in page


@pytest.mark.parametrize("event", sorted(NOTICES))
def test_every_notice_is_translated(event: str) -> None:
    for words in NOTICES[event]:
        with translation.override("en"):
            english = str(words)
        with translation.override("vi"):
            assert str(words) != english
