"""Two officials on one dossier: the second is told what changed, nothing is overwritten, a double press acts once."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dossiers import services
from dossiers.lifecycle import DossierState as S
from tests import factories
from tests.backoffice.conftest import Office
from tests.backoffice.situations import in_state, press

pytestmark = pytest.mark.django_db


def test_the_second_official_reads_what_happened_and_by_whom(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    assert press(office.browser("leader"), dossier, "accept").status_code == 302
    response = press(office.browser("desk"), dossier, "refuse_intake", reason="Một lý do dài đã gõ.")
    page = response.content.decode()
    assert response.status_code == 409
    assert "Hồ sơ vừa thay đổi sau khi bạn mở trang: Được tiếp nhận (Vũ Minh Lãnh" in page
    assert "Một lý do dài đã gõ." in page
    dossier.refresh_from_db()
    assert dossier.state == S.ACCEPTED
    assert dossier.events.filter(name="dossier.refused").count() == 0


def test_once_she_was_told_what_happened_her_second_press_goes_through(office: Office) -> None:
    """What she typed for every paper is not lost to a page that can never be sent; files she has to choose again."""
    dossier = in_state(S.SUBMITTED)
    assert press(office.browser("leader"), dossier, "accept").status_code == 302
    desk = office.browser("desk")
    address = f"/quan-tri/ho-so/{dossier.code}/buoc/request-supplement/"
    typed = {"check_0": "on", "text_0": "Chụp lại cho rõ.", "reason": "Ảnh mờ."}
    picture = SimpleUploadedFile("cho-mo.png", factories.png("chỗ mờ"))
    told = desk.post(address, {**typed, "sequence": str(dossier.last_sequence), "pictures_text_0": picture})
    page = told.content.decode()
    assert told.status_code == 409 and "Hãy chọn lại tệp rồi gửi." in page and "Chụp lại cho rõ." in page
    as_of = re.findall(r'name="sequence" value="(\d+)"', page.split("data-step-form")[1])[0]
    dossier.refresh_from_db()
    assert int(as_of) == dossier.last_sequence
    # somebody does something more: that she has not read
    press(office.browser("leader"), dossier, "start_processing")
    assert desk.post(address, {**typed, "sequence": as_of}).status_code == 409
    dossier.refresh_from_db()
    assert desk.post(address, {**typed, "sequence": str(dossier.last_sequence)}).status_code == 302
    dossier.refresh_from_db()
    assert dossier.state == S.AWAITING_SUPPLEMENT


def test_a_page_that_asked_something_else_is_never_sent_for_what_is_asked_now(office: Office) -> None:
    """Fees and papers are told by their place in the list: with another list they would be others."""
    dossier = in_state(S.SUBMITTED)
    desk, address = office.browser("desk"), f"/quan-tri/ho-so/{dossier.code}/buoc/request-supplement/"
    page = desk.get(address).content.decode()
    (shape,) = re.findall(r'name="shape" value="(\w+)"', page)
    typed = {"check_0": "on", "text_0": "Chụp lại.", "reason": "Ảnh mờ.", "sequence": str(dossier.last_sequence)}
    refused = desk.post(address, typed | {"shape": "0" * 16})
    assert refused.status_code == 409 and "Trang này hỏi khác từ lúc bạn mở" in refused.content.decode()
    assert "Chụp lại." in refused.content.decode() and 'name="shape" value="0000' in refused.content.decode()
    assert not dossier.supplement_requests.exists()
    assert desk.post(address, typed | {"shape": shape}).status_code == 302


def test_a_handler_that_she_left_as_it_was_is_not_taken_from_who_got_the_dossier_meanwhile(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    desk, address = office.browser("desk"), f"/quan-tri/ho-so/{dossier.code}/buoc/accept/"
    sent = {"sequence": str(dossier.last_sequence), "official": "", "official_was": ""}
    services.assign(dossier.code or "", actor=factories.official_actor(office.agency), official=office.specialist)
    told = desk.post(address, sent)
    page = told.content.decode()
    assert told.status_code == 409
    assert f'name="official_was" value="{office.specialist.pk}"' in page
    assert f'<option value="{office.specialist.pk}" selected>' in page
    dossier.refresh_from_db()
    kept = {"official": str(office.specialist.pk), "official_was": str(office.specialist.pk)}
    assert desk.post(address, kept | {"sequence": str(dossier.last_sequence)}).status_code == 302
    dossier.refresh_from_db()
    assert (dossier.state, dossier.assignee) == (S.ACCEPTED, office.specialist)


def test_a_change_that_keeps_the_state_is_a_change_too(office: Office) -> None:
    dossier = in_state(S.PROCESSING)
    press(office.browser("specialist"), dossier, "propose", reason="Đề xuất từ chối.")
    assert press(office.browser("leader"), dossier, "approve").status_code == 409
    dossier.refresh_from_db()
    assert dossier.state == S.PROCESSING


@pytest.mark.parametrize("name", ["accept", "refuse_intake", "request_supplement", "require_payment"])
def test_a_double_press_acts_once_and_says_so(office: Office, name: str) -> None:
    dossier = in_state(S.SUBMITTED)
    client = office.browser("desk")
    first, second = press(client, dossier, name), press(client, dossier, name)
    assert (first.status_code, second.status_code) == (302, 302)
    assert "Bạn đã làm bước này rồi" in client.get(second["Location"]).content.decode()
    dossier.refresh_from_db()
    assert dossier.last_sequence == 2
    assert dossier.obligations.count() <= 1


def test_looking_at_the_number_is_no_change(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    office.browser("leader").post(f"/quan-tri/ho-so/{dossier.code}/xem-so-dinh-danh/", {"reason": "Đối chiếu"})
    assert press(office.browser("desk"), dossier, "accept").status_code == 302


def test_a_step_that_is_past_is_told_when_its_page_is_opened(office: Office) -> None:
    dossier = in_state(S.RETURNED)
    response = office.browser("desk").get(f"/quan-tri/ho-so/{dossier.code}/buoc/accept/", follow=True)
    assert "đang ở trạng thái “Đã trả kết quả”" in response.content.decode()
