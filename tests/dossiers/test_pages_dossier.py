"""The page of a dossier: whose turn it is, what happened and why, papers, money, letters."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from datastore.models import Document, DocumentStatus
from dossiers import consultation, draft_checks, due_explanation, extension, services, timeline, turns, views
from dossiers.models import Dossier
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency
from portal.core.moments import vn_datetime
from portal.notifications.models import Message
from tests import factories
from tests.dossiers.dossier_pages import desk, page_of, waiting_for_supplement
from tests.dossiers.filing_pages import Filing, signed_in, text
from tests.dossiers.form_fields import field, form, page

pytestmark = pytest.mark.django_db
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=HANOI)


def test_list_shows_drafts_then_dossiers_with_whose_turn() -> None:
    dossier = factories.file_dossier()
    client = signed_in(dossier.filer)
    client.post("/nop-ho-so/1.000001/")
    page = text(client.get("/ho-so/"))
    assert page.index("Bản nháp chưa nộp") < page.index("Hồ sơ đã nộp")
    assert "Đang chờ UBND phường Cửa Nam" in page and dossier.code and dossier.code in page


CHILD_FORM = form(
    page(
        "child", field("child_full_name", label="Tên trẻ", required=True), field("note", label="Ghi thêm"), title="Trẻ"
    )
)


def births(*names: str) -> list[Dossier]:
    """Dossiers of one mother about these children."""
    mother, version = factories.make_citizen(), factories.make_version(needs_paper=False, form=CHILD_FORM)
    filed = []
    for name in names:
        filing = Filing(version, mother)
        filing.place()
        filing.post("child", {"child_full_name": name})
        filing.submit()
        filed.append(filing.fresh())
    return filed


def test_two_births_are_told_apart_by_who_filed_them_and_by_nobody_else() -> None:
    first, second = births("Trần Gia Bảo", "Trần Bảo Ngọc")
    client = signed_in(first.filer)
    listed, shown = text(client.get("/ho-so/")), text(page_of(first))
    assert "– Trần Gia Bảo</a>" in listed and "– Trần Bảo Ngọc</a>" in listed
    assert "– Trần Gia Bảo</h1>" in shown and "Trần Gia Bảo" not in shown.split("</title>")[0], "no name in histories"
    assert second.filer is not None and second.filer.citizen.phone
    body = {"code": first.code, "phone_tail": first.applicant_phone[-4:]}
    tracked = Client().post("/tra-cuu/", body)
    assert tracked.status_code == 200 and "Trần Gia Bảo" not in text(tracked)
    assert not Message.objects.filter(subject__contains="Bảo").exists()
    assert not Message.objects.filter(body__contains="Gia Bảo").exists(), "mail travels"
    Dossier.objects.filter(pk=first.pk).update(state="awaiting_supplement")
    assert "– Trần Gia Bảo" in text(client.get("/")) and f'href="/ho-so/{first.code}/"' in text(client.get("/"))


def test_what_was_declared_is_read_again_as_it_was_frozen() -> None:
    (dossier,) = births("Trần Gia Bảo")
    shown = text(page_of(dossier))
    declared = shown.partition("Nội dung đã khai")[2].partition("</details>")[0]
    assert "Tên trẻ" in declared and "Trần Gia Bảo" in declared and "Ghi thêm" not in declared
    assert "Sửa" not in declared, "read only"
    assert signed_in(factories.make_citizen("Người Khác")).get(f"/ho-so/{dossier.code}/").status_code == 404
    Dossier.objects.filter(pk=dossier.pk).update(answers={})
    assert "Nội dung đã khai" not in text(page_of(dossier)), "another system keeps what was declared"


def test_empty_list_offers_the_first_step() -> None:
    page = text(signed_in(factories.make_citizen()).get("/ho-so/"))
    assert "Chưa có hồ sơ nào" in page and 'href="/thu-tuc/"' in page


def test_long_list_comes_in_pages(django_assert_max_num_queries: Any) -> None:
    citizen = factories.make_citizen()
    for _n in range(23):
        factories.file_dossier(citizen)
    client = signed_in(citizen)
    with django_assert_max_num_queries(12):
        first = text(client.get("/ho-so/"))
    (more,) = re.findall(r'href="(\?truoc=[^"]+)"', first)
    assert first.count("list__link") == 20
    with django_assert_max_num_queries(12):
        second = text(client.get(f"/ho-so/{more}"))
    assert second.count("list__link") == 3 and 'href="/ho-so/"' in second
    for nonsense in ("abc", "9" * 40, "1-2-3-4", f"1-{'9' * 16}-{'9' * 18}", f"0-{'9' * 17}-1", "٠-1-1"):
        assert client.get(f"/ho-so/?truoc={nonsense}").status_code == 200


def in_order(client: Client) -> list[str]:
    """The codes of her list, page after page."""
    codes: list[str] = []
    address = "/ho-so/"
    while address:
        shown = text(client.get(address)).partition('id="filed"')[2]
        codes += re.findall(r'class="list__link" href="/ho-so/([^/]+)/"', shown)
        address = "".join(f"/ho-so/{more}" for more in re.findall(r'href="(\?truoc=[^"]+)"', shown))
    return codes


def test_what_waits_for_her_comes_first_then_what_is_open_then_what_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    citizen = factories.make_citizen()
    version, checked = factories.make_version(), factories.make_version("1.000002", draft_days=1)
    states = ("returned", "awaiting_payment", "submitted", "stopped", "processing", "awaiting_supplement", "decided")
    filed = {state: factories.file_dossier(citizen, version=version) for state in states}
    draft = factories.processing_dossier(citizen=citizen, version=checked)
    draft_checks.send_draft(draft.code or "", actor=factories.official_actor(draft.agency, ActorKind.AGENCY))
    day = timezone.now() - timedelta(days=20)
    filed |= {"draft": draft}
    for number, (state, dossier) in enumerate(filed.items()):
        moved = {} if state == "draft" else {"state": state, "finished_at": day, "accepted_at": day, "due_at": day}
        # the third and the fourth were filed in the same moment
        at = day + timedelta(days=2 if number == 3 else number)
        Dossier.objects.filter(pk=dossier.pk).update(submitted_at=at, **moved)
    hers, still_open = ["draft", "awaiting_supplement", "awaiting_payment"], ["decided", "processing", "submitted"]
    wanted = [filed[state].code for state in (*hers, *still_open, "stopped", "returned")]
    for size in (1, 2, 3, 20):
        monkeypatch.setattr(views, "PAGE_SIZE", size)
        assert in_order(signed_in(citizen)) == wanted, size


FETCHED = {
    "desk": {"result_method": "desk"},
    "copies": {"result_method": "store", "want_extra_copies": True, "extra_copies": 2},
    "post": {"result_method": "post"},
    "copies by post": {"want_extra_copies": True, "extra_copies": 2, "copies_method": "post"},
    "revoked": {"result_method": "desk"},
    "elsewhere": {"result_method": "desk"},
    "electronic": {"result_method": "store"},
}


def test_a_paper_that_waits_at_the_desk_is_hers_and_a_result_being_signed_is_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    citizen, now = factories.make_citizen(), timezone.now()
    filed = {name: factories.file_dossier(citizen) for name in ("signed", *FETCHED, "new")}
    assert filed["new"].agency is not None
    elsewhere = factories.make_client(filed["new"].agency)
    for number, (name, dossier) in enumerate(filed.items()):
        document = dossier.components.get().document if name in FETCHED else None
        if document is not None and name == "revoked":
            Document.objects.filter(pk=document.pk).update(status=DocumentStatus.REVOKED)
        moved = {} if name == "new" else {"state": "decided", "finished_at": now, "accepted_at": now, "due_at": now}
        Dossier.objects.filter(pk=dossier.pk).update(
            submitted_at=now + timedelta(minutes=number),
            answers=FETCHED.get(name, {"result_method": "desk"}),
            result_document=document,
            handled_by=elsewhere if name == "elsewhere" else None,
            **moved,
        )
    wanted = ["copies", "desk", "new", "copies by post", "post", "signed", "electronic", "elsewhere", "revoked"]
    for size in (2, 20):
        monkeypatch.setattr(views, "PAGE_SIZE", size)
        assert in_order(signed_in(citizen)) == [filed[name].code for name in wanted], size
    turn = {name: turns.whose_turn(Dossier.objects.get(pk=dossier.pk)).whose for name, dossier in filed.items()}
    assert {name for name, whose in turn.items() if whose == "yours"} == set(wanted[:2])
    assert {name for name, whose in turn.items() if whose == "theirs"} == set(wanted[2:6])


def test_a_dossier_that_moves_on_takes_no_other_ones_place_on_the_next_page(monkeypatch: pytest.MonkeyPatch) -> None:
    citizen = factories.make_citizen()
    oldest, middle, newest = (factories.file_dossier(citizen) for _n in range(3))
    client = signed_in(citizen)
    monkeypatch.setattr(views, "PAGE_SIZE", 1)
    (more,) = re.findall(r'href="(\?truoc=[^"]+)"', text(client.get("/ho-so/")))
    Dossier.objects.filter(pk=newest.pk).update(state="returned", finished_at=timezone.now())
    assert f"/ho-so/{middle.code}/" in text(client.get(f"/ho-so/{more}"))
    assert in_order(client) == [middle.code, oldest.code, newest.code]


def test_drafts_of_one_name_are_told_apart_by_their_purpose() -> None:
    version, citizen = factories.make_version(), factories.make_citizen()
    dossier = factories.file_dossier(citizen, version=version)
    filing = Filing(version, citizen)
    filing.place()
    filing.answer(purpose="Đi học xa")
    drafts, _rest, others = text(filing.client.get("/ho-so/")).partition('id="filed"')
    assert "Mục đích: Đi học xa" in drafts and dossier.code and dossier.code in others


def test_submitted_page_tells_the_eight_hours_and_shows_a_qr() -> None:
    dossier = factories.file_dossier()
    page = text(page_of(dossier))
    assert "Cơ quan trả lời chậm nhất" in page and "<svg" in page and "Quét để mở trang tra cứu" in page
    assert dossier.components.get().files[0]["content_sha256"] in page
    assert "style=" not in page.split("<main")[1].split("</main>")[0], "no inline style: the policy refuses it"


def test_accepted_page_explains_the_due_date_day_by_day() -> None:
    with time_machine.travel(MONDAY):
        dossier = factories.file_dossier()
        dossier = services.accept(dossier.code or "", actor=desk(dossier))
        page = text(page_of(dossier))
    assert "Vì sao hẹn trả ngày này?" in page
    lines = due_explanation.lines(dossier)
    assert lines[0].startswith("Được tiếp nhận lúc 09:00, 16/11/2026")
    assert "Thứ Ba 17/11/2026: ngày làm việc thứ 1." in lines and lines[-1].startswith(
        "Hạn trả kết quả: 17:00, Thứ Năm"
    )
    assert all(line in page for line in lines)


@pytest.mark.parametrize(("rule", "words"), [("restart", "thời hạn tính lại từ đầu"), ("pause", "Hẹn trả mới:")])
def test_due_date_after_a_supplement_is_explained_too(rule: str, words: str) -> None:
    version = factories.make_version(supplement_rule=rule)
    with time_machine.travel(MONDAY, tick=False) as clock:
        dossier = factories.file_dossier(version=version)
        services.accept(dossier.code or "", actor=desk(dossier))
        clock.shift(timedelta(hours=1))
        services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu.")
        clock.shift(timedelta(days=2))
        dossier = services.supplement(dossier.code or "", actor=Actor.citizen(dossier.filer), answer="Đây ạ")
        lines = due_explanation.lines(Dossier.objects.get(pk=dossier.pk))
    assert any(words in line for line in lines), lines


@pytest.mark.parametrize(("rule", "words"), [("restart", "thời hạn tính lại từ đầu"), ("pause", "ngày này lùi lại")])
def test_a_day_is_not_called_firm_while_the_clock_stands(rule: str, words: str) -> None:
    dossier = factories.file_dossier(version=factories.make_version(supplement_rule=rule))
    code = dossier.code or ""
    services.accept(code, actor=desk(dossier))
    assert "Hẹn trả (đang tạm dừng)" not in text(page_of(dossier))
    dossier = services.request_supplement(code, actor=desk(dossier), reason="Thiếu.")
    shown = text(page_of(dossier))
    assert "Hẹn trả (đang tạm dừng)" in shown and words in shown
    tracked = text(Client().post("/tra-cuu/", {"code": code, "phone_tail": dossier.applicant_phone[-4:]}))
    assert "Hẹn trả" in tracked and words in tracked
    services.supplement(code, actor=Actor.citizen(dossier.filer), answer="Đây ạ")
    assert words not in text(page_of(dossier)).partition("Nơi giải quyết")[2], "the new day is firm"


@pytest.mark.parametrize("basis", ["Luật Đất đai 2024, Điều 5", ""])
def test_a_question_to_another_agency_is_explained_where_it_stopped_the_clock(basis: str) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        dossier, other = factories.file_dossier(), factories.make_other_agency()
        code, agency = dossier.code or "", dossier.agency
        assert agency is not None
        services.accept(code, actor=desk(dossier))
        clock.shift(timedelta(hours=1))
        consultation.request_consultation(
            code,
            actor=factories.official_actor(agency, ActorKind.AGENCY),
            agency=other,
            question="Có tranh chấp không?",
            answer_due_on=timezone.localdate() + timedelta(days=3),
            legal_basis=basis,
        )
        asked = text(page_of(dossier))
        assert ("Hẹn trả (đang tạm dừng)" in asked) == ("để lấy ý kiến cơ quan khác" in asked) == bool(basis)
        clock.shift(timedelta(days=2))
        there = replace(factories.official_actor(other, ActorKind.LEADER), kind=ActorKind.CONSULTED)
        consultation.answer_consultation(code, actor=there, answer="Không.")
        dossier = Dossier.objects.get(pk=dossier.pk)
        lines, page = due_explanation.lines(dossier), text(page_of(dossier))
    paused = f"Tạm dừng từ 10:00, 16/11/2026 đến 10:00, 18/11/2026 để lấy ý kiến {other.name} theo {basis};"
    assert any(line.startswith(paused) for line in lines) == bool(basis), lines
    assert (paused in page) == bool(basis) and "để chờ bạn" not in page
    assert lines[-1].startswith("Hẹn trả mới:" if basis else "Hạn trả kết quả:")


def test_the_limit_of_intake_and_of_a_supplement_are_explained_too() -> None:
    saturday = datetime(2026, 11, 14, 9, 0, tzinfo=HANOI)
    with time_machine.travel(saturday, tick=False) as clock:
        dossier = factories.file_dossier()
        (intake,) = due_explanation.limits(dossier)
        assert intake.lines[0] == "Hồ sơ đến cơ quan lúc 09:00, 14/11/2026."
        assert intake.lines[1].startswith("Ngoài giờ làm việc nên tính từ 07:30, 16/11/2026")
        assert intake.lines[2].endswith(f"trong 8 giờ làm việc: trước {vn_datetime(dossier.intake_due_at)}.")
        assert all(line in text(page_of(dossier)) for line in intake.lines)
        clock.shift(timedelta(days=2))
        asked = services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu.")
        (supplement,) = due_explanation.limits(asked)
        limit = asked.supplement_requests.get().answer_due_at
        assert supplement.lines[-1] == f"Được 15 ngày làm việc để bổ sung: trước {vn_datetime(limit)}."
        assert supplement.lines[0] == "Cơ quan yêu cầu lúc 09:00, 16/11/2026."
        assert supplement.title in text(page_of(asked))
        later = limit + timedelta(days=1)  # as a holiday that is entered afterwards leaves it
        asked.supplement_requests.update(answer_due_at=later)
        (supplement,) = due_explanation.limits(asked)
        assert supplement.lines[1:] == [f"Bổ sung trước {vn_datetime(later)}."], "nobody asked to withdraw"
        services.request_withdrawal(asked.code or "", actor=Actor.citizen(asked.filer), reason="Nhầm.")
        back = services.refuse_withdrawal(asked.code or "", actor=desk(asked), reason="Đã có giấy.")
        (supplement,) = due_explanation.limits(back)
        assert supplement.lines[-1].startswith("Thời gian hồ sơ chờ trả lời yêu cầu rút không tính; bổ sung trước")


def test_an_extension_is_one_line_between_the_first_day_and_the_new_one() -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        dossier = factories.processing_dossier(version=factories.make_version(supplement_rule="pause"))
        first = dossier.due_at
        assert dossier.agency is not None
        actor = factories.official_actor(dossier.agency, ActorKind.AGENCY)
        extension.extend(dossier.code or "", actor=actor, reason="Xác minh.", new_due_on=date(2026, 11, 30))
        clock.shift(timedelta(hours=1))
        services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu.")
        clock.shift(timedelta(days=1))
        dossier = services.supplement(dossier.code or "", actor=Actor.citizen(dossier.filer), answer="Đây ạ")
        for_her, for_office = (due_explanation.lines(dossier, for_official=reader) for reader in (False, True))
    said = f"Cơ quan xin lỗi và hẹn lại lúc 09:00, 16/11/2026: từ {vn_datetime(first)} sang 17:00, 30/11/2026."
    assert for_her.index(said) + 1 == [line.startswith("Tạm dừng từ") for line in for_her].index(True)
    assert for_her[-1] == f"Hẹn trả mới: {vn_datetime(dossier.due_at)}."
    assert any("để chờ người nộp" in line for line in for_office) and not any("bạn" in line for line in for_office)


def test_due_date_of_a_partner_is_said_to_be_the_agencys() -> None:
    dossier = factories.file_dossier()
    assert dossier.agency is not None
    dossier.handled_by = factories.make_client(dossier.agency)
    dossier.save()
    due = timezone.now() + timedelta(days=40)
    dossier = services.accept(dossier.code or "", actor=Actor.partner(dossier.handled_by), due_at=due)
    assert any(line.startswith("Cơ quan hẹn trả lúc") for line in due_explanation.lines(dossier))


def test_late_dossier_says_so() -> None:
    dossier = factories.file_dossier()
    services.accept(dossier.code or "", actor=desk(dossier))
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        assert "nay đã quá hẹn" in text(page_of(dossier))


def test_refused_dossier_shows_the_reason() -> None:
    dossier = factories.file_dossier()
    services.refuse_intake(dossier.code or "", actor=desk(dossier), reason="Sai thẩm quyền; nộp ở Sở Tư pháp.")
    page = text(page_of(dossier))
    assert "không tiếp nhận hồ sơ" in page and "nộp ở Sở Tư pháp" in page and "Rút hồ sơ" not in page


def test_what_officials_write_to_each_other_is_not_the_citizens_to_read() -> None:
    dossier = factories.file_dossier()
    assert dossier.code and dossier.agency
    desk, agency, leader = (
        factories.official_actor(dossier.agency, kind) for kind in (ActorKind.DESK, ActorKind.AGENCY, ActorKind.LEADER)
    )
    services.accept(dossier.code, actor=desk)
    services.start_processing(dossier.code, actor=agency)
    services.propose(dossier.code, actor=agency, reason="Nghi giấy tờ giả, đề nghị xem kỹ.")
    services.send_back(dossier.code, actor=leader, reason="Xác minh nhân thân trước.")
    page = text(signed_in(dossier.filer).get(f"/ho-so/{dossier.code}/"))
    assert "Trình lãnh đạo duyệt" in page and "Trả lại chuyên viên" in page
    assert "Nghi giấy tờ giả" not in page and "Xác minh nhân thân" not in page


def test_fee_to_pay_is_the_readers_turn() -> None:
    dossier = factories.file_dossier(version=factories.make_version(fee_vnd=8000))
    page = text(page_of(dossier))
    assert "Đến lượt bạn: nộp phí, lệ phí." in page and "8.000 đ" in page
    assert f'href="/thanh-toan/{dossier.code}/"' in page
    assert "Còn một bước: nộp 8.000" in text(page_of(dossier, "da-nop/"))


def test_long_words_do_not_break_the_page() -> None:
    dossier = waiting_for_supplement()
    dossier.supplement_requests.update(reason="Rất dài " * 300)
    assert page_of(dossier).status_code == 200


def test_english_pages_have_english_words() -> None:
    dossier = waiting_for_supplement()
    for suffix in ("", "bo-sung/", "da-nop/"):
        page = text(page_of(dossier, suffix, "/en"))
        assert "Test procedure" in page or suffix == "da-nop/"
        assert 'lang="en"' in page


def test_english_pages_name_the_agency_in_english() -> None:
    dossier = factories.file_dossier()
    Agency.objects.filter(pk=dossier.agency_id).update(name_en="Committee of Cửa Nam ward")
    for shown in (text(signed_in(dossier.filer).get("/en/ho-so/")), text(page_of(dossier, prefix="/en"))):
        assert "Waiting for Committee of Cửa Nam ward to accept it." in shown and "UBND phường" not in shown
    assert "Đang chờ UBND phường Cửa Nam" in text(page_of(dossier))


def test_decided_dossier_waits_for_its_result() -> None:
    dossier = factories.processing_dossier()
    assert dossier.agency is not None
    services.approve(dossier.code or "", actor=factories.official_actor(dossier.agency, ActorKind.LEADER))
    assert "đang ký số" in text(page_of(dossier))


def test_a_request_has_a_dot_of_its_own_only_while_it_waits() -> None:
    dossier = waiting_for_supplement()

    def tones() -> list[str]:
        rows = timeline.items(Dossier.objects.get(pk=dossier.pk))
        return [row["tone"] for row in rows if row["title"] == "Yêu cầu bổ sung giấy tờ"]

    assert tones() == ["gold"]
    services.supplement(dossier.code or "", actor=Actor.citizen(dossier.filer), answer="Đây ạ")
    assert tones() == ["neutral"]
    services.accept(dossier.code or "", actor=desk(dossier))
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu nữa.", legal_basis="Luật X")
    assert tones() == ["neutral", "gold"]
