"""“Hồ sơ của tôi”: what waits for her first, page after page, and dossiers of one name told apart."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from datastore.models import Document, DocumentStatus
from dossiers import draft_checks, turns, views
from dossiers.models import Dossier
from portal.agencies.actors import ActorKind
from portal.notifications.models import Message
from tests import factories
from tests.dossiers.dossier_pages import page_of
from tests.dossiers.filing_pages import Filing, births, signed_in, text

pytestmark = pytest.mark.django_db


def test_list_shows_drafts_then_dossiers_with_whose_turn() -> None:
    dossier = factories.file_dossier()
    client = signed_in(dossier.filer)
    client.post("/nop-ho-so/1.000001/")
    page = text(client.get("/ho-so/"))
    assert page.index("Bản nháp chưa nộp") < page.index("Hồ sơ đã nộp")
    assert "Đang chờ UBND phường Cửa Nam" in page and dossier.code and dossier.code in page


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
