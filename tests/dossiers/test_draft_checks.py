"""The draft of a result before it is signed: sent, confirmed, disputed, put right, run out; when nobody may sign."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from datastore.models import AccessLog, Document
from dossiers import clock_reading, draft_checks, due_explanation, reversal, services
from dossiers.clocks import Clock
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DraftCheck, DraftState, FilingChannel, ResultIssue
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import MembershipRole
from portal.backoffice import steps
from portal.core import words
from portal.core.errors import InvalidInputError, NotFoundError, TransitionError
from portal.core.moments import vn_datetime
from portal.notifications.models import Message
from procedures.models import ProcedureVersion
from tests import factories
from tests.backoffice.conftest import signed_in, with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier() -> Dossier:
    """Filed online, in the specialist's hands, of a procedure whose draft has to be confirmed."""
    return factories.processing_dossier(version=factories.make_version(draft_days=1))


def by(dossier: Dossier, kind: ActorKind) -> Actor:
    assert dossier.agency is not None
    return factories.official_actor(dossier.agency, kind)


def send(dossier: Dossier) -> DraftCheck:
    draft_checks.send_draft(dossier.code or "", actor=by(dossier, ActorKind.AGENCY))
    dossier.refresh_from_db()
    return dossier.draft_checks.latest("round")


def refusal(dossier: Dossier) -> str:
    """The code with which the leader is refused; empty where she could sign."""
    try:
        services.approve(dossier.code or "", actor=by(dossier, ActorKind.LEADER))
    except TransitionError as refused:
        return refused.code
    return ""


def answer(dossier: Dossier, browser: Client, said: str, **typed: object) -> str:
    """What her page says after the answer."""
    body = {"answer": said, "number": 1, **typed}
    return browser.post(f"/ho-so/{dossier.code}/ban-du-thao/", body, follow=True).content.decode()


def test_nobody_signs_before_the_applicant_agreed(dossier: Dossier) -> None:
    assert dossier.filer is not None
    assert refusal(dossier) == "dossier.draft_not_sent"
    due_before = dossier.due_at
    check = send(dossier)
    assert refusal(dossier) == "dossier.draft_unanswered" and dossier.clock_stopped_at == check.sent_at
    told = Message.objects.filter(recipient=dossier.filer, kind="dossier.draft_sent").first()
    assert told is not None and "coi như bạn đã xác nhận" in told.body and told.link == f"/ho-so/{dossier.code}/"
    browser = signed_in(dossier.filer)
    page = browser.get(f"/ho-so/{dossier.code}/").content.decode()
    assert "Hẹn trả (đang tạm dừng)" in page and "để chờ bạn; dừng bao lâu" in page
    assert "Đến lượt bạn: kiểm tra bản dự thảo" in page and "Thử nghiệm" in page and "Đúng, tôi xác nhận" in page
    assert "Đến lượt bạn: kiểm tra bản dự thảo" in browser.get("/ho-so/").content.decode()
    home = browser.get("/").content.decode()
    assert "1 bản dự thảo kết quả chờ bạn xác nhận." in home and vn_datetime(check.answer_due_at) in home
    assert "Hãy ghi chỗ nào sai" in answer(dossier, browser, "sai")
    assert "Đã gửi xác nhận" in answer(dossier, browser, "dung")
    assert "Bạn không phải gửi lại" in answer(dossier, browser, "dung"), "the second press"
    assert "đã có trả lời" in answer(dossier, browser, "sai", reason="Không, sai rồi."), "the other answer"
    dossier.refresh_from_db()
    assert dossier.clock_stopped_at is None and due_before is not None and (dossier.due_at or due_before) >= due_before
    assert refusal(dossier) == "" and Dossier.objects.get().state == DossierState.DECIDED
    assert "không chờ trả lời nữa" in answer(dossier, browser, "sai", reason="Sau khi ký.")
    assert [event.name for event in dossier.events.filter(name__contains="draft")] == [
        "dossier.draft_sent",
        "dossier.draft_confirmed",
    ]


def test_what_was_disputed_is_put_right_and_sent_again(dossier: Dossier) -> None:
    assert dossier.filer is not None
    code, specialist = dossier.code or "", by(dossier, ActorKind.AGENCY)
    dossier.assignee = specialist.user
    dossier.save(update_fields=["assignee"])
    send(dossier)
    wrong = {"purpose": "Xin việc làm"}
    with pytest.raises(TransitionError, match="đang chờ người nộp"):
        draft_checks.correct_draft(code, actor=specialist, reason="x", corrections=wrong)
    browser = signed_in(dossier.filer)
    assert "Đã báo chỗ sai" in answer(dossier, browser, "sai", reason="Mục đích: xin việc làm")
    assert refusal(dossier) == "dossier.draft_disputed"
    assert browser.get(f"/ho-so/{code}/ban-du-thao.pdf").status_code == 404, "it is being mended"
    assert Message.objects.filter(recipient=specialist.user, kind="dossier.draft_disputed").exists()
    draft_checks.correct_draft(code, actor=specialist, reason="Theo lời bạn.", corrections=wrong)
    assert send(dossier).round == 2
    assert "bản mới hơn" in answer(dossier, browser, "dung"), "she answered to the first one"
    assert "Xin việc làm" in browser.get(f"/ho-so/{code}/").content.decode()
    assert "Đã gửi xác nhận" in answer(dossier, browser, "dung", number=2)
    draft_checks.correct_draft(code, actor=specialist, reason="Sót.", corrections={"purpose": "Đi học"})
    assert refusal(dossier) == "dossier.draft_not_sent", "what she confirmed is not what would be signed"
    send(dossier)
    assert "Đã gửi xác nhận" in answer(dossier, browser, "dung", number=3)
    assert refusal(dossier) == ""
    assert ResultIssue.objects.get(dossier=dossier).corrections == {"purpose": "Đi học"}
    assert Dossier.objects.get().answers["purpose"] == "Thử nghiệm", "what she declared stays"


def test_what_is_put_right_is_held_to_the_form(dossier: Dossier) -> None:
    """A day that is none, a word that is not in the list; under the headings of the form, written as the paper does."""
    both = {"vi": "Bé", "en": "Child"}
    asked = [
        {"key": "born", "label": {"vi": "Ngày sinh", "en": "Born"}, "type": "date", "max": "today", "required": True},
        {"key": "sex", "label": {"vi": "Giới tính", "en": "Sex"}, "type": "choice", "choices": "sexes"},
        {
            "key": "born_in_words",
            "label": {"vi": "Bằng chữ", "en": "In words"},
            "type": "computed",
            "compute": {"function": "date_in_words", "of": "born"},
        },
    ]
    group = {"key": "child", "title": both, "fields": asked}
    sexes = [{"value": "1", "vi": "Nam", "en": "Male"}, {"value": "2", "vi": "Nữ", "en": "Female"}]
    form = {"pages": [{"key": "child", "title": both, "groups": [group]}], "lists": {"sexes": sexes}}
    ProcedureVersion.objects.update(form=form)
    Dossier.objects.update(answers={"born": "2026-02-01", "sex": "1"})
    assert dossier.agency is not None
    specialist = with_second_factor(factories.make_official(dossier.agency, MembershipRole.SPECIALIST))
    browser, address = signed_in(specialist), f"/quan-tri/ho-so/{dossier.code}/buoc/correct-draft/"
    page = browser.get(address).content.decode()
    assert '<h3 class="govuk-heading-s">Bé</h3>' in page and '<option value="Nữ">' in page
    body = {
        "sequence": Dossier.objects.get().last_sequence,
        "reason": "Mẹ báo.",
        "text_0": "31/02/2026",
        "text_1": "Nu",
    }
    refused = browser.post(address, body)
    assert refused.status_code == 422
    assert "“Ngày sinh”: tháng 2 năm 2026 không có ngày 31" in refused.content.decode()
    assert "Hãy chọn “Giới tính” trong danh sách" in refused.content.decode()
    with pytest.raises(InvalidInputError) as empty:
        draft_checks.correct_draft(
            dossier.code or "", actor=by(dossier, ActorKind.AGENCY), reason="x", corrections={"born": ""}
        )
    assert "born" in empty.value.fields
    browser.post(address, body | {"text_0": "2.2.2026", "text_1": "Nữ"})
    right = draft_checks.corrections_of(dossier)
    assert (right["born"], right["sex"]) == ("02/02/2026", "Nữ")
    assert right["born_in_words"] == words.date_in_words(date(2026, 2, 2)), "what is worked out of it follows"


def test_silence_counts_as_agreement(dossier: Dossier) -> None:
    check, now = send(dossier), timezone.now()
    assert draft_checks.lapse_due(check.answer_due_at - timedelta(seconds=1)) == 0
    sent_at = now - timedelta(days=6)
    DraftCheck.objects.update(sent_at=sent_at, answer_due_at=now - timedelta(days=1))
    assert dossier.filer is not None
    late = answer(dossier, signed_in(dossier.filer), "sai", reason="Muộn.")
    assert "Đã hết hạn trả lời" in late and "Đúng, tôi xác nhận" not in late
    assert draft_checks.lapse_due(now) == 1 and draft_checks.lapse_due(now) == 0
    assert dossier.draft_checks.get().state == DraftState.LAPSED
    assert "coi như đã xác nhận" in signed_in(dossier.filer).get(f"/ho-so/{dossier.code}/").content.decode()
    assert refusal(dossier) == ""


def test_the_leader_need_not_wait_for_the_sweep(dossier: Dossier) -> None:
    send(dossier)
    DraftCheck.objects.update(answer_due_at=timezone.now() - timedelta(seconds=1))
    assert refusal(dossier) == ""
    assert dossier.events.filter(name="dossier.draft_lapsed").exists()


def test_the_time_she_looks_is_hers(dossier: Dossier) -> None:
    """Of the four clocks the applicant's runs, from the sending to the answer."""
    send(dossier)
    day = timezone.now() - timedelta(days=7)
    dossier.events.filter(name="dossier.draft_sent").update(occurred_at=day)
    dossier.events.exclude(name="dossier.draft_sent").update(occurred_at=day - timedelta(days=7))
    split = clock_reading.of(dossier, timezone.now())
    assert split is not None and split.seconds[Clock.APPLICANT] > 60
    assert dossier.filer is not None
    draft_checks.confirm_draft(dossier.code or "", actor=Actor.citizen(dossier.filer))
    dossier.events.filter(name="dossier.draft_confirmed").update(occurred_at=day + timedelta(minutes=1))
    split = clock_reading.of(dossier, timezone.now())
    assert split is not None and split.seconds[Clock.APPLICANT] <= 60


def test_work_at_the_desk_does_not_take_her_time_from_her() -> None:
    dossier = factories.file_dossier(version=factories.make_version(draft_days=1))
    code, specialist = dossier.code or "", by(dossier, ActorKind.AGENCY)
    services.accept(code, actor=by(dossier, ActorKind.DESK))
    check = send(dossier)
    services.start_processing(code, actor=specialist)
    reversal.revert(code, actor=by(dossier, ActorKind.LEADER), reason="Bấm nhầm.")
    services.start_processing(code, actor=specialist)
    dossier.refresh_from_db()
    assert (dossier.state, dossier.clock_stopped_at) == (DossierState.PROCESSING, check.sent_at)
    assert draft_checks.open_among([dossier]) == {dossier.pk}, "her list says that it is her turn"
    assert clock_reading.moves(dossier, timezone.now())[-1].state == DossierState.AWAITING_SUPPLEMENT
    assert dossier.filer is not None
    event = draft_checks.confirm_draft(code, actor=Actor.citizen(dossier.filer)).newest_event
    assert event is not None
    assert due_explanation._stops(dossier) == [(check.sent_at, event.occurred_at, "dossier.draft_sent")]


def test_nobody_lays_before_the_leader_what_is_the_applicants_to_answer(dossier: Dossier) -> None:
    """A draft that waits, was disputed, or was put right since she confirmed it; the page and the service agree."""
    code, specialist = dossier.code or "", by(dossier, ActorKind.AGENCY)

    def refused() -> str:
        with pytest.raises(TransitionError) as error:
            services.propose(code, actor=specialist)
        assert "propose" not in {offer.step.name for offer in steps.offers(Dossier.objects.get(), [specialist])}
        return error.value.code

    send(dossier)
    assert refused() == "dossier.draft_unanswered"
    assert dossier.filer is not None
    draft_checks.dispute_draft(code, actor=Actor.citizen(dossier.filer), reason="Sai.")
    assert refused() == "dossier.draft_disputed"
    draft_checks.correct_draft(code, actor=specialist, reason="x", corrections={"purpose": "Đi học"})
    send(dossier)
    draft_checks.confirm_draft(code, actor=Actor.citizen(dossier.filer))
    draft_checks.correct_draft(code, actor=specialist, reason="x", corrections={"purpose": "Đi làm"})
    assert refused() == "dossier.draft_not_sent"
    send(dossier)
    DraftCheck.objects.filter(state=DraftState.OPEN).update(answer_due_at=timezone.now() - timedelta(seconds=1))
    services.propose(code, actor=specialist)
    assert dossier.events.filter(name="dossier.draft_lapsed").exists(), "her time had run out"


def test_lines_added_after_she_agreed_go_to_her_first(dossier: Dossier) -> None:
    """What the specialist proposes beside the answers is on the paper, too; the same lines once more change nothing."""
    code, specialist, hers = dossier.code or "", by(dossier, ActorKind.AGENCY), [("Họ tên cha", "Trần Văn Ba")]
    send(dossier)
    assert dossier.filer is not None
    draft_checks.confirm_draft(code, actor=Actor.citizen(dossier.filer))
    services.propose(code, actor=specialist, lines=hers)
    assert refusal(dossier) == "dossier.draft_not_sent"
    offered = [offer.step.name for offer in steps.offers(Dossier.objects.get(), [specialist])]
    assert offered[0] == "send_draft" and "propose" not in offered, "the way on is the applicant's look"
    send(dossier)
    assert "Trần Văn Ba" in signed_in(dossier.filer).get(f"/ho-so/{code}/").content.decode()
    draft_checks.confirm_draft(code, actor=Actor.citizen(dossier.filer))
    services.propose(code, actor=specialist, lines=hers)
    assert refusal(dossier) == ""


def test_the_clock_stops_for_the_first_draft_only(dossier: Dossier) -> None:
    """However often one is sent: it cannot be used to put a deadline off."""
    send(dossier)
    assert dossier.clock_stopped_at is not None and dossier.filer is not None
    draft_checks.dispute_draft(dossier.code or "", actor=Actor.citizen(dossier.filer), reason="Sai.")
    due = Dossier.objects.get().due_at
    send(dossier)
    assert dossier.clock_stopped_at is None and draft_checks.open_among([dossier]) == {dossier.pk}
    assert clock_reading.moves(dossier, timezone.now())[-1].state == DossierState.PROCESSING
    stops = due_explanation._stops(dossier)
    assert [why for *_span, why in stops] == ["dossier.draft_sent"]
    draft_checks.confirm_draft(dossier.code or "", actor=Actor.citizen(dossier.filer))
    assert Dossier.objects.get().due_at == due and due_explanation._stops(dossier) == stops


def test_at_the_counter_the_answer_is_written_down(dossier: Dossier) -> None:
    check, code = send(dossier), dossier.code or ""
    desk = by(dossier, ActorKind.DESK)
    with pytest.raises(TransitionError, match="tự xác nhận"):
        draft_checks.confirm_draft(code, actor=desk)
    Dossier.objects.update(channel=FilingChannel.DIRECT)
    draft_checks.confirm_draft(code, actor=desk, words="Ký trên bản in.")
    check.refresh_from_db()
    assert check.state == DraftState.CONFIRMED and check.is_on_paper and check.words == "Ký trên bản in."
    assert refusal(dossier) == ""


def test_a_paper_dossier_needs_no_draft_and_a_step_away_ends_one(dossier: Dossier) -> None:
    send(dossier)
    services.request_supplement(
        dossier.code or "",
        actor=by(dossier, ActorKind.AGENCY),
        reason="Thiếu trang.",
        defects=[services.Defect("a", "b", "c")],
    )
    assert dossier.draft_checks.get().state == DraftState.OVERTAKEN
    Dossier.objects.update(channel=FilingChannel.DIRECT, state=DossierState.PROCESSING)
    assert refusal(dossier) == ""


def test_nobody_else_answers(dossier: Dossier) -> None:
    send(dossier)
    stranger = factories.make_citizen("Người Lạ", phone="0900000777")
    with pytest.raises(NotFoundError):
        draft_checks.confirm_draft(dossier.code or "", actor=Actor.citizen(stranger))
    browser = signed_in(stranger)
    for address in ("ban-du-thao/", "ban-du-thao.pdf"):
        assert browser.get(f"/ho-so/{dossier.code}/{address}").status_code == 404
    with pytest.raises(TransitionError, match="không có bước"):
        draft_checks.send_draft(
            factories.processing_dossier(version=factories.make_version("1.000002"), citizen=stranger).code or "",
            actor=by(dossier, ActorKind.AGENCY),
        )


def words_of(pdf: Any) -> str:
    return " ".join(PdfReader(BytesIO(pdf.content)).pages[0].extract_text().split())


def test_the_draft_counts_for_nothing_and_leaves_a_trace(dossier: Dossier) -> None:
    assert dossier.agency is not None and dossier.owner is not None
    specialist = with_second_factor(factories.make_official(dossier.agency, MembershipRole.SPECIALIST))
    address, papers = f"/quan-tri/ho-so/{dossier.code}/ban-du-thao.pdf", Document.objects.count()
    other = with_second_factor(factories.make_official(factories.make_other_agency(), MembershipRole.LEADER))
    assert signed_in(other).get(address).status_code == 404
    answered = signed_in(specialist).get(address)
    assert answered["Content-Type"] == "application/pdf" and "no-store" in answered["Cache-Control"]
    words = words_of(answered)
    assert "BẢN DỰ THẢO - CHƯA CÓ GIÁ TRỊ" in words and "Thử nghiệm" in words
    assert not any(word in words for word in ("Đã ký số", "quét mã QR", "Số:"))
    assert b"/ByteRange" not in answered.content and Document.objects.count() == papers
    seen = AccessLog.objects.get(owner=dossier.owner, reader=specialist)
    assert (seen.action, seen.document, seen.dossier_code) == ("opened", None, dossier.code)
    number = dossier.applicant_id
    assert number not in words and f"•••••••••{number[-3:]}" in words, "as on the workbench"
    reveal = {"reason": "Đối chiếu với bản giấy."}
    assert signed_in(specialist).post(f"/quan-tri/ho-so/{dossier.code}/xem-so-dinh-danh/", reveal).status_code == 302
    assert number in words_of(signed_in(specialist).get(address))
    assert "bản dự thảo kết quả" in signed_in(dossier.owner).get("/kho-du-lieu/ai-da-xem/").content.decode()
