"""A supplement is asked for at the desk: papers, answers that are marked, or a question alone."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dossiers import reversal, services
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import InvalidInputError, TransitionError
from portal.core.moments import vn_datetime
from tests import factories
from tests.backoffice.conftest import Office, signed_in
from tests.backoffice.situations import in_state, press

pytestmark = pytest.mark.django_db
S = DossierState


def page_of(dossier: Dossier) -> str:
    return f"/quan-tri/ho-so/{dossier.code}/buoc/request-supplement/"


def test_a_ticked_paper_needs_words_and_what_was_typed_stays(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    response = press(office.browser("desk"), dossier, "request_supplement", text_0="", reason="Lý do dài đã gõ")
    page = response.content.decode()
    assert response.status_code == 422
    assert "Hãy viết giấy này cần sửa hoặc bổ sung gì." in page and "Lý do dài đã gõ" in page


def test_a_supplement_request_lists_every_defect_at_once(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    press(office.browser("desk"), dossier, "request_supplement", other_name_0="Tờ khai", other_text_0="Bản có chữ ký")
    (request,) = dossier.supplement_requests.all()
    assert [(item["name"], item["text"]) for item in request.items] == [
        ("Giấy tờ thử", "Chụp lại cho rõ."),
        ("Tờ khai", "Bản có chữ ký"),
    ]


def test_with_no_paper_to_choose_from_the_paper_that_is_asked_for_is_named(office: Office) -> None:
    dossier = factories.file_dossier(version=factories.make_version(needs_paper=False))
    browser = office.browser("desk")
    address = page_of(dossier)
    page = browser.get(address).content.decode()
    assert "Giấy tờ cần bổ sung <span" in page and "Giấy tờ khác" not in page
    said = {"sequence": str(dossier.last_sequence), "reason": "Thiếu giấy."}
    refused = browser.post(address, said)
    assert refused.status_code == 422 and "nếu chỉ hỏi, hãy đánh dấu" in refused.content.decode()
    nameless = browser.post(address, {**said, "other_text_1": "Bản có dấu"})
    assert nameless.status_code == 422 and "Hãy ghi tên giấy tờ." in nameless.content.decode()
    two = {"other_name_0": "Giấy chứng sinh", "other_name_2": "Giấy kết hôn", "other_text_2": "Bản có dấu"}
    assert browser.post(address, {**said, **two}).status_code == 302
    items = dossier.supplement_requests.get().items
    assert [(item["name"], item["text"]) for item in items] == [("Giấy chứng sinh", ""), ("Giấy kết hôn", "Bản có dấu")]
    assert len({item["component_code"] for item in items}) == 2, "what is sent for one is not taken for the other"


def test_one_scan_may_answer_for_another_paper_of_a_further_request_and_not_for_the_same_one(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    desk, citizen, scan = office.browser("desk"), signed_in(dossier.filer), factories.png("hai giấy")
    answer = f"/ho-so/{dossier.code}/bo-sung/"
    # “mẹ” and “mé” are two words: only case does not count
    names = (("Giấy ra viện", 302), ("Giấy của mẹ", 302), ("Giấy của mé", 302), ("Giấy Ra Viện", 422))
    for name, status in names:
        dossier.refresh_from_db()
        said = {"sequence": str(dossier.last_sequence), "legal_basis": "Điều 5 NĐ thử", "other_name_0": name}
        assert desk.post(page_of(dossier), {**said, "other_text_0": "Bản rõ"}).status_code == 302
        sent = citizen.post(answer, {"file:0": SimpleUploadedFile("a.png", scan)})
        assert sent.status_code == status, name
    assert dossier.components.filter(supplement_round__gt=0).count() == 3
    codes = dossier.components.filter(supplement_round__gt=0).values_list("component_code", flat=True)
    assert not any("vien" in code or "me" in code for code in codes), "a name may tell of somebody"


def test_words_that_answered_a_request_stand_where_the_result_is_written(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    code = dossier.code or ""
    desk = Actor(ActorKind.DESK, office.desk, office.agency)
    specialist = Actor(ActorKind.AGENCY, office.specialist, office.agency)
    services.request_supplement(code, actor=desk, reason="Vợ bạn là ai?")
    services.supplement(code, actor=Actor.citizen(dossier.filer), answer="Vợ tôi là Lê Thị Vợ, số 001195000123.")
    services.accept(code, actor=desk)
    services.start_processing(code, actor=specialist)
    page = office.browser("specialist").get(f"/quan-tri/ho-so/{code}/buoc/propose/").content.decode()
    shown = page.partition("Người nộp trả lời bổ sung bằng lời")[2].partition("Nội dung thêm trên kết quả")[0]
    assert "Vợ tôi là Lê Thị Vợ" in shown and "001195000123" not in shown


def test_a_question_names_no_paper_and_words_answer_it(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    address = page_of(dossier)
    said = {"sequence": str(dossier.last_sequence), "reason": "Bạn cần mấy bản?", "is_question": "on"}
    assert office.browser("desk").post(address, said).status_code == 302
    assert dossier.supplement_requests.get().items == []


def test_an_answer_is_marked_and_what_was_declared_stands_beside_it(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    address = page_of(dossier)
    page = office.browser("desk").get(address).content.decode()
    assert f"Mục đích: {dossier.answers['purpose']}" in page
    said = {"sequence": str(dossier.last_sequence), "reason": "Khai sai.", "wrong_purpose": "Ghi rõ học ở đâu"}
    unmarked = office.browser("desk").post(address, said)
    assert unmarked.status_code == 422 and "Hãy đánh dấu mục kê khai này" in unmarked.content.decode()
    assert office.browser("desk").post(address, {**said, "mark_purpose": "on"}).status_code == 302
    (item,) = dossier.supplement_requests.get().items
    assert item == {"component_code": "", "name": "Mục đích", "text": "Ghi rõ học ở đâu", "field": "purpose"}


def test_words_at_each_thing_or_a_general_reason_are_enough(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    browser, address = office.browser("desk"), page_of(dossier)
    said = {"sequence": str(dossier.last_sequence), "mark_purpose": "on", "other_name_0": "Giấy kết hôn"}
    lacking = browser.post(address, said)
    page = lacking.content.decode()
    assert lacking.status_code == 422 and page.count("Hãy ghi sai hoặc thiếu gì, ở đây hoặc") >= 2
    question = browser.post(address, {"sequence": said["sequence"], "is_question": "on"})
    assert question.status_code == 422 and "Hãy ghi câu hỏi." in question.content.decode()
    words = {"wrong_purpose": "Ghi rõ học ở đâu", "other_text_0": "Bản có dấu"}
    assert browser.post(address, said | words).status_code == 302
    request = dossier.supplement_requests.get()
    assert request.reason == "Hồ sơ cần bổ sung hoặc sửa các mục nêu dưới đây."
    services.supplement(dossier.code or "", actor=Actor.citizen(dossier.filer), answer="Đây ạ")
    dossier.refresh_from_db()
    again = {"sequence": str(dossier.last_sequence), "mark_purpose": "on", "reason": "Vẫn sai."}
    drawn = browser.get(address)
    assert "Hồ sơ đã có lần yêu cầu bổ sung" in drawn.content.decode()
    form = drawn.context["form"]
    assert "legal_basis" in form.fields
    assert [name for name in form.fields if f'name="{name}"' not in drawn.content.decode()] == [], "each is asked"
    groundless = browser.post(address, again)
    assert groundless.status_code == 422 and 'href="#id_legal_basis"' in groundless.content.decode()
    assert browser.post(address, again | {"legal_basis": "Luật Đất đai 2024, Điều 223"}).status_code == 302
    event = dossier.events.filter(name="dossier.supplement_requested").latest("sequence")
    assert event.data["legal_basis"] == "Luật Đất đai 2024, Điều 223"


def test_of_several_things_each_marked_answer_says_what_is_wrong_with_it(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    desk, address = office.browser("desk"), page_of(dossier)
    said = {"sequence": str(dossier.last_sequence), "reason": "Giấy mờ, khai sai.", "mark_purpose": "on"}
    two = said | {"check_0": "on", "text_0": "Chụp lại cho rõ"}
    refused = desk.post(address, two)
    page = refused.content.decode()
    assert (
        refused.status_code == 422 and 'href="#id_wrong_purpose"' in page and "Hãy ghi mục này sai hoặc thiếu" in page
    )
    assert desk.post(address, two | {"wrong_purpose": "Ghi rõ học ở đâu"}).status_code == 302
    services.supplement(dossier.code or "", actor=Actor.citizen(dossier.filer), answer="Đây ạ")
    history = desk.get(f"/quan-tri/ho-so/{dossier.code}/").content.decode().partition('id="history"')[2]
    assert "– Giấy tờ thử: Chụp lại cho rõ" in history and "– Mục đích: Ghi rõ học ở đâu" in history


def test_once_accepted_a_procedure_that_allows_no_supplement_offers_none(office: Office) -> None:
    dossier = factories.file_dossier(version=factories.make_version(supplement_rule="not_allowed"))
    code, desk = dossier.code or "", Actor(ActorKind.DESK, office.desk, office.agency)
    assert "/buoc/request-supplement/" in office.browser("desk").get(f"/quan-tri/ho-so/{code}/").content.decode()
    services.accept(code, actor=desk)
    assert "/buoc/request-supplement/" not in office.browser("desk").get(f"/quan-tri/ho-so/{code}/").content.decode()
    with pytest.raises(TransitionError, match="không cho yêu cầu bổ sung"):
        services.request_supplement(code, actor=desk, reason="Thiếu.")


def test_a_request_that_was_taken_back_was_none(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    code, desk = dossier.code or "", Actor(ActorKind.DESK, office.desk, office.agency)
    services.request_supplement(code, actor=desk, reason="Hỏi nhầm.")
    reversal.revert(code, actor=factories.official_actor(office.agency, ActorKind.LEADER), reason="Nhầm.")
    services.request_supplement(code, actor=desk, reason="Thiếu giấy.")
    services.supplement(code, actor=Actor.citizen(dossier.filer), answer="Đây ạ.")
    with pytest.raises(InvalidInputError) as refused:
        services.request_supplement(code, actor=desk, reason="Vẫn thiếu.")
    assert "điều khoản cho phép" in refused.value.words


def test_two_letters_of_one_kind_are_told_apart_by_their_moments(office: Office) -> None:
    dossier = in_state(S.SUBMITTED)
    services.request_supplement(dossier.code or "", actor=Actor(ActorKind.DESK, office.desk, office.agency), reason="?")
    moment = vn_datetime(dossier.events.latest("pk").occurred_at)
    ours = office.browser("desk").get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()
    assert f'Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ<span class="soft small"> {moment}' in ours
