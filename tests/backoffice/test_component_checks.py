"""Marks on the papers of a dossier: kept for colleagues, overwritten by nobody unread, the ground of a request."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from dossiers import component_checks, services
from dossiers.models import ComponentCheck, Dossier, DossierComponent
from portal.agencies.actors import Actor, ActorKind
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, TransitionError
from tests import factories
from tests.backoffice.conftest import Office, signed_in
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
WORDS = "Bản chụp mờ, thiếu trang 2"


def _filed() -> tuple[Dossier, DossierComponent, str]:
    dossier = factories.file_dossier()
    component = dossier.components.get()
    return dossier, component, f"/quan-tri/ho-so/{dossier.code}/giay-to/{component.pk}/"


def test_a_paper_is_marked_shown_to_colleagues_and_taken_back(office: Office) -> None:
    dossier, component, address = _filed()
    desk, colleague = office.browser("desk"), office.browser("specialist")
    page = f"/quan-tri/ho-so/{dossier.code}/"
    assert "Chưa đạt…" in text(desk.get(page)) and "Đã xem" not in text(desk.get(page))
    marked = desk.post(address, {"verdict": "ok", "seen": ""})
    assert marked.status_code == 302 and marked["Location"].endswith(f"{page}#giay-{component.pk}")
    seen = text(colleague.get(page))
    assert "<b>Đạt</b>" in seen and "Đã xem 1 trên 1 giấy tờ." in seen
    mark = ComponentCheck.objects.get()
    assert colleague.post(address, {"verdict": "wrong", "words": WORDS, "seen": mark.seen}).status_code == 302
    again = text(desk.get(page))
    assert WORDS in again and "1 giấy chưa đạt, sẽ có sẵn trong yêu cầu bổ sung." in again
    mark.refresh_from_db()
    assert desk.post(address, {"verdict": "", "seen": mark.seen}).status_code == 302
    assert not ComponentCheck.objects.exists() and WORDS not in text(desk.get(page))


def test_what_is_wrong_stands_ready_in_the_request(office: Office) -> None:
    dossier, component, address = _filed()
    desk = office.browser("desk")
    desk.post(address, {"verdict": "wrong", "words": WORDS, "seen": ""})
    form = desk.get(f"/quan-tri/ho-so/{dossier.code}/buoc/request-supplement/").context["form"]
    (check, words, _boxes), *_rest = form.groups()
    assert check.value() is True and words.value() == WORDS
    services.request_supplement(
        dossier.code or "", actor=factories.official_actor(office.agency), reason="Thiếu.", legal_basis=""
    )
    page = text(desk.get(f"/quan-tri/ho-so/{dossier.code}/"))
    assert WORDS in page and "Chưa đạt…" not in page, "nothing is marked while the applicant has it"


def test_a_later_paper_of_the_same_kind_is_unmarked_and_speaks_for_it(office: Office) -> None:
    dossier, component, _address = _filed()
    actor = factories.official_actor(office.agency)
    component_checks.mark(dossier.code or "", component.pk, actor=actor, verdict="wrong", words=WORDS)
    later = DossierComponent.objects.create(
        dossier=dossier,
        component_code=component.component_code,
        name=component.name,
        document=factories.file_dossier().components.get().document,
        supplement_round=1,
    )
    assert component_checks.wrong_ones(dossier) == {}, "what she answered is not asked for again"
    papers = dossier.components.select_related("check_mark").order_by("supplement_round", "id")
    assert component_checks.summary(papers) == {"all": 1, "looked_at": 0, "wrong": 0}
    component_checks.mark(dossier.code or "", later.pk, actor=actor, verdict="wrong", words="Vẫn mờ")
    assert component_checks.wrong_ones(dossier) == {component.component_code: "Vẫn mờ"}


def test_a_mark_that_a_colleague_made_meanwhile_is_not_overwritten_unread(office: Office) -> None:
    dossier, _component, address = _filed()
    first, second = office.browser("desk"), office.browser("specialist")
    first.post(address, {"verdict": "ok", "seen": ""})
    late = second.post(address, {"verdict": "wrong", "words": WORDS, "seen": ""})
    assert late.status_code == 409 and "vừa đánh dấu giấy này" in text(late) and WORDS in text(late)
    mark = ComponentCheck.objects.get()
    assert (mark.verdict, mark.words) == ("ok", "")
    stale = mark.seen
    first.post(address, {"verdict": "", "seen": mark.seen})
    first.post(address, {"verdict": "ok", "seen": ""})
    assert second.post(address, {"verdict": "", "seen": stale}).status_code == 409, "taken away and made anew"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"verdict": "wrong", "words": "  "}, "Hãy viết giấy này sai hoặc thiếu gì."),
        ({"verdict": "có"}, "Hãy chọn Đạt hoặc Chưa đạt."),
        ({"verdict": "wrong", "words": "x" * 1001}, "Hãy viết ngắn hơn"),
        ({"verdict": "ok", "seen": "\x00'; --"}, "Đồng nghiệp vừa đánh dấu giấy này"),
    ],
)
def test_what_cannot_be_is_said_at_the_paper(office: Office, sent: dict[str, str], words: str) -> None:
    _dossier, _component, address = _filed()
    refused = office.browser("desk").post(address, {"seen": "", **sent})
    assert refused.status_code in {409, 422} and words in text(refused)
    assert not ComponentCheck.objects.exists()


def test_nobody_else_marks_or_reads_them(office: Office) -> None:
    dossier, component, address = _filed()
    actor = factories.official_actor(office.agency)
    component_checks.mark(dossier.code or "", component.pk, actor=actor, verdict="wrong", words=WORDS)
    other, _paper, _address = _filed()
    with pytest.raises(NotFoundError):
        component_checks.mark(other.code or "", component.pk, actor=actor, verdict="ok")
    stranger = factories.official_actor(factories.make_agency(code="H77.00001"))
    with pytest.raises(NotFoundError):
        component_checks.mark(dossier.code or "", component.pk, actor=stranger, verdict="ok")
    assert dossier.filer is not None
    citizen = signed_in(dossier.filer)
    assert WORDS not in citizen.get(f"/ho-so/{dossier.code}/").content.decode()
    with pytest.raises(NotAllowedError):
        component_checks.mark(dossier.code or "", component.pk, actor=Actor.citizen(dossier.filer), verdict="ok")
    assert ComponentCheck.objects.get().words == WORDS


def test_once_it_is_decided_or_waits_nothing_is_marked(office: Office) -> None:
    dossier, component, _address = _filed()
    actor = factories.official_actor(office.agency, ActorKind.AGENCY)
    for state in ("awaiting_payment", "decided", "stopped"):
        ended = None if state == "awaiting_payment" else timezone.now()
        Dossier.objects.filter(pk=dossier.pk).update(state=state, finished_at=ended)
        with pytest.raises(TransitionError):
            component_checks.mark(dossier.code or "", component.pk, actor=actor, verdict="ok")


def test_the_database_keeps_no_mark_that_says_wrong_without_a_word(office: Office) -> None:
    _dossier, component, _address = _filed()
    user = factories.make_official(office.agency)
    with pytest.raises(IntegrityError), transaction.atomic():
        ComponentCheck.objects.create(
            component=component, verdict="wrong", official=user, official_name="A", checked_at="2026-01-01T00:00Z"
        )


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_told(office: Office) -> None:
    dossier, component, _address = _filed()
    actors = [factories.official_actor(office.agency) for _each in range(2)]
    told: list[str] = []
    ready = threading.Barrier(2)

    def press(actor: Actor) -> None:
        ready.wait()
        try:
            component_checks.mark(dossier.code or "", component.pk, actor=actor, verdict="ok")
            told.append("kept")
        except (ConflictError, InvalidInputError):
            told.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["kept", "refused"] and ComponentCheck.objects.count() == 1
