"""The page of a dossier: papers that were asked for are sent there, and it is withdrawn there."""

import copy
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation

from datastore.access import open_file
from dossiers import services, told_words
from dossiers.models import Dossier, FinancialObligation
from portal.agencies.actors import Actor
from portal.notifications.models import Message
from tests import factories
from tests.dossiers.dossier_pages import ask_for_another_paper, desk, page_of, waiting_for_supplement
from tests.dossiers.filing_pages import signed_in, text

pytestmark = pytest.mark.django_db


def test_supplement_request_stands_item_by_item() -> None:
    dossier = waiting_for_supplement()
    page = text(page_of(dossier))
    assert (
        "Đến lượt bạn: bổ sung giấy tờ trước 17:00, " in page and "Giấy tờ thử: Ảnh mờ." in page and "Gửi trước" in page
    )
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


def test_a_further_request_tells_its_ground_on_the_page() -> None:
    dossier = factories.file_dossier()
    code, set_words = dossier.code or "", "Hồ sơ cần bổ sung hoặc sửa các mục nêu dưới đây."
    services.request_supplement(code, actor=desk(dossier), reason="Thiếu.")
    services.supplement(code, actor=Actor.citizen(dossier.filer), answer="Đây ạ.")
    assert "Căn cứ yêu cầu lần nữa" not in text(page_of(dossier))
    services.request_supplement(code, actor=desk(dossier), reason=set_words, legal_basis="Luật X, Điều 9")
    assert "Căn cứ yêu cầu lần nữa: Luật X, Điều 9" in text(page_of(dossier))
    page = text(page_of(dossier, prefix="/en"))
    assert 'put right.<br>Ground for asking again: <span lang="vi">Luật X, Điều 9</span>' in page
    with translation.override("en"):
        first, second = told_words.step(f"{set_words}\nLuật X").split("\n")
        assert (first, second) == (told_words.step(set_words), "Luật X") and first != set_words


def test_second_click_at_the_same_moment_is_calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both clicks saw the dossier waiting; the slower one reads that its words have arrived, once."""
    dossier = waiting_for_supplement()
    send = services.supplement

    def after_the_first(code: str, **given: Any) -> Dossier:
        send(code, **given)
        return send(code, **given)

    monkeypatch.setattr(services, "supplement", after_the_first)
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


def asked_of(page: str) -> str:
    """The request that a page was drawn for, as its form sends it."""
    (found,) = re.findall(r'name="asked" value="(\d+)"', page)
    return str(found)


def asked_anew() -> tuple[Dossier, str]:
    """A page was drawn, then its request was taken back and another paper asked for: the dossier and the old mark."""
    dossier = waiting_for_supplement()
    old = asked_of(text(page_of(dossier, "bo-sung/")))
    ask_for_another_paper(dossier)
    dossier.refresh_from_db()
    return dossier, old


def test_a_page_of_a_request_that_was_taken_back_answers_no_other_one() -> None:
    dossier, old = asked_anew()
    client, address = signed_in(dossier.filer), f"/ho-so/{dossier.code}/bo-sung/"
    for mark in ({"asked": old}, {}):
        paper = SimpleUploadedFile("a.png", factories.png("a"))
        sent = client.post(address, {"answer": "Ảnh rõ đây ạ.", "file:0": paper, **mark})
        page = text(sent)
        assert sent.status_code == 422 and "Cơ quan đã thay yêu cầu bạn đang trả lời" in page
        assert "Ảnh rõ đây ạ." in page and "Giấy khai sinh" in page and asked_of(page) != old
        dossier.refresh_from_db()
        assert dossier.state == "awaiting_supplement" and not dossier.components.filter(supplement_round__gt=0).exists()
    sent = client.post(address, {"answer": "Đây ạ.", "asked": asked_of(page)})
    assert sent["Location"] == f"/ho-so/{dossier.code}/"


def test_a_request_replaced_while_an_answer_is_on_its_way_is_shown_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """The view read the old request; before the lock a leader took it back and the desk asked for another paper."""
    dossier = waiting_for_supplement()
    client, address = signed_in(dossier.filer), f"/ho-so/{dossier.code}/bo-sung/"
    old = asked_of(text(client.get(address)))
    send = services.supplement

    def after_the_agency(*given: Any, **named: Any) -> Dossier:
        monkeypatch.setattr(services, "supplement", send)
        ask_for_another_paper(dossier)
        return send(*given, **named)

    monkeypatch.setattr(services, "supplement", after_the_agency)
    sent = client.post(address, {"answer": "Đây ạ.", "asked": old})
    assert sent.status_code == 422 and "Giấy khai sinh" in text(sent) and "Đây ạ." in text(sent)
    dossier.refresh_from_db()
    assert dossier.state == "awaiting_supplement"


def test_empty_supplement_says_what_is_wanted() -> None:
    dossier = waiting_for_supplement()
    response = signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/bo-sung/", {"answer": "  "})
    assert response.status_code == 422 and "Hãy gửi ít nhất một giấy tờ" in text(response)
    assert 'href="#id_answer"' in text(response)
    assert "Hãy gửi ít nhất một giấy tờ" in text(response).partition('id="id_answer-error"')[2]


def test_bad_file_in_a_supplement_stands_at_its_item_and_nothing_is_sent() -> None:
    dossier = waiting_for_supplement()
    files = {"file:0": SimpleUploadedFile("a.png", factories.png()), "file:1": SimpleUploadedFile("b.pdf", b"x")}
    response = signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/bo-sung/", {"answer": "Đây", **files})
    page = text(response)
    assert response.status_code == 422 and 'href="#giay-to-1"' in page and 'id="giay-to-1-error"' in page
    assert "Đây" in page and 'id="giay-to-0-error"' not in page
    dossier.refresh_from_db()
    assert dossier.state == "awaiting_supplement" and not dossier.components.filter(supplement_round=1).exists()


def test_a_question_is_answered_in_words_that_have_to_be_there() -> None:
    dossier = factories.file_dossier()
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Bạn cần mấy bản?")
    told = text(page_of(dossier))
    assert (
        "Đến lượt bạn: trả lời cơ quan trước 17:00, " in told
        and "Trả lời cơ quan</a>" in told
        and "Cơ quan hỏi" in told
    )
    page = text(page_of(dossier, "bo-sung/"))
    assert page.index('name="answer"') < page.index("Gửi kèm giấy tờ") < page.index('type="file"')
    assert "Trả lời cơ quan</h1>" in page and "Cơ quan hỏi</h2>" in page and "(không bắt buộc)" not in page
    client, address = signed_in(dossier.filer), f"/ho-so/{dossier.code}/bo-sung/"
    empty = client.post(address, {"answer": " "})
    assert empty.status_code == 422 and "Hãy viết nội dung trả lời." in text(empty)
    assert client.post(address, {"answer": "Hai bản."})["Location"] == f"/ho-so/{dossier.code}/"


def test_a_paper_that_answers_a_question_needs_no_words_beside_it() -> None:
    dossier = factories.file_dossier()
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Bạn cần mấy bản?")
    paper = SimpleUploadedFile("a.png", factories.png("a"))
    sent = signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/bo-sung/", {"answer": "", "file:0": paper})
    assert sent["Location"] == f"/ho-so/{dossier.code}/"


def test_a_request_of_an_agencys_own_system_without_a_list_may_ask_for_papers() -> None:
    dossier = factories.file_dossier()
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Thiếu bản sao.")
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=factories.make_client(dossier.agency))
    page = text(page_of(dossier, "bo-sung/"))
    assert "Bổ sung giấy tờ</h1>" in page and "Giấy tờ bổ sung (nếu có)" in page


@pytest.mark.parametrize(
    ("defects", "subject"),
    [
        ([], "cơ quan cần bạn trả lời"),
        ([services.Defect("", "Mục đích", field="purpose")], "có mục kê khai cần sửa"),
        ([services.Defect("TEST-GIAY", "Giấy tờ thử", "Mờ")], "cần bổ sung giấy tờ"),
    ],
)
def test_the_notice_of_a_request_says_what_is_asked_for(defects: list[Any], subject: str) -> None:
    dossier = factories.file_dossier()
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Vì sao?", defects=defects)
    assert subject in Message.objects.filter(channel="inbox").latest("pk").subject


def test_a_marked_answer_is_put_right_in_place_and_no_other_one() -> None:
    dossier = factories.file_dossier()
    mark = services.Defect("", "Mục đích", "Ghi rõ học ở đâu.", field="purpose")
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Khai chưa rõ.", defects=[mark])
    dossier.refresh_from_db()
    before, digest, name = dossier.answers["purpose"], dossier.answers_sha256, dossier.answers["full_name"]
    page = text(page_of(dossier, "bo-sung/"))
    assert f'value="{before}"' in page and 'name="full_name"' not in page and "Ghi rõ học ở đâu." in page
    assert "Sửa nội dung khai</h1>" in page and page.index('name="purpose"') < page.index('name="answer"')
    told = text(page_of(dossier))
    assert "Đến lượt bạn: sửa nội dung khai trước 17:00, " in told and "Cơ quan yêu cầu sửa" in told
    client = signed_in(dossier.filer)
    address = f"/ho-so/{dossier.code}/bo-sung/"
    empty = client.post(address, {"answer": "Đây ạ", "purpose": ""})
    assert empty.status_code == 422 and 'href="#id_purpose"' in text(empty) and "Đây ạ" in text(empty)
    same = client.post(address, {"answer": "", "purpose": before})
    assert same.status_code == 422 and "sửa mục cơ quan nêu" in text(same)
    sent = client.post(address, {"answer": "", "purpose": "Học ở Hà Nội", "full_name": "Tên Khác"})
    assert sent["Location"] == f"/ho-so/{dossier.code}/"
    dossier.refresh_from_db()
    assert dossier.answers["purpose"] == "Học ở Hà Nội" and dossier.answers["full_name"] == name
    assert dossier.answers_sha256 != digest
    told = dossier.events.get(name="dossier.supplemented").data["changes"]
    assert told == [{"key": "purpose", "label": "Mục đích", "before": before, "after": "Học ở Hà Nội"}]
    assert f"Đã sửa “Mục đích”: {before} → Học ở Hà Nội" in text(client.get(f"/ho-so/{dossier.code}/"))


def test_what_hangs_on_a_marked_answer_is_asked_with_it() -> None:
    """Who is married after all says to whom: it was not asked while she had said that she never was."""
    words = {"vi": "Vợ, chồng", "en": "Spouse"}
    married = {"field": "purpose", "equals": "Vay vốn"}
    spouse = {"key": "spouse_name", "label": words, "type": "text", "required_if": married, "visible_if": married}
    form = copy.deepcopy(factories.SHORT_FORM)
    form["pages"][0]["groups"][0]["fields"].append(spouse)
    dossier = factories.file_dossier(version=factories.make_version(form=form))
    mark = services.Defect("", "Mục đích", "", field="purpose")
    services.request_supplement(dossier.code or "", actor=desk(dossier), reason="Khai sai.", defects=[mark])
    client, address = signed_in(dossier.filer), f"/ho-so/{dossier.code}/bo-sung/"
    lacking = client.post(address, {"answer": "", "purpose": "Vay vốn", "spouse_name": ""})
    assert lacking.status_code == 422 and 'href="#id_spouse_name"' in text(lacking)
    client.post(address, {"answer": "", "purpose": "Vay vốn", "spouse_name": "Lê Thị Vợ"})
    dossier.refresh_from_db()
    assert dossier.answers["spouse_name"] == "Lê Thị Vợ"


@pytest.mark.parametrize("answer", ["x" * 10_000, "a\x00b"])
def test_bad_answer_is_named(answer: str) -> None:
    dossier = waiting_for_supplement()
    response = signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/bo-sung/", {"answer": answer})
    assert response.status_code == 422 and 'href="#id_answer"' in text(response)


def test_withdrawal_says_what_is_lost_then_asks_the_agency() -> None:
    dossier = factories.file_dossier()
    client = signed_in(dossier.filer)
    lost = "thường không được trả lại"
    assert lost not in text(client.get(f"/ho-so/{dossier.code}/rut/")), "nothing was paid"
    paid = {"amount_vnd": 8000, "state": "paid", "paid_at": timezone.now()}
    FinancialObligation.objects.create(dossier=dossier, kind="phi", description="Phí", **paid)
    assert lost in text(client.get(f"/ho-so/{dossier.code}/rut/"))
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
