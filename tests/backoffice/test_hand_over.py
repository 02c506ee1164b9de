"""The paper of a result waits at the desk until somebody collects it; the electronic one is there at once."""

from typing import Any
from urllib import parse

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from datastore.models import AccessLog, Document, DocumentStatus
from dossiers import handing_over, letters, notices, paper_results, register, replacing, results, revocation
from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier, Letter, ResultIssue
from dossiers.services import Decision
from portal.agencies.actors import ActorKind
from portal.agencies.models import Agency, OneStopDesk
from portal.core.errors import TransitionError
from portal.core.work import WorkState
from portal.notifications.models import Message
from procedures import publication
from procedures.models import ProcedureVersion, ResultType
from tests import factories
from tests.backoffice.conftest import Office, signed_in
from tests.backoffice.situations import drawn, in_state, press, proven, text, with_paper
from tests.dossiers.form_fields import field, form, page
from tests.factories import make_client

pytestmark = pytest.mark.django_db
QUEUE = "/quan-tri/hang-doi/cho-tra/"


@pytest.fixture
def waiting(office: Office) -> Dossier:
    """A decided dossier whose result lies in the store, and whose paper and two copies were ordered at the desk."""
    office.agency.office_hours = [["07:30", "11:30"], ["13:00", "17:00"]]
    office.agency.save()
    OneStopDesk.objects.create(agency=office.agency, name="Bộ phận Một cửa Cửa Nam", address="Số 1 phố Thử")
    return with_paper(in_state(S.DECIDED), want_extra_copies=True, extra_copies=2)


def status_of(client: Client, file_id: int) -> int:
    """Whether this browser may open a file."""
    response = client.get(f"/kho-du-lieu/tep/{file_id}/?xem=1")
    b"".join(getattr(response, "streaming_content", []))
    return response.status_code


def told(dossier: Dossier, kind: str) -> Message:
    return Message.objects.get(recipient=dossier.filer, kind=kind, channel="inbox")


def test_an_issued_result_waits_for_who_ordered_paper_and_for_nobody_else(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results.results, "issue", lambda *, owner, **_rest: drawn(owner))
    for ordered, state in (({"result_method": "store"}, S.RETURNED), ({"result_method": "desk"}, S.DECIDED)):
        dossier = in_state(S.DECIDED)
        Dossier.objects.filter(pk=dossier.pk).update(answers=ordered)
        for _again in range(2):
            results.issue(ResultIssue.objects.get(dossier=dossier))
        dossier.refresh_from_db()
        assert (dossier.state, dossier.result_document is not None) == (state, True)
        assert dossier.events.filter(name=paper_results.READY).count() == (state == S.DECIDED)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"result_method": "store"}, None),
        ({"result_method": "desk"}, ("desk", 1, 0)),
        ({"result_method": "post", "want_extra_copies": True, "extra_copies": 3}, ("post", 1, 3)),
        ({"result_method": "store", "want_extra_copies": True, "extra_copies": 2}, ("desk", 0, 2)),
        (
            {"result_method": "store", "want_extra_copies": True, "extra_copies": 2, "copies_method": "post"},
            ("post", 0, 2),
        ),
        ({"result_method": "desk", "want_extra_copies": False, "extra_copies": 2}, ("desk", 1, 0)),
        ({"result_method": "desk", "extract_copies": 4}, ("desk", 0, 4)),
        ({"result_method": "desk", "number_of_certificates": 3}, ("desk", 3, 0)),
        ({"result_method": ["desk"], "want_extra_copies": True, "extra_copies": "2"}, None),
        ({}, None),
    ],
)
def test_what_was_ordered_follows_from_the_answers(answers: dict[str, Any], expected: Any) -> None:
    paper = paper_results.ordered(Dossier(answers=answers))
    assert (paper and (paper.way.value, paper.prints, paper.copies)) == expected
    assert paper_results.ordered(Dossier(answers=answers, handled_by_id=1)) is None, "its own system hands over"


def test_the_citizen_reads_where_it_waits_and_what_to_bring(office: Office, waiting: Dossier) -> None:
    notice = told(waiting, paper_results.READY)
    assert "Bộ phận Một cửa Cửa Nam" in notice.body and "Số 1 phố Thử" in notice.body
    assert "Mang theo thẻ căn cước" in notice.body and "07:30–11:30, 13:00–17:00" in notice.body
    assert waiting.filer is not None
    page = text(signed_in(waiting.filer).get(f"/ho-so/{waiting.code}/"))
    assert "Bản giấy chờ bạn tại Bộ phận Một cửa Cửa Nam" in page and "07:30–11:30" in page
    assert f"/kho-du-lieu/{waiting.result_document_id}/" in page, "the electronic one is there at once"
    assert "Bản giấy chờ bạn" in text(signed_in(waiting.filer).get("/ho-so/"))


def test_the_receipt_names_the_papers_and_where_they_are_to_be_had(office: Office, waiting: Dossier) -> None:
    said = paper_results.where_to_have_it(waiting)
    assert said.startswith("1 bản giấy kết quả, 2 bản sao, nhận tại Bộ phận Một cửa Cửa Nam") and "Số 1 phố Thử" in said
    letter = Letter.objects.select_related("event").get(dossier=waiting, kind="01")
    row = render_to_string("dossiers/letters/01.html", letters.context(letter, waiting))
    assert f"{said}; bản điện tử ở kho dữ liệu điện tử" in row
    ProcedureVersion.objects.update(draft_days=1)
    assert waiting.filer is not None
    filed = text(signed_in(waiting.filer).get(f"/ho-so/{waiting.code}/da-nop/"))
    assert f"Bản giấy: {said}." in filed and "gửi bạn bản dự thảo kết quả" in filed and "4 số cuối điện thoại" in filed
    waiting.answers["result_method"] = "post"
    assert paper_results.where_to_have_it(waiting) == "1 bản giấy kết quả, 2 bản sao, gửi qua bưu chính công ích"
    waiting.answers = {}
    assert "<td>Kho dữ liệu điện tử" in render_to_string("dossiers/letters/01.html", letters.context(letter, waiting))


def test_a_result_that_is_a_thing_is_named_and_not_called_paper(
    office: Office, waiting: Dossier, django_capture_on_commit_callbacks: Any
) -> None:
    version = waiting.procedure_version
    assert version is not None and waiting.filer is not None
    result = version.results.get(is_default=True)
    ways = [{"value": "desk", "vi": "Tại quầy", "en": "At the desk"}]
    held = field("result_method", "choice", choices="ways")
    ProcedureVersion.objects.filter(pk=version.pk).update(form=form(page("nhan", held), ways=ways))
    ResultType.objects.filter(pk=result.pk).update(name="Thẻ căn cước")
    with django_capture_on_commit_callbacks(execute=True):
        publication.announce()  # published versions are kept: nobody writes them again
    client = signed_in(waiting.filer)
    filed = text(client.get(f"/ho-so/{waiting.code}/da-nop/"))
    assert "Kết quả là bản cứng: Thẻ căn cước, nhận tại Bộ phận Một cửa Cửa Nam" in filed
    assert "Bản giấy" not in filed and "Kết quả có chữ ký số được đưa vào" not in filed
    assert "Thẻ căn cước chờ bạn tại Bộ phận Một cửa Cửa Nam" in text(client.get(f"/ho-so/{waiting.code}/"))


def test_paper_that_the_agencys_own_system_hands_over_is_told_of_as_that(office: Office) -> None:
    dossier = in_state(S.RETURNED)
    assert dossier.owner is not None and dossier.filer is not None
    OneStopDesk.objects.create(agency=office.agency, name="Bộ phận Một cửa Cửa Nam", address="Số 1 phố Thử")
    dossier.answers |= {"result_method": "desk", "want_extra_copies": True, "extra_copies": 1}
    dossier.handled_by, dossier.result_document = make_client(office.agency), drawn(dossier.owner)
    dossier.save()
    page = text(signed_in(dossier.filer).get(f"/ho-so/{dossier.code}/"))
    where = "trao 1 bản giấy kết quả, 1 bản sao tại bộ phận một cửa (Bộ phận Một cửa Cửa Nam"
    assert where in page and "Bản giấy do" not in page and "Xong. Kết quả" not in page, "who hands it out is said once"
    assert "Bản giấy do" in text(signed_in(dossier.filer).get("/ho-so/"))
    Message.objects.all().delete()
    notices.tell(dossier, dossier.events.get(name="dossier.returned"))
    assert where in told(dossier, "dossier.returned").body
    dossier.answers |= {"result_method": "post"}
    assert "qua bưu chính công ích" in paper_results.by_the_agency(dossier)


@pytest.mark.parametrize(
    ("desk", "place"),
    [
        ("Trung tâm Phục vụ hành chính công phường Cửa Nam", "Trung tâm Phục vụ hành chính công phường Cửa Nam, Số 1"),
        ("Bộ phận Một cửa số 2", "Bộ phận Một cửa số 2 – Ủy ban nhân dân phường Cửa Nam, thành phố Hà Nội, Số 1"),
    ],
)
def test_a_desk_whose_name_says_its_commune_needs_no_agency_beside_it(office: Office, desk: str, place: str) -> None:
    OneStopDesk.objects.create(agency=office.agency, name=desk, address="Số 1 phố Thử")
    Agency.objects.filter(pk=office.agency.pk).update(name="Ủy ban nhân dân phường Cửa Nam, thành phố Hà Nội")
    assert paper_results.place_of(in_state(S.RETURNED)).words.startswith(place)


@pytest.mark.parametrize("is_open", [True, False])
def test_nobody_is_sent_to_a_desk_that_closed(office: Office, is_open: bool) -> None:
    """Neither by the page nor by what a partner's report tells, which reads the desk with the answers."""
    other = OneStopDesk.objects.create(agency=office.agency, name="Điểm tiếp nhận khác")
    routed = OneStopDesk.objects.create(agency=office.agency, name="Điểm tiếp nhận Chợ", is_active=is_open)
    dossier = in_state(S.RETURNED)
    dossier.desk, dossier.answers = routed, dossier.answers | {"result_method": "desk"}
    dossier.handled_by = make_client(office.agency)
    dossier.save()
    expected = routed if is_open else other
    assert paper_results.place_of(dossier).name.startswith(expected.name)
    assert expected.name in paper_results.by_the_agency(Dossier.objects.defer("answers").get(pk=dossier.pk))


def test_the_desk_prints_hands_over_and_writes_down_to_whom(office: Office, waiting: Dossier) -> None:
    desk = office.browser("desk")
    rows = text(desk.get(QUEUE))
    assert waiting.code in rows and "1 bản giấy kết quả, 2 bản sao. Tại bộ phận một cửa" in rows
    assert waiting.code not in text(office.browser("foreign_desk").get(QUEUE))
    assert 'href="/quan-tri/hang-doi/cho-tra/"' in text(desk.get("/quan-tri/"))
    form = text(desk.get(f"/quan-tri/ho-so/{waiting.code}/buoc/return-result/"))
    assert waiting.result_document is not None
    file = waiting.result_document.files.get()
    assert f"/kho-du-lieu/tep/{file.pk}/" in form and "Tôi đã in đủ: 1 bản giấy kết quả, 2 bản sao" in form
    assert status_of(desk, file.pk) == 200
    seen = AccessLog.objects.filter(owner=waiting.filer, reader=office.desk, document=waiting.result_document)
    assert seen.filter(purpose=f"In bản giấy kết quả hồ sơ {waiting.code}").exists()
    component = waiting.components.first()
    assert component is not None
    theirs = component.document.files.get()
    assert status_of(desk, theirs.pk) == 404, "what she filed is closed with the decision"
    typed = {"receiver": "authorised", "name": "Lê Thị Nhận Thay", "checked": "electronic", "proof": "UQ ngày 02/11"}
    for missing in ("is_printed", "receiver", "name", "checked", "proof"):
        refused = press(desk, waiting, "return_result", **{**typed, missing: ""})
        assert refused.status_code == 422 and f'href="#id_{missing}' in text(refused), missing
    assert press(desk, waiting, "return_result", receiver="post", proof="EB1").status_code == 422, "she comes herself"
    for _press in range(2):
        assert press(desk, waiting, "return_result", **typed).status_code == 302
    waiting.refresh_from_db()
    assert (waiting.state, waiting.events.filter(name="dossier.returned").count()) == (S.RETURNED, 1)
    event = waiting.events.get(name="dossier.returned")
    assert event.actor_user == office.desk and event.data["hand_over"]["copies"] == 2
    words = "Trao 1 bản giấy kết quả, 2 bản sao cho Lê Thị Nhận Thay, người được ủy quyền"
    assert waiting.filer is not None
    assert words in text(signed_in(waiting.filer).get(f"/ho-so/{waiting.code}/"))
    assert words in text(desk.get(f"/quan-tri/ho-so/{waiting.code}/"))
    notice = told(waiting, "dossier.returned")
    assert "Đã trao bản giấy" in notice.subject and "Nhận Thay" not in notice.body
    assert status_of(desk, file.pk) == 404, "the right to print ended"
    assert waiting.code not in text(desk.get(QUEUE))


def test_it_is_on_time_by_the_day_of_the_result_and_the_register_names_the_way(
    office: Office, waiting: Dossier
) -> None:
    decided_at = waiting.finished_at
    press(office.browser("desk"), waiting, "return_result")
    waiting.refresh_from_db()
    assert waiting.finished_at == decided_at and waiting.returned_at is not None and waiting.returned_at > decided_at
    today = timezone.localdate()
    (row,) = register.rows(office.agency, register.Period(today, today))
    assert register._way(row) == "Bản giấy tại một cửa"


def test_by_post_the_number_of_the_item_is_told(office: Office) -> None:
    dossier = with_paper(in_state(S.DECIDED), result_method="post")
    assert "bưu chính công ích" in told(dossier, paper_results.READY).body
    desk = office.browser("desk")
    assert press(desk, dossier, "return_result", receiver="post", checked="").status_code == 422
    assert press(desk, dossier, "return_result", receiver="post", checked="", proof="EB123VN").status_code == 302
    assert "EB123VN" in told(dossier, "dossier.returned").body


def test_a_revoked_result_is_not_handed_over(office: Office, waiting: Dossier) -> None:
    Document.objects.filter(pk=waiting.result_document_id).update(status=DocumentStatus.REVOKED)
    desk = office.browser("desk")
    assert waiting.code not in text(desk.get(QUEUE))
    assert press(desk, waiting, "return_result").status_code == 409
    waiting.refresh_from_db()
    assert waiting.state == S.DECIDED


def test_the_right_to_print_ends_with_the_result(office: Office, waiting: Dossier) -> None:
    """Revoked, being replaced, and replaced by one that is revoked before it is drawn: nobody opens it to print."""
    desk, document = office.browser("desk"), waiting.result_document
    assert document is not None and waiting.owner is not None
    file, code = document.files.get(), waiting.code or ""
    leader = factories.official_actor(office.agency, ActorKind.LEADER)
    issue = ResultIssue.objects.filter(dossier=waiting)
    issue.update(document=proven(document, code), work_state=WorkState.DONE)
    assert status_of(desk, file.pk) == 200
    replacing.replace_result(
        code, actor=leader, reason="Sai số.", legal_basis="x", corrections={}, decision=Decision("99/2026", "A")
    )
    assert status_of(desk, file.pk) == 404
    revocation.revoke_result(code, actor=leader, reason="Cấp sai.", legal_basis="y")
    newer = proven(drawn(waiting.owner), f"{code}#2")
    issue.update(document=newer)
    results.issue(issue.get())
    newer.refresh_from_db()
    assert newer.status == DocumentStatus.REVOKED and status_of(desk, newer.files.get().pk) == 404
    sent = signed_in(waiting.owner).get(f"/kho-du-lieu/tep/{newer.files.get().pk}/")
    b"".join(sent.streaming_content)
    assert parse.unquote(sent["Content-Disposition"]).count("Đã bị thu hồi - ket-qua.png")


def test_what_is_being_replaced_is_not_handed_over(office: Office, waiting: Dossier) -> None:
    work = ResultIssue.objects.filter(dossier=waiting)
    work.update(edition=2, work_state=WorkState.PENDING)
    desk = office.browser("desk")
    assert press(desk, waiting, "return_result").status_code == 409, (
        "the old paper would go out as the new one is signed"
    )
    with pytest.raises(TransitionError, match="Bản thay thế"):
        handing_over.hand_over(
            waiting.code or "", actor=factories.official_actor(office.agency), receiver="self", checked="card"
        )
    work.update(work_state=WorkState.DONE)
    assert press(desk, waiting, "return_result").status_code == 302
