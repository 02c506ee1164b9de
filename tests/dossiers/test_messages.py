"""Messages between citizen and official: both read them, nobody else does; notes of officials stay among officials."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from datastore.models import Document
from dossiers import access, correspondence, services
from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier, DossierMessage, InternalNote, MessageTemplate, Side
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import InvalidInputError, NotAllowedError, NotFoundError, TransitionError
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office, signed_in
from tests.backoffice.situations import in_state
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db


def citizen_of(dossier: Dossier) -> Actor:
    assert dossier.filer is not None
    return Actor.citizen(dossier.filer)


def send(dossier: Dossier, actor: Actor, words: str = "Xin hỏi.", token: str = "t1") -> DossierMessage:
    return correspondence.write(dossier.code or "", actor=actor, text=words, form_token=token)


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("anh.png", factories.png("tin nhắn"), "image/png")


def test_a_question_and_its_answer_are_read_on_both_sides(office: Office) -> None:
    dossier = in_state(S.PROCESSING)
    citizen, desk = signed_in(dossier.filer), office.browser("desk")
    sent = citizen.post(
        f"/ho-so/{dossier.code}/trao-doi/", {"text": "Tôi nộp thiếu ảnh, gửi kèm.", "token": "a", "files": pdf()}
    )
    assert (sent.status_code, sent["Location"]) == (302, f"/ho-so/{dossier.code}/trao-doi/")
    assert dossier.code in text(desk.get("/quan-tri/hang-doi/tin-chua-doc/"))
    bench = text(desk.get(f"/quan-tri/ho-so/{dossier.code}/"))
    assert "Tôi nộp thiếu ảnh, gửi kèm." in bench and "1 tin chưa đọc" in bench
    file = DossierMessage.objects.get().files.get().digests[0]
    opened = desk.get(f"/kho-du-lieu/tep/{file['file_id']}/")
    assert opened.status_code == 200 and b"".join(opened.streaming_content)
    answer = {"text": "Đã nhận ảnh. Cảm ơn bà.", "token": "b"}
    assert desk.post(f"/quan-tri/ho-so/{dossier.code}/tin-nhan/", answer).status_code == 302
    assert DossierMessage.objects.filter(read_at__isnull=True).count() == 1, "who answers has read"
    assert dossier.code not in text(desk.get("/quan-tri/hang-doi/tin-chua-doc/"))
    assert "1 tin nhắn mới" in text(citizen.get("/ho-so/"))
    own = text(citizen.get(f"/ho-so/{dossier.code}/"))
    assert "Đã nhận ảnh. Cảm ơn bà." in own and "Có tin mới" in own and "Phạm Thị Quầy" in own
    assert "Đã nhận ảnh" in text(citizen.get(f"/ho-so/{dossier.code}/trao-doi/"))
    assert not DossierMessage.objects.filter(read_at__isnull=True).exists()
    assert "tin nhắn mới" not in text(citizen.get("/ho-so/"))


def test_the_other_side_is_told_without_the_words(office: Office) -> None:
    dossier = in_state(S.PROCESSING)
    services.assign(dossier.code or "", actor=desk_of(office), official=office.specialist)
    send(dossier, citizen_of(dossier), "Bệnh án của tôi số 17.")
    (told,) = Message.objects.filter(kind="dossier.message", channel="inbox")
    assert told.recipient == office.specialist
    assert "17" not in told.subject + told.body and told.link == f"/quan-tri/ho-so/{dossier.code}/#trao-doi"
    send(dossier, desk_of(office), "Mời bà đến lúc 9 giờ.", "t2")
    to_citizen = Message.objects.filter(kind="dossier.message", recipient=dossier.filer, channel="inbox").get()
    assert "9 giờ" not in to_citizen.body and to_citizen.link == f"/ho-so/{dossier.code}/trao-doi/"


def desk_of(office: Office) -> Actor:
    return Actor(ActorKind.DESK, user=office.desk, agency=office.agency, name="Phạm Thị Quầy")


def test_the_desk_hears_where_nobody_has_the_dossier(office: Office) -> None:
    dossier = factories.file_dossier()
    send(dossier, citizen_of(dossier))
    assert Message.objects.filter(kind="dossier.message", recipient=office.desk).exists()


def test_the_second_press_sends_nothing_again() -> None:
    dossier = factories.file_dossier()
    first = send(dossier, citizen_of(dossier), token="same")
    assert send(dossier, citizen_of(dossier), token="same") == first
    assert send(dossier, citizen_of(dossier), token="other") != first
    assert DossierMessage.objects.count() == 2


def test_what_is_not_sent_leaves_no_file_behind(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = factories.file_dossier()
    kept = Document.objects.count()
    desk, address = office.browser("desk"), f"/quan-tri/ho-so/{dossier.code}/tin-nhan/"
    for presses in (1, 2):  # the second press finds the message sent
        desk.post(address, {"text": "Gửi bản mẫu.", "token": "same", "files": pdf()})
        assert (Document.objects.count() - kept, DossierMessage.objects.count()) == (1, 1), presses
    monkeypatch.setattr(correspondence, "MOST_A_DAY", 0)
    assert desk.post(address, {"text": "Nữa.", "token": "next", "files": pdf()}).status_code == 422
    citizens = {"text": "Nữa.", "token": "hers", "files": pdf()}
    assert signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/trao-doi/", citizens).status_code == 422
    assert Document.objects.count() == kept + 1


@pytest.mark.parametrize("words", ["", "  \n ", "x" * 4001])
def test_empty_and_endless_ones_are_refused_in_words(words: str) -> None:
    dossier = factories.file_dossier()
    page = signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/trao-doi/", {"text": words, "token": "a"})
    assert page.status_code == 422 and 'href="#id_text"' in page.content.decode()
    assert not DossierMessage.objects.exists()


def test_a_wrong_file_sends_nothing_and_keeps_the_words() -> None:
    dossier = factories.file_dossier()
    wrong = SimpleUploadedFile("x.pdf", b"not a pdf", "application/pdf")
    page = signed_in(dossier.filer).post(
        f"/ho-so/{dossier.code}/trao-doi/", {"text": "Xem tệp.", "token": "a", "files": wrong}
    )
    assert page.status_code == 422 and "x.pdf:" in text(page) and "Xem tệp." in text(page)
    many = [SimpleUploadedFile(f"{n}.png", factories.png(str(n)), "image/png") for n in range(6)]
    page = signed_in(dossier.filer).post(
        f"/ho-so/{dossier.code}/trao-doi/", {"text": "Xem.", "token": "a", "files": many}
    )
    assert page.status_code == 422 and "nhiều nhất 5 tệp" in text(page)
    assert not DossierMessage.objects.exists()


@pytest.mark.parametrize("state", [S.RETURNED, S.REFUSED, S.STOPPED])
def test_a_finished_dossier_takes_no_messages(state: S) -> None:
    dossier = in_state(state)
    with pytest.raises(TransitionError):
        send(dossier, citizen_of(dossier))
    assert "không nhận tin nhắn" in text(signed_in(dossier.filer).get(f"/ho-so/{dossier.code}/trao-doi/"))


def test_a_dossier_decided_elsewhere_takes_no_messages() -> None:
    dossier = factories.file_dossier()
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=factories.make_client(factories.make_agency()))
    with pytest.raises(TransitionError):
        send(dossier, citizen_of(dossier))


def test_nobody_else_writes_or_reads(office: Office) -> None:
    dossier = factories.file_dossier()
    with pytest.raises(NotFoundError):
        send(dossier, Actor.citizen(factories.make_citizen("Người Khác")))
    with pytest.raises(NotAllowedError):
        send(dossier, Actor.system())
    with pytest.raises(NotAllowedError):
        correspondence.note(dossier.code or "", actor=citizen_of(dossier), text="x", form_token="a")
    foreign = office.browser("foreign_desk")
    for address in ("tin-nhan/", "tin-nhan/da-doc/", "ghi-chu/"):
        assert foreign.post(f"/quan-tri/ho-so/{dossier.code}/{address}", {"text": "x", "token": "a"}).status_code == 404
    assert not DossierMessage.objects.exists() and not InternalNote.objects.exists()


def test_internal_notes_are_on_no_page_of_the_citizen(office: Office) -> None:
    dossier = in_state(S.PROCESSING)
    secret = "Nghi-giay-to-gia-can-xac-minh"
    desk = office.browser("desk")
    posted = desk.post(f"/quan-tri/ho-so/{dossier.code}/ghi-chu/", {"text": secret, "token": "n"})
    assert (posted.status_code, posted["Location"]) == (302, f"/quan-tri/ho-so/{dossier.code}/#ghi-chu")
    assert secret in text(desk.get(f"/quan-tri/ho-so/{dossier.code}/"))
    assert desk.post(f"/quan-tri/ho-so/{dossier.code}/ghi-chu/", {"text": " ", "token": "m"}).status_code == 422
    send(dossier, desk_of(office), "Mời bà chờ.", "t2")
    citizen = signed_in(dossier.filer)
    addresses = ["/ho-so/", *(f"/ho-so/{dossier.code}/{part}" for part in ("", "trao-doi/", "da-nop/", "rut/"))]
    for address in [*addresses, "/hop-thu/", "/kho-du-lieu/", "/kho-du-lieu/ai-da-xem/"]:
        assert secret not in text(citizen.get(address)), address
    tracked = citizen.post("/tra-cuu/", {"code": dossier.code, "phone_tail": dossier.applicant_phone[-4:]})
    assert tracked.status_code == 200 and secret not in text(tracked)
    assert not Message.objects.filter(body__contains=secret).exists()
    assert not dossier.events.filter(reason__contains=secret).exists()


def test_a_note_stays_with_the_agency_that_wrote_it(office: Office) -> None:
    dossier = factories.file_dossier()
    correspondence.note(dossier.code or "", actor=desk_of(office), text="Chỉ phường này biết.", form_token="n")
    assert correspondence.notes_for(dossier, [office.agency.path])
    assert correspondence.notes_for(dossier, ["H26/"]), "the agency above reads it"
    assert not correspondence.notes_for(dossier, ["H17/"])
    assert not correspondence.notes_for(dossier, [])


def test_a_template_speaks_of_this_dossier_and_is_only_for_its_agencies(office: Office) -> None:
    dossier = in_state(S.PROCESSING)
    ours = MessageTemplate.objects.create(agency=office.agency, title="Hẹn", text="Mời {nguoi_nop}, {ma_ho_so}. {x}")
    MessageTemplate.objects.create(agency=factories.make_other_agency(), title="Nơi khác", text="Không phải của ta")
    page = text(office.browser("desk").get(f"/quan-tri/ho-so/{dossier.code}/?mau={ours.pk}"))
    assert f"Mời {dossier.applicant_name}, {dossier.code}. {{x}}" in page
    assert "Nơi khác" not in page
    for mau in ("abc", "9" * 40, "-1"):
        assert office.browser("desk").get(f"/quan-tri/ho-so/{dossier.code}/?mau={mau}").status_code == 200


def test_reading_without_answering_is_said_by_a_button(office: Office) -> None:
    dossier = factories.file_dossier()
    send(dossier, citizen_of(dossier))
    desk = office.browser("desk")
    desk.get(f"/quan-tri/ho-so/{dossier.code}/")
    assert correspondence.unread(Side.AGENCY).count() == 1, "looking is not reading: the next official sees it, too"
    assert desk.post(f"/quan-tri/ho-so/{dossier.code}/tin-nhan/da-doc/").status_code == 302
    assert not correspondence.unread(Side.AGENCY).exists()


def test_what_nobody_read_is_shown_where_it_is_proposed_and_decided(office: Office) -> None:
    dossier = in_state(S.PROCESSING)
    base = f"/quan-tri/ho-so/{dossier.code}/buoc"
    ways = [(office.browser("specialist"), f"{base}/propose/"), (office.browser("leader"), f"{base}/approve/")]
    warning = "Có 1 tin của người nộp chưa ai đọc."
    for client, address in ways:
        assert "chưa ai đọc" not in text(client.get(address))
    send(dossier, citizen_of(dossier), "Số giấy là 45/2024.")
    for client, address in ways:
        page = client.get(address)
        decide = page.content.decode().partition('id="decide"')[2].partition("<form")[0]
        assert warning in decide and "Số giấy là 45/2024." in decide and 'href="#trao-doi"' in decide
        assert 'id="trao-doi"' in page.content.decode()
    correspondence.mark_read(dossier.code or "", actor=desk_of(office))
    for client, address in ways:
        assert "chưa ai đọc" not in text(client.get(address))


@pytest.mark.parametrize("state", [S.DECIDED, S.RETURNED, S.STOPPED])
def test_what_nobody_read_waits_after_the_decision_too(office: Office, state: S) -> None:
    dossier = in_state(S.PROCESSING)
    send(dossier, citizen_of(dossier))
    Dossier.objects.filter(pk=dossier.pk).update(state=state, finished_at=timezone.now(), due_at=None)
    desk, address = office.browser("desk"), "/quan-tri/hang-doi/tin-chua-doc/"

    def counted() -> tuple[bool, int]:
        page = desk.get(address)
        (entry,) = [entry for entry in page.context["rail"] if entry["queue"].name == "tin-chua-doc"]
        return dossier.code in text(page), entry["count"]

    assert counted() == (True, 1)
    assert desk.post(f"/quan-tri/ho-so/{dossier.code}/tin-nhan/da-doc/").status_code == 302
    assert counted() == (False, 0)


def test_papers_of_messages_follow_the_dossier_to_another_agency(office: Office) -> None:
    from dossiers import forwarding
    from portal.agencies.models import Agency

    dossier = factories.file_dossier()
    signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/trao-doi/", {"text": "Kèm.", "token": "a", "files": pdf()})
    other = Agency.objects.get(code="H17.20194")
    forwarding.forward(dossier.code or "", actor=desk_of(office), agency=other, reason="Nơi khác.")
    file = DossierMessage.objects.get().files.get().digests[0]
    assert office.browser("desk").get(f"/kho-du-lieu/tep/{file['file_id']}/").status_code == 404
    opened = office.browser("foreign_desk").get(f"/kho-du-lieu/tep/{file['file_id']}/")
    assert opened.status_code == 200 and b"".join(opened.streaming_content)


def test_more_messages_do_not_mean_more_queries(office: Office) -> None:
    dossier = factories.file_dossier()

    def queries(client: Any, address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    citizen, desk = signed_in(dossier.filer), office.browser("desk")
    addresses = [(citizen, f"/ho-so/{dossier.code}/"), (desk, f"/quan-tri/ho-so/{dossier.code}/")]
    send(dossier, citizen_of(dossier), token="0")
    before = [queries(*pair) for pair in addresses]
    for n in range(1, 6):
        send(dossier, citizen_of(dossier), token=str(n))
    assert [queries(*pair) for pair in addresses] == before


def test_what_came_while_the_official_wrote_stays_unread(office: Office) -> None:
    dossier = factories.file_dossier()
    first = send(dossier, citizen_of(dossier))
    desk = office.browser("desk")
    page = desk.get(f"/quan-tri/ho-so/{dossier.code}/").content.decode()
    assert page.count(f'name="seen" value="{first.pk}"') == 2
    later = send(dossier, citizen_of(dossier), "Còn một câu nữa.", "t2")
    answer = {"text": "Trả lời câu đầu.", "token": "b", "seen": str(first.pk)}
    assert desk.post(f"/quan-tri/ho-so/{dossier.code}/tin-nhan/", answer).status_code == 302
    assert list(correspondence.unread(Side.AGENCY)) == [later]
    desk.post(f"/quan-tri/ho-so/{dossier.code}/tin-nhan/da-doc/", {"seen": str(first.pk)})
    assert list(correspondence.unread(Side.AGENCY)) == [later]
    desk.post(f"/quan-tri/ho-so/{dossier.code}/tin-nhan/da-doc/", {"seen": str(later.pk)})
    assert not correspondence.unread(Side.AGENCY).exists()
    for wrong in ("-1", "9" * 40, "x"):
        assert desk.post(f"/quan-tri/ho-so/{dossier.code}/tin-nhan/da-doc/", {"seen": wrong}).status_code == 302


def test_one_side_does_not_flood_the_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correspondence, "MOST_A_DAY", 2)
    dossier = factories.file_dossier()
    for token in ("1", "2"):
        send(dossier, citizen_of(dossier), token=token)
    page = signed_in(dossier.filer).post(f"/ho-so/{dossier.code}/trao-doi/", {"text": "Nữa.", "token": "3"})
    assert page.status_code == 422 and "ngày mai" in text(page)
    send(dossier, desk_of(office), token="4")
    assert DossierMessage.objects.count() == 3


def test_invalid_input_names_its_field() -> None:
    dossier = factories.file_dossier()
    with pytest.raises(InvalidInputError) as caught:
        send(dossier, citizen_of(dossier), "")
    assert list(caught.value.fields) == ["text"]
    assert access.get_dossier(dossier.code or "", actor=citizen_of(dossier)).last_sequence == dossier.last_sequence
