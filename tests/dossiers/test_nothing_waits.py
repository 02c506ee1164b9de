"""Nothing waits unheard: who does not pay is reminded, what nobody has in hand or what has no limit is told of."""

from datetime import date, timedelta

import pytest
import time_machine

from dossiers import charging, closing, consultation, obligations, services, watch, withdrawal
from dossiers.lifecycle import OPEN_STATES
from dossiers.models import Alert, Dossier
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency
from portal.notifications.models import Channel, Message
from tests import factories
from tests.dossiers.watched import CALENDAR, MONDAY, told, watched

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Agency:
    return watched()


def _unpaid(agency: Agency) -> Dossier:
    dossier = factories.processing_dossier()
    charges = [charging.Charge("le_phi", "Lệ phí", 8000)]
    asker = factories.official_actor(agency, ActorKind.AGENCY)
    obligations.require_payment(dossier.code or "", actor=asker, charges=charges)
    dossier.refresh_from_db()
    return dossier


def test_who_does_not_pay_is_reminded_once_then_the_desk_hears(agency: Agency) -> None:
    with time_machine.travel(MONDAY):
        dossier = _unpaid(agency)
    reminders = Message.objects.filter(kind="dossier.payment_reminder", channel=Channel.INBOX)
    watch.sweep(CALENDAR.add_working_hours(MONDAY, 15))
    assert not reminders.exists()
    for hours in (17, 30):
        watch.sweep(CALENDAR.add_working_hours(MONDAY, hours))
    message = reminders.get()
    assert message.recipient == dossier.filer and "8.000 đ" in message.subject
    assert message.link == f"/ho-so/{dossier.code}/" and told(dossier) == {}
    watch.sweep(CALENDAR.add_working_hours(MONDAY, 41))
    gathered = Message.objects.filter(kind="dossier.unpaid_waits", channel=Channel.INBOX)
    assert "Quầy" in {message.recipient.display_name for message in gathered} and reminders.count() == 1


def test_what_was_abandoned_long_ago_is_no_news_and_a_charge_that_comes_later_is(agency: Agency) -> None:
    with time_machine.travel(MONDAY):
        dossier = _unpaid(agency)
    watch.sweep(MONDAY + timedelta(weeks=6))
    assert not Message.objects.filter(kind__contains="pa").exclude(kind="dossier.payment_required").exists()
    owed = dossier.obligations.get()
    dossier.obligations.update(state="cancelled")
    watch.sweep(CALENDAR.add_working_hours(MONDAY, 20))
    assert not Alert.objects.filter(dossier=dossier, rule="unpaid_reminder").exists()
    dossier.obligations.filter(pk=owed.pk).update(state="due")
    watch.sweep(CALENDAR.add_working_hours(MONDAY, 21))
    assert Message.objects.filter(kind="dossier.payment_reminder", channel=Channel.INBOX).count() == 1


def test_who_paid_is_reminded_of_nothing(agency: Agency) -> None:
    with time_machine.travel(MONDAY):
        dossier = _unpaid(agency)
        owed = list(dossier.obligations.all())
        obligations.settle_payment(dossier.code or "", actor=Actor.payment("demo"), obligations=owed, reference="T-1")
    watch.sweep(CALENDAR.add_working_hours(MONDAY, 60))
    assert not Message.objects.filter(kind="dossier.payment_reminder").exists()


def test_a_payment_that_the_agencys_own_system_waits_for_is_reminded_of_too(agency: Agency) -> None:
    client = factories.make_client(agency)
    with time_machine.travel(MONDAY):
        dossier = _unpaid(agency)
        Dossier.objects.filter(pk=dossier.pk).update(handled_by=client)
    watch.sweep(CALENDAR.add_working_hours(MONDAY, 60))
    assert Message.objects.filter(kind="dossier.payment_reminder", channel=Channel.INBOX).count() == 1
    assert told(dossier) == {}, "its officials act there"


def test_what_nobody_took_in_hand_and_what_has_no_limit_is_told_of(agency: Agency) -> None:
    with time_machine.travel(MONDAY):
        dossier = factories.file_dossier()
        services.accept(dossier.code or "", actor=factories.official_actor(agency))
    Dossier.objects.filter(pk=dossier.pk).update(due_at=None, is_without_time_limit=True)
    watch.sweep(CALENDAR.add_working_hours(MONDAY, 9))
    unassigned = Message.objects.filter(kind="dossier.unassigned", channel=Channel.INBOX)
    assert unassigned.get().recipient.display_name == "Lãnh đạo phường"
    asker = factories.official_actor(agency, ActorKind.AGENCY)
    Dossier.objects.filter(pk=dossier.pk).update(assignee=asker.user)
    watch.sweep(CALENDAR.add_working_hours(MONDAY, 41))
    assert asker.user is not None
    assert told(dossier)["no_limit_waits"] == {asker.user.display_name, "Lãnh đạo phường"}


def _waiting_in(state: str, agency: Agency) -> Dossier:
    """A dossier of the back office that came into this state and that nobody touched since."""
    desk = factories.official_actor(agency)
    if state == "awaiting_payment":
        return _unpaid(agency)
    dossier = factories.file_dossier() if state != "consulting" else factories.processing_dossier()
    code = dossier.code or ""
    if state == "consulting":
        asker = factories.official_actor(agency, ActorKind.AGENCY)
        other = factories.make_other_agency()
        due = date(2026, 11, 16)
        consultation.request_consultation(code, actor=asker, agency=other, question="Đúng?", answer_due_on=due)
        return dossier
    if state == "withdrawal_requested":
        withdrawal.request(code, actor=Actor.citizen(dossier.filer), reason="Đổi ý.")
    if state in {"accepted", "processing", "awaiting_supplement"}:
        services.accept(code, actor=desk)
    if state == "processing":
        services.start_processing(code, actor=desk)
    if state == "awaiting_supplement":
        services.request_supplement(code, actor=desk, reason="Thiếu giấy.", legal_basis="Luật X")
    return dossier


@pytest.mark.parametrize("state", sorted(OPEN_STATES - {"draft"}))
@pytest.mark.parametrize("without_limit", [False, True])
def test_no_open_dossier_waits_for_a_month_without_a_word_to_anybody(
    state: str, without_limit: bool, agency: Agency
) -> None:
    with time_machine.travel(MONDAY):
        dossier = _waiting_in(state, agency)
        if without_limit:
            Dossier.objects.filter(pk=dossier.pk).update(due_at=None, is_without_time_limit=True)
        dossier.refresh_from_db()
        assert dossier.state == state
        Message.objects.all().delete()
    for day in range(1, 31):
        now = MONDAY + timedelta(days=day)
        watch.sweep(now)
        closing.remind(now)
    assert Message.objects.filter(channel=Channel.INBOX).exists()
