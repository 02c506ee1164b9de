"""The page of a dossier: whose turn it is, what happened and why, papers, money, letters; supplement and withdrawal."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from datastore.access import open_file
from dossiers import consultation, due_explanation, services, timeline
from dossiers.models import Dossier
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency
from portal.notifications.models import Message
from tests import factories
from tests.dossiers.filing_pages import Filing, signed_in, text
from tests.dossiers.form_fields import field, form, page

pytestmark = pytest.mark.django_db
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=HANOI)


def page_of(dossier: Dossier, suffix: str = "", prefix: str = "") -> Any:
    return signed_in(dossier.filer).get(f"{prefix}/ho-so/{dossier.code}/{suffix}")


def desk(dossier: Dossier) -> Actor:
    assert dossier.agency is not None
    return factories.official_actor(dossier.agency)


def waiting_for_supplement(**kwargs: Any) -> Dossier:
    dossier = factories.file_dossier(**kwargs)
    defects = [services.Defect("TEST-GIAY", "Giấy tờ thử", "Ảnh mờ."), services.Defect("", "Giấy khác", "")]
    return services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu giấy.", defects=defects)


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
    last_shown = Dossier.objects.order_by("-id")[19].pk
    assert f"?truoc={last_shown}" in first and first.count("list__link") == 20
    second = text(client.get(f"/ho-so/?truoc={last_shown}"))
    assert second.count("list__link") == 3
    assert client.get("/ho-so/?truoc=abc").status_code == client.get(f"/ho-so/?truoc={'9' * 40}").status_code == 200


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
    assert "Còn một bước: nộp phí, lệ phí" in text(page_of(dossier, "da-nop/"))


def test_long_words_do_not_break_the_page() -> None:
    dossier = waiting_for_supplement()
    dossier.supplement_requests.update(reason="Rất dài " * 300)
    assert page_of(dossier).status_code == 200


# --- supplement ----------------------------------------------------------------------------------


def test_supplement_request_stands_item_by_item() -> None:
    dossier = waiting_for_supplement()
    page = text(page_of(dossier))
    assert "Đến lượt bạn: bổ sung giấy tờ." in page and "Giấy tờ thử: Ảnh mờ." in page and "Gửi trước" in page
    form = text(page_of(dossier, "bo-sung/"))
    cameras = form.count('capture="environment"')  # each item has a field for files and one for a phone's camera
    assert cameras == 2 and form.count('type="file"') == 4 and "Giấy khác" in form


def test_supplement_is_sent_and_the_dossier_goes_on() -> None:
    dossier = waiting_for_supplement()
    client = signed_in(dossier.filer)
    files = [SimpleUploadedFile("a.png", factories.png("a")), SimpleUploadedFile("b.png", factories.png("bb"))]
    response = client.post(f"/ho-so/{dossier.code}/bo-sung/", {"answer": "Em gửi lại.", "file:0": files})
    assert response["Location"] == f"/ho-so/{dossier.code}/"
    dossier.refresh_from_db()
    request = dossier.supplement_requests.get()
    assert dossier.state == "submitted" and request.answer == "Em gửi lại." and request.answered_at
    added = dossier.components.filter(supplement_round=1)
    assert [row.files[0]["name"] for row in added] == ["a và 1 trang nữa.pdf"], "two photos of one paper are one paper"
    page = text(client.get(f"/ho-so/{dossier.code}/"))
    assert "Đã gửi phần bổ sung" in page and "Đã bổ sung" in page and "Lời nhắn: Em gửi lại." in page
    tracked = {"code": dossier.code, "phone_tail": dossier.applicant_phone[-4:]}
    assert "Em gửi lại." not in text(Client().post("/tra-cuu/", tracked)), "her words are for who reads the dossier"
    again = client.post(f"/ho-so/{dossier.code}/bo-sung/", {"answer": "Lần nữa"}, follow=True)
    assert "Phần bổ sung của bạn đã tới cơ quan" in text(again)
    services.accept(dossier.code or "", actor=desk(dossier))
    later = client.get(f"/ho-so/{dossier.code}/bo-sung/", follow=True)
    assert "Hồ sơ này không chờ bổ sung." in text(later)


def test_second_click_at_the_same_moment_is_calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both clicks saw the dossier waiting; the slower one reads that its words have arrived, once."""
    dossier = waiting_for_supplement()
    send = services.supplement

    def after_the_first(code: str, **given: Any) -> Dossier:
        send(code, **given)
        return send(code, **given)

    monkeypatch.setattr("dossiers.views.services.supplement", after_the_first)
    answer = signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/bo-sung/", {"answer": "Đây ạ"}, follow=True)
    assert answer.status_code == 200 and "Phần bổ sung của bạn đã tới cơ quan" in text(answer)
    assert dossier.events.filter(name="dossier.supplemented").count() == 1


def test_same_file_again_is_told_and_one_chosen_twice_counts_once() -> None:
    dossier = waiting_for_supplement()
    component = dossier.components.get()
    _file, stream = open_file(component.document.files.get().pk, actor=Actor.citizen(dossier.filer), purpose="thử")
    with stream:
        bytes_before = stream.read()
    client = signed_in(dossier.filer)
    address = f"/ho-so/{dossier.code}/bo-sung/"
    again = client.post(address, {"file:0": SimpleUploadedFile("giay-to.png", bytes_before)})
    assert again.status_code == 422 and "đúng là tệp đã nộp lần trước" in text(again)
    twice = [SimpleUploadedFile(name, factories.png("moi")) for name in ("a.png", "a.png")]
    assert client.post(address, {"file:0": twice}).status_code == 302
    assert dossier.components.filter(supplement_round=1).count() == 1


def test_empty_supplement_says_what_is_wanted() -> None:
    dossier = waiting_for_supplement()
    response = signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/bo-sung/", {"answer": "  "})
    assert response.status_code == 422 and "Hãy gửi ít nhất một giấy tờ" in text(response)
    assert 'href="#id_answer"' in text(response)


def test_bad_file_in_a_supplement_stands_at_its_item_and_nothing_is_sent() -> None:
    dossier = waiting_for_supplement()
    files = {"file:0": SimpleUploadedFile("a.png", factories.png()), "file:1": SimpleUploadedFile("b.pdf", b"x")}
    response = signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/bo-sung/", {"answer": "Đây", **files})
    page = text(response)
    assert response.status_code == 422 and 'href="#giay-to-1"' in page and 'id="giay-to-1-error"' in page
    assert "Đây" in page and 'id="giay-to-0-error"' not in page
    dossier.refresh_from_db()
    assert dossier.state == "awaiting_supplement" and not dossier.components.filter(supplement_round=1).exists()


@pytest.mark.parametrize("answer", ["x" * 10_000, "a\x00b"])
def test_bad_answer_is_named(answer: str) -> None:
    dossier = waiting_for_supplement()
    response = signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/bo-sung/", {"answer": answer})
    assert response.status_code == 422 and 'href="#id_answer"' in text(response)


# --- withdrawal ----------------------------------------------------------------------------------


def test_withdrawal_says_what_is_lost_then_asks_the_agency() -> None:
    dossier = factories.file_dossier()
    client = signed_in(dossier.filer)
    assert "thường không được trả lại" in text(client.get(f"/ho-so/{dossier.code}/rut/"))
    missing = client.post(f"/ho-so/{dossier.code}/rut/", {"reason": " "})
    assert missing.status_code == 422 and "Hãy nêu lý do." in text(missing)
    client.post(f"/ho-so/{dossier.code}/rut/", {"reason": "Đổi ý"})
    dossier.refresh_from_db()
    assert dossier.state == "withdrawal_requested"
    assert "xác nhận việc rút hồ sơ" in text(client.get(f"/ho-so/{dossier.code}/"))


def test_finished_dossier_cannot_be_withdrawn() -> None:
    dossier = factories.file_dossier()
    services.refuse_intake(dossier.code or "", actor=desk(dossier), reason="Sai.")
    response = signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/rut/", {"reason": "x"}, follow=True)
    assert "không rút được ở trạng thái hiện tại" in text(response)


@pytest.mark.parametrize("reason", ["x" * 10_000, "a\x00b"])
def test_bad_reason_is_named(reason: str) -> None:
    dossier = factories.file_dossier()
    response = signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/rut/", {"reason": reason})
    assert response.status_code == 422 and 'href="#id_reason"' in text(response)


# --- languages -----------------------------------------------------------------------------------


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
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu nữa.")
    assert tones() == ["neutral", "gold"]
