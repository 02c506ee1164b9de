"""The page of a dossier: whose turn it is, what happened and why, papers, money, letters."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from dossiers import consultation, due_explanation, extension, reversal, services, timeline, withdrawal
from dossiers.models import Dossier
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.calendars import work_calendar
from portal.agencies.models import Agency, CalendarDay
from portal.core.moments import vn_datetime
from tests import factories
from tests.dossiers.dossier_pages import desk, page_of, waiting_for_supplement
from tests.dossiers.filing_pages import births, signed_in, text

pytestmark = pytest.mark.django_db
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=HANOI)


def test_what_was_declared_is_read_again_as_it_was_frozen() -> None:
    (dossier,) = births("Trần Gia Bảo")
    shown = text(page_of(dossier))
    declared = shown.partition("Nội dung đã khai")[2].partition("</details>")[0]
    assert "Tên trẻ" in declared and "Trần Gia Bảo" in declared and "Ghi thêm" not in declared
    assert "Sửa" not in declared, "read only"
    assert signed_in(factories.make_citizen("Người Khác")).get(f"/ho-so/{dossier.code}/").status_code == 404
    Dossier.objects.filter(pk=dossier.pk).update(answers={})
    assert "Nội dung đã khai" not in text(page_of(dossier)), "another system keeps what was declared"


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
        withdrawal.request(asked.code or "", actor=Actor.citizen(asked.filer), reason="Nhầm.")
        back = withdrawal.refuse(asked.code or "", actor=desk(asked), reason="Đã có giấy.")
        (supplement,) = due_explanation.limits(back)
        assert supplement.lines[-1].startswith("Thời gian hồ sơ chờ trả lời yêu cầu rút không tính; bổ sung trước")


def test_a_holiday_that_is_noted_later_leaves_the_day_and_how_it_came_about() -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        dossier = factories.file_dossier()
        dossier = services.accept(dossier.code or "", actor=desk(dossier))
        told = due_explanation.lines(dossier)
        clock.shift(timedelta(hours=1))
        wednesday = date(2026, 11, 18)
        CalendarDay.objects.create(agency=dossier.agency, day=wednesday, kind="off", name="Ngày hội phường", source="Q")
        assert dossier.agency is not None and not work_calendar(dossier.agency).is_working_day(wednesday)
        now_told = due_explanation.lines(dossier)
    added = "18/11/2026 (Ngày hội phường) được ghi vào lịch sau khi tiếp nhận: ngày hẹn trả giữ nguyên."
    assert now_told == [*told, added]


def test_a_filing_that_is_opened_again_says_from_when_its_intake_is_counted() -> None:
    with time_machine.travel(MONDAY) as clock:
        dossier = factories.file_dossier()
        services.refuse_intake(dossier.code or "", actor=desk(dossier), reason="Sai nơi nộp.")
        clock.shift(timedelta(hours=2))
        assert dossier.agency is not None
        leader = factories.official_actor(dossier.agency, ActorKind.LEADER)
        dossier = reversal.reopen(dossier.code or "", actor=leader, reason="Từ chối nhầm.")
        (intake,) = due_explanation.limits(dossier)
    assert intake.lines[0] == "Hồ sơ được mở lại lúc 11:00, 16/11/2026; thời hạn tiếp nhận tính lại từ đầu."


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


def test_a_late_dossier_says_whose_time_most_of_it_was_and_shows_the_clocks() -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        dossier = factories.file_dossier(version=factories.make_version(supplement_rule="pause"))
        code = dossier.code or ""
        services.accept(code, actor=desk(dossier))
        assert "lâu nhất là" not in text(page_of(dossier)), "not while it is in time"
        services.request_supplement(code, actor=desk(dossier), reason="Thiếu.")
        clock.shift(timedelta(days=11))  # eight working days: 24 November is a holiday
        services.supplement(code, actor=Actor.citizen(dossier.filer), answer="Đây ạ.")
        clock.shift(timedelta(days=6))
        page = text(page_of(dossier))
        late = "nay đã quá hẹn. Cơ quan phải xin lỗi và hẹn lại bằng văn bản.<br>"
        assert f"{late}Đã qua 12 ngày làm việc, lâu nhất là chờ bạn bổ sung, nộp tiền: 8 ngày làm việc." in page
        fold = page.partition("Thời gian đã qua ở đâu?")[2].partition("</details>")[0]
        rows = re.findall(r'<th scope="row">([^<]+)</th><td>(?:<span[^>]*>)?([^<]+)<', fold)
        parts = [("Cơ quan giải quyết", "4 ngày làm việc"), ("Người nộp", "8 ngày làm việc")]
        assert rows == [*parts, ("Tổng", "12 ngày làm việc")]
        clock.shift(timedelta(days=14))
        name = dossier.agency.name if dossier.agency else ""
        assert f"lâu nhất là ở {name}: 14 ngày làm việc." in text(page_of(dossier))


def test_a_dossier_that_is_late_while_another_agency_thinks_says_so() -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        dossier, other = factories.file_dossier(), factories.make_other_agency()
        assert dossier.agency is not None
        services.accept(dossier.code or "", actor=desk(dossier))
        consultation.request_consultation(
            dossier.code or "",
            actor=factories.official_actor(dossier.agency, ActorKind.AGENCY),
            agency=other,
            question="Có tranh chấp không?",
            answer_due_on=timezone.localdate() + timedelta(days=1),
        )
        assert "Bạn không phải làm gì. Hẹn trả" in text(page_of(dossier))
        clock.shift(timedelta(days=14))
        page = text(page_of(dossier))
        assert "nay đã quá hẹn" in page and "lâu nhất là chờ ý kiến cơ quan khác: 9 ngày làm việc." in page


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
    assert "Đến lượt bạn: nộp 8.000 đ." in page
    assert "Đến lượt bạn: nộp 8.000 đ." in text(signed_in(dossier.filer).get("/ho-so/"))
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
