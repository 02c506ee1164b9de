"""A mandate on paper ends at a desk: by who signed it, at any, or by the desk that noted it, for a reason in words."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from dossiers import ending_mandates
from dossiers.written_mandates import Attestation, Paper
from portal.accounts.models import EndReason, Representation, User
from portal.notifications.models import Message
from tests import factories
from tests.backoffice.conftest import Office, signed_in
from tests.backoffice.desks import Counter, ForAnother
from tests.backoffice.test_counter_mandate import send, shown
from tests.dossiers.filing_pages import text

pytestmark = pytest.mark.django_db
WHY = "Nơi chứng thực trả lời không có số 112"
BY_DESK = {"reason": WHY, "has_seen_proof": "on"}


@pytest.fixture
def principal() -> User:
    return factories.make_citizen("Lê Văn Chủ")


@pytest.fixture
def counter(office: Office) -> ForAnother:
    return ForAnother(office, factories.make_version(), person=factories.make_citizen("Trần Thị Khách"))


def end_url(visit_url: str, held: Representation) -> str:
    return f"{visit_url}giay-uy-quyen/{held.public_id}/cham-dut/"


def submitted(counter: ForAnother) -> Any:
    return counter.browser.post(f"{counter.base}kiem-tra/")


def test_who_signed_takes_it_back_at_any_desk_and_the_paper_is_not_believed_again(
    office: Office, counter: ForAnother, principal: User
) -> None:
    counter = shown(counter, principal).fill()
    held = Representation.objects.get()
    Representation.objects.update(confirming_agency="H17.20194")  # noted elsewhere
    hers = Counter(office, counter.version, person=principal)
    assert "Thu hồi giấy ủy quyền người này đã ký" in text(hers.browser.get(hers.visit_url))
    assert "Thu hồi giấy ủy quyền người này đã ký" not in text(counter.browser.get(counter.visit_url))
    listed = text(hers.browser.get(f"{hers.visit_url}giay-uy-quyen/"))
    assert "Giấy ủy quyền người này đã ký" in listed and end_url(hers.visit_url, held) in listed
    page = text(hers.browser.get(end_url(hers.visit_url, held)))
    assert "Thu hồi giấy ủy quyền" in page and 'name="reason"' not in page
    assert hers.browser.post(end_url(hers.visit_url, held), {}).status_code == 422
    Message.objects.all().delete()
    done = hers.browser.post(end_url(hers.visit_url, held), {"has_seen_proof": "on"})
    assert done["Location"] == hers.visit_url
    held.refresh_from_db()
    assert held.end_reason == EndReason.WITHDRAWN and held.ended_by_name.startswith("Phạm Thị Quầy")
    assert "thu hồi tại quầy" in held.end_words
    told = Message.objects.filter(kind="representation.ended", channel="inbox")
    assert {message.recipient_id for message in told} == {counter.person.pk, principal.pk}
    assert principal.accesses_to_mine.filter(purpose=ending_mandates.AT_COUNTER).exists()
    assert submitted(counter).status_code == 403, "what was begun by it is not filed"
    counter.draft.refresh_from_db()
    assert counter.draft.state == "draft"
    again = send(counter, principal)
    assert again.status_code == 422 and "Người ủy quyền đã thu hồi ủy quyền" in text(again)
    twice = hers.browser.post(end_url(hers.visit_url, held), {"has_seen_proof": "on"}, follow=True)
    assert "Giấy ủy quyền này đã hết dùng." in text(twice)


def test_the_desk_that_noted_it_ends_it_for_a_reason_both_read(counter: ForAnother, principal: User) -> None:
    counter = shown(counter, principal)
    held, url = Representation.objects.get(), end_url(counter.visit_url, Representation.objects.get())
    assert url in text(counter.browser.get(f"{counter.visit_url}giay-uy-quyen/"))
    for wrong in ({}, {"reason": " ", "has_seen_proof": "on"}, {"reason": WHY}, {**BY_DESK, "reason": "x" * 301}):
        assert counter.browser.post(url, wrong).status_code == 422, wrong
    held.refresh_from_db()
    assert held.ended_at is None
    assert counter.browser.post(url, BY_DESK)["Location"] == counter.visit_url
    held.refresh_from_db()
    assert (held.end_reason, held.end_words) == (EndReason.BY_DESK, WHY)
    assert WHY in text(signed_in(principal).get("/dai-dien/"))
    assert WHY in text(signed_in(User.objects.get(pk=counter.person.pk)).get("/dai-dien/"))
    warned = send(counter, principal, seen_warnings="")
    assert warned.status_code == 200 and WHY in text(warned), "who notes it anew reads why it ended"
    assert shown(counter, principal) and Representation.objects.filter(ended_at__isnull=True).count() == 1


def test_what_a_desk_ended_is_still_taken_back_by_who_signed_it(
    office: Office, counter: ForAnother, principal: User
) -> None:
    counter = shown(counter, principal)
    held = Representation.objects.get()
    assert counter.browser.post(end_url(counter.visit_url, held), BY_DESK)["Location"] == counter.visit_url
    hers = Counter(office, counter.version, person=principal)
    listed = text(hers.browser.get(f"{hers.visit_url}giay-uy-quyen/"))
    assert end_url(hers.visit_url, held) in listed and "Bộ phận một cửa đã chấm dứt" in listed
    done = hers.browser.post(end_url(hers.visit_url, held), {"has_seen_proof": "on"})
    assert done["Location"] == hers.visit_url
    held.refresh_from_db()
    assert held.end_reason == EndReason.WITHDRAWN
    again = send(counter, principal)
    assert again.status_code == 422 and "Người ủy quyền đã thu hồi ủy quyền" in text(again)


def test_another_desk_and_another_person_end_nothing(office: Office, counter: ForAnother, principal: User) -> None:
    counter = shown(counter, principal)
    held = Representation.objects.get()
    stranger = Counter(office, counter.version, person=factories.make_citizen("Người Lạ"))
    for method in ("get", "post"):
        assert getattr(stranger.browser, method)(end_url(stranger.visit_url, held), BY_DESK).status_code == 404
        assert getattr(office.browser("leader"), method)(end_url(counter.visit_url, held), BY_DESK).status_code == 404
        foreign = office.browser("foreign_desk")
        assert getattr(foreign, method)(end_url(counter.visit_url, held), BY_DESK).status_code == 404
    Representation.objects.update(confirming_agency="H17.20194")
    assert counter.browser.post(end_url(counter.visit_url, held), BY_DESK).status_code == 404
    assert end_url(counter.visit_url, held) not in text(counter.browser.get(f"{counter.visit_url}giay-uy-quyen/"))
    held.refresh_from_db()
    assert held.ended_at is None


@pytest.mark.parametrize(
    ("made", "furthest"), [(date(2026, 3, 1), date(2031, 2, 28)), (date(2024, 2, 29), date(2029, 2, 28))]
)
def test_a_last_day_further_than_five_years_is_asked_again(made: date, furthest: date) -> None:
    paper = Paper("Giấy", made, Attestation.CERTIFIED, "UBND", ["1.000001"])
    assert paper.furthest == furthest


def test_the_furthest_day_is_named_and_taken(counter: ForAnother, principal: User) -> None:
    made = timezone.localdate() - timedelta(days=10)
    paper = Paper("Giấy", made, Attestation.CERTIFIED, "UBND", [])
    beyond = paper.furthest + timedelta(days=1)
    refused = send(counter, principal, last=f"{beyond:%d/%m/%Y}")
    assert refused.status_code == 422 and f"{paper.furthest:%d/%m/%Y}" in text(refused)
    shown(counter, principal, last=f"{paper.furthest:%d/%m/%Y}")
    assert Representation.objects.get().valid_to == paper.furthest
