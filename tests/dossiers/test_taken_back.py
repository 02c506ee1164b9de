"""A step that was taken back: which one, and what no longer holds, wherever it is spoken of."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from dossiers import charging, letters, obligations, reversal, services
from dossiers.models import Dossier, Letter, LetterKind
from portal.agencies.actors import Actor, ActorKind
from portal.core.moments import vn_datetime
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import signed_in, with_second_factor
from tests.dossiers.dossier_pages import desk, page_of
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
TAKEN_BACK = '<span class="tag tag--crimson">Đã thu hồi</span>'


def leader(dossier: Dossier) -> Actor:
    assert dossier.agency is not None
    return factories.official_actor(dossier.agency, ActorKind.LEADER)


def bench_of(dossier: Dossier) -> str:
    """The workbench of it, as the desk sees it."""
    official = desk(dossier).user
    assert official is not None
    return text(signed_in(with_second_factor(official)).get(f"/quan-tri/ho-so/{dossier.code}/"))


def told(dossier: Dossier, channel: str) -> str:
    """The notice of the newest step, as one line."""
    newest = Message.objects.filter(reference=dossier.code, channel=channel).latest("pk")
    assert newest.kind in {"dossier.reverted", "dossier.reopened"}
    return newest.body.replace("\n", " ")


@pytest.fixture
def accepted_twice() -> Dossier:
    """Accepted by mistake two minutes ago, taken back, and accepted anew."""
    dossier = factories.file_dossier()
    with time_machine.travel(timezone.now() - timedelta(minutes=2)):
        services.accept(dossier.code or "", actor=desk(dossier))
        letters.write(Letter.objects.get(dossier=dossier, kind=LetterKind.RECEIPT))
        reversal.revert(dossier.code or "", actor=leader(dossier), reason="Bà Riêng Tư nhầm.")
    services.accept(dossier.code or "", actor=desk(dossier))
    dossier.refresh_from_db()
    return dossier


def test_letters_of_one_name_are_told_apart_and_the_void_one_is_marked(accepted_twice: Dossier) -> None:
    dossier = accepted_twice
    void, valid = Letter.objects.filter(dossier=dossier, kind=LetterKind.RECEIPT).order_by("pk")
    letters.write(valid)
    own, bench = text(page_of(dossier)), bench_of(dossier)
    for page in (own.partition(">Văn bản<")[2], bench.partition(">Văn bản và kết quả<")[2]):
        listed = page.partition("</ul>")[0]
        rows = [row for row in listed.split("<li>") if "Giấy tiếp nhận hồ sơ" in row]
        assert [TAKEN_BACK in row for row in rows] == [True, False]
        for letter, row in zip((void, valid), rows, strict=True):
            assert vn_datetime(letter.event.occurred_at) in row
    assert '<span class="tag tag--crimson">Taken back</span>' in text(page_of(dossier, prefix="/en"))


def test_a_letter_taken_back_unwritten_is_not_being_drawn_up_for_ever() -> None:
    dossier = factories.file_dossier()
    services.accept(dossier.code or "", actor=desk(dossier))
    assert "đang được soạn" in text(page_of(dossier))
    letters.write(Letter.objects.get(dossier=dossier, kind=LetterKind.SUBMISSION))
    reversal.revert(dossier.code or "", actor=leader(dossier), reason="Nhầm.")
    page = text(page_of(dossier))
    assert TAKEN_BACK in page and "đang được soạn" not in page


def test_the_notice_names_the_step_and_what_no_longer_holds() -> None:
    dossier = factories.file_dossier()
    accepted = services.accept(dossier.code or "", actor=desk(dossier))
    at, due = vn_datetime(dossier.events.latest().occurred_at), vn_datetime(accepted.due_at)
    reversal.revert(dossier.code or "", actor=leader(dossier), reason="Bà Riêng Tư nhầm.")
    void = f"Việc tiếp nhận lúc {at} đã thu hồi. Giấy tiếp nhận hồ sơ và lịch hẹn trả lúc {due} không còn hiệu lực."
    assert due
    assert told(dossier, "inbox") == f"{void} Lý do: Bà Riêng Tư nhầm."
    assert told(dossier, "email") == f"{void} Lý do: xem trên trang hồ sơ."
    page = text(page_of(dossier))
    assert "Đã thu hồi bước vừa làm" in page and f"{void}<br>Lý do: Bà Riêng Tư nhầm." in page
    assert f"{void}<br>Lý do: Bà Riêng Tư nhầm." in bench_of(dossier)
    assert "Last step taken back" in text(page_of(dossier, prefix="/en"))


def ask_for_papers(dossier: Dossier) -> None:
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Bà Riêng Tư thiếu giấy.")


def ask_for_money(dossier: Dossier) -> None:
    charge = charging.Charge("le_phi", "Sao án của bà Riêng Tư", 5000)
    obligations.require_payment(dossier.code or "", actor=desk(dossier), charges=[charge])


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (ask_for_papers, "Yêu cầu bổ sung lúc {at} đã thu hồi, không phải trả lời. Phiếu yêu cầu bổ sung không còn"),
        (ask_for_money, "Yêu cầu nộp phí, lệ phí lúc {at} đã thu hồi, không phải nộp khoản đó. Lý do"),
        (lambda dossier: None, "Việc bắt đầu xử lý lúc {at} đã thu hồi. Giấy tiếp nhận hồ sơ và lịch hẹn trả giữ"),
    ],
)
def test_each_step_is_named_in_the_portals_own_words(step: Callable[[Dossier], None], words: str) -> None:
    dossier = factories.processing_dossier()
    step(dossier)
    at = vn_datetime(dossier.events.latest().occurred_at)
    reversal.revert(dossier.code or "", actor=leader(dossier), reason="Nhầm.")
    assert told(dossier, "email").startswith(words.format(at=at)) and "Riêng Tư" not in told(dossier, "email")


@pytest.mark.parametrize(
    ("end", "words"),
    [(services.refuse_intake, "Phiếu từ chối tiếp nhận đã gửi"), (services.stop, "Thông báo dừng giải quyết đã gửi")],
)
def test_an_end_that_is_undone_says_which_letter_no_longer_holds(end: Callable[..., Dossier], words: str) -> None:
    dossier = factories.processing_dossier() if end is services.stop else factories.file_dossier()
    end(dossier.code or "", actor=desk(dossier), reason="Nhầm.")
    reversal.reopen(dossier.code or "", actor=leader(dossier), reason="Bà Riêng Tư nhầm.")
    assert told(dossier, "email") == f"{words} không còn hiệu lực. Lý do: xem trên trang hồ sơ."


def test_no_appointment_stays_where_none_was_made() -> None:
    dossier = factories.processing_dossier()
    Dossier.objects.filter(pk=dossier.pk).update(due_at=None, is_without_time_limit=True)
    reversal.revert(dossier.code or "", actor=leader(dossier), reason="Nhầm.")
    said = told(dossier, "email")
    assert "đã thu hồi. Giấy tiếp nhận hồ sơ giữ nguyên." in said and "lịch hẹn" not in said
