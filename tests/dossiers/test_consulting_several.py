"""Several agencies asked at once: each once, the dossier goes on with the last one, the clock counts the union."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from dossiers import access, clock_reading, consultation, control_slip, due_explanation, services, watch
from dossiers.clocks import Clock
from dossiers.lifecycle import DossierState as S
from dossiers.models import Consultation, Dossier
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.calendars import work_calendar
from portal.agencies.models import Agency, MembershipRole
from portal.core.calendar import WorkCalendar
from portal.core.errors import InvalidInputError, NotFoundError
from portal.notifications.models import Channel, Message
from tests import factories
from tests.backoffice.conftest import signed_in, with_second_factor

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)  # 9:00 in Việt Nam
LAW = "Luật Đất đai 2024 điều 1"


@pytest.fixture
def asked_ones() -> list[Agency]:
    """Three other agencies, beside the one that filings go to; the last two have one above them."""
    factories.make_agency()
    return [factories.make_other_agency(), elsewhere("H29.10001"), elsewhere("H29.10002")]


def elsewhere(code: str) -> Agency:
    """An agency that no filing is routed to."""
    agency = factories.make_agency(code)
    Agency.objects.filter(pk__in=[agency.pk, agency.parent_id]).update(unit=None)
    return agency


def some_day() -> date:
    """A working day that is still to come."""
    return WorkCalendar.national().this_or_next_working_day(timezone.localdate() + timedelta(days=10))


def ask(dossier: Dossier, agency: Agency, *, law: str = "", on: date | None = None) -> Dossier:
    actor = factories.official_actor(dossier.agency, ActorKind.AGENCY)  # type: ignore[arg-type] # it has one
    code = dossier.code or ""
    return consultation.request_consultation(
        code, actor=actor, agency=agency, question="Đúng không?", answer_due_on=on or some_day(), legal_basis=law
    )


def answer(dossier: Dossier, agency: Agency, **named: Any) -> Dossier:
    there = Actor(kind=ActorKind.CONSULTED, agency=agency, name="Trần Trả Lời")
    consultation.answer_consultation(dossier.code or "", actor=there, answer="Đúng.", **named)
    dossier.refresh_from_db()
    return dossier


def test_the_dossier_goes_on_with_the_last_answer(asked_ones: list[Agency]) -> None:
    first, second, third = asked_ones
    dossier = factories.processing_dossier()
    for agency in asked_ones:
        ask(dossier, agency)
    dossier.refresh_from_db()
    since = dossier.state_occurred_at
    assert answer(dossier, second).state == S.CONSULTING
    with pytest.raises(NotFoundError):
        access.get_dossier(dossier.code or "", actor=Actor(kind=ActorKind.CONSULTED, agency=second, name="x"))
    leader = factories.official_actor(dossier.agency, ActorKind.LEADER)  # type: ignore[arg-type] # it has one
    with pytest.raises(InvalidInputError) as caught:
        consultation.cancel_consultation(dossier.code or "", actor=leader, reason="Đã rõ.")
    assert list(caught.value.fields) == ["asked"]
    consultation.cancel_consultation(dossier.code or "", actor=leader, reason="Đã rõ.", agency=first)
    dossier.refresh_from_db()
    assert (dossier.state, dossier.state_occurred_at) == (S.CONSULTING, since)
    assert answer(dossier, third).state == S.PROCESSING
    assert [row.answer for row in dossier.consultations.order_by("pk")] == ["", "Đúng.", "Đúng."]


def test_one_agency_is_asked_once_at_a_time(asked_ones: list[Agency]) -> None:
    dossier = factories.processing_dossier()
    ask(dossier, asked_ones[0])
    with pytest.raises(InvalidInputError) as caught:
        ask(dossier, asked_ones[0])
    assert list(caught.value.fields) == ["agency"]
    row = {"dossier": dossier, "question": "x", "asked_at": MONDAY, "answer_due_at": MONDAY}
    with pytest.raises(IntegrityError), transaction.atomic():
        Consultation.objects.create(**row, agency=asked_ones[0])
    Consultation.objects.create(**row, agency=asked_ones[1])


def test_the_clock_stands_as_long_as_one_law_lets_it(asked_ones: list[Agency]) -> None:
    """Asked at 9:00, 10:00 (by law), 11:00 (by law); answered at 13:00 by the second, at 15:00 by the third."""
    first, second, third = asked_ones
    with time_machine.travel(MONDAY, tick=False) as clock:
        dossier = factories.processing_dossier()
        due = dossier.due_at
        assert due is not None
        ask(dossier, first)
        clock.shift(timedelta(hours=1))
        assert ask(dossier, second, law=LAW).clock_stopped_at == MONDAY + timedelta(hours=1)
        clock.shift(timedelta(hours=1))
        ask(dossier, third, law=LAW)
        clock.shift(timedelta(hours=2))
        assert answer(dossier, second).clock_stopped_at == MONDAY + timedelta(hours=1)
        clock.shift(timedelta(hours=2))
        stood = answer(dossier, third)
        assert stood.clock_stopped_at is None and stood.state == S.CONSULTING
        clock.shift(timedelta(days=1))
        answer(dossier, first)
        calendar = work_calendar(dossier.agency)  # type: ignore[arg-type] # it has one
        began, ended = MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=6)
        assert dossier.due_at is not None and dossier.due_at >= due
        assert any(second.title in line for line in due_explanation.lines(dossier)), "one pause, which began with her"
        split = clock_reading.of(dossier, MONDAY + timedelta(hours=30))
        assert split is not None
        assert split.seconds[Clock.OTHER_AGENCY] == calendar.working_seconds_between(
            MONDAY, MONDAY + timedelta(hours=30)
        )
        assert calendar.working_seconds_between(began, ended) > 0


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_asked_and_answered_the_clock_is_the_union(asked_ones: list[Agency], seed: int) -> None:
    """Random questions, answers and questions taken back: the state, the stop and the clocks are what the rows tell."""
    chance = random.Random(seed)
    with time_machine.travel(MONDAY, tick=False) as clock:
        dossier = factories.processing_dossier()
        leader = factories.official_actor(dossier.agency, ActorKind.LEADER)  # type: ignore[arg-type] # it has one
        for _turn in range(14):
            clock.shift(timedelta(minutes=chance.randint(5, 300)))
            agency, deed = chance.choice(asked_ones), chance.random()
            is_open = dossier.consultations.filter(agency=agency, ended_at__isnull=True).exists()
            if not is_open:
                ask(dossier, agency, law=chance.choice(["", LAW]), on=date(2026, 12, 30))
            elif deed < 0.7:
                answer(dossier, agency)
            else:
                consultation.cancel_consultation(dossier.code or "", actor=leader, reason="Đã rõ.", agency=agency)
            dossier.refresh_from_db()
            rows = [row for row in dossier.consultations.all() if row.ended_at is None]
            assert dossier.state == (S.CONSULTING if rows else S.PROCESSING)
            assert (dossier.clock_stopped_at is not None) == any(row.stops_clock for row in rows)
        now = MONDAY + timedelta(days=60)
        split, calendar = clock_reading.of(dossier, now), work_calendar(dossier.agency)  # type: ignore[arg-type] # it has
        assert split is not None and dossier.submitted_at is not None
        assert split.whole == calendar.working_seconds_between(dossier.submitted_at, now)
        moments = sorted(
            {moment for row in dossier.consultations.all() for moment in (row.asked_at, row.ended_at or now)}
        )
        union = sum(
            calendar.working_seconds_between(start, end)
            for start, end in zip(moments, moments[1:], strict=False)
            if any(row.asked_at <= start and (row.ended_at or now) >= end for row in dossier.consultations.all())
        )
        assert abs(split.seconds[Clock.OTHER_AGENCY] - union) <= len(moments)


def test_each_asked_agency_is_warned_of_its_own_day(asked_ones: list[Agency]) -> None:
    first, second, _third = asked_ones
    factories.make_official(first, MembershipRole.SPECIALIST, "Người Thứ Nhất")
    factories.make_official(second, MembershipRole.SPECIALIST, "Người Thứ Hai")
    with time_machine.travel(MONDAY):
        dossier = factories.processing_dossier()
        Dossier.objects.filter(pk=dossier.pk).update(due_at=None, is_without_time_limit=True)
        ask(dossier, first, on=date(2026, 11, 20))
        ask(dossier, second, on=date(2026, 11, 13))
    early, late = sorted(dossier.consultations.values_list("answer_due_at", flat=True))

    def heard() -> set[str]:
        told = Message.objects.filter(kind="dossier.answer_late", reference=dossier.code)
        return {message.recipient.display_name for message in told.select_related("recipient")}

    watch.sweep(early + timedelta(minutes=1))
    assert heard() == {"Người Thứ Hai"}
    watch.sweep(late + timedelta(minutes=1))
    assert heard() == {"Người Thứ Nhất", "Người Thứ Hai"}


def test_who_is_asked_later_for_the_same_day_is_warned_too(asked_ones: list[Agency]) -> None:
    first, second, _third = asked_ones
    factories.make_official(first, MembershipRole.SPECIALIST, "Người Thứ Nhất")
    factories.make_official(second, MembershipRole.SPECIALIST, "Người Thứ Hai")
    with time_machine.travel(MONDAY) as clock:
        dossier = factories.processing_dossier()
        Dossier.objects.filter(pk=dossier.pk).update(due_at=None, is_without_time_limit=True)
        ask(dossier, first, on=date(2026, 11, 13))
        (limit,) = dossier.consultations.values_list("answer_due_at", flat=True)

        def heard(rule: str) -> list[str]:
            told = Message.objects.filter(kind=f"dossier.{rule}", reference=dossier.code, channel=Channel.INBOX)
            return sorted(message.recipient.display_name for message in told.select_related("recipient"))

        clock.move_to(limit - timedelta(hours=7))
        watch.sweep(limit - timedelta(hours=7))
        assert heard("answer_soon") == ["Người Thứ Nhất"]
        ask(dossier, second, on=date(2026, 11, 13))
        for _again in range(3):
            watch.sweep(limit - timedelta(hours=2))
        assert heard("answer_soon") == ["Người Thứ Hai", "Người Thứ Nhất"]
        for _again in range(3):
            watch.sweep(limit + timedelta(minutes=1))
        assert heard("answer_late") == ["Người Thứ Hai", "Người Thứ Nhất"]
        assert len(heard("answer_missing")) == len(set(heard("answer_missing"))) > 0, "who asked hears once of the day"


def test_a_question_that_the_release_before_left_open_ends_with_the_decision(asked_ones: list[Agency]) -> None:
    first, second, _third = asked_ones
    dossier = factories.processing_dossier()
    ask(dossier, first)
    ask(dossier, second)
    Dossier.objects.filter(pk=dossier.pk).update(state=S.PROCESSING)  # it took one answer and went on
    there = Actor(kind=ActorKind.CONSULTED, agency=second, name="x")
    assert access.get_dossier(dossier.code or "", actor=there)
    leader = factories.official_actor(dossier.agency, ActorKind.LEADER)  # type: ignore[arg-type] # it has one
    services.approve(dossier.code or "", actor=leader)
    assert not consultation.open_ones(dossier)
    with pytest.raises(NotFoundError):
        access.get_dossier(dossier.code or "", actor=there)


def test_the_control_slip_compares_each_answer_with_its_own_day(asked_ones: list[Agency]) -> None:
    first, second, _third = asked_ones
    with time_machine.travel(MONDAY) as clock:
        dossier = factories.processing_dossier()
        ask(dossier, first, on=date(2026, 11, 10))
        ask(dossier, second, on=date(2026, 11, 20))
        clock.shift(timedelta(days=3))
        answer(dossier, first)
        answer(dossier, second)
    lines = list(control_slip.hand_overs(dossier, dossier.events.order_by("sequence")))
    assert [one.result for one in lines if one.what == "Trả lời ý kiến"] == ["Quá hạn", "Trước hạn"]


def test_who_is_above_two_of_them_says_for_which_she_answers(asked_ones: list[Agency]) -> None:
    _first, second, third = asked_ones
    above = second.parent
    assert above is not None and third.parent == above
    dossier = factories.processing_dossier()
    ask(dossier, second)
    ask(dossier, third)
    person = with_second_factor(factories.make_official(above, MembershipRole.LEADER, "Lê Ở Trên"))
    client, address = signed_in(person), f"/quan-tri/ho-so/{dossier.code}/buoc/answer-consultation/"
    page = client.get(address).content.decode()
    assert second.name in page and third.name in page
    dossier.refresh_from_db()
    typed = {"sequence": str(dossier.last_sequence), "answer": "Không vướng."}
    assert client.post(address, typed).status_code == 422, "which one?"
    assert client.post(address, {**typed, "asked": str(third.pk)}).status_code == 302
    answered = dossier.consultations.exclude(answered_at=None).get()
    assert answered.agency == third
    dossier.refresh_from_db()
    assert dossier.state == S.CONSULTING


def test_the_desk_asks_a_second_one_and_ends_one_question(asked_ones: list[Agency]) -> None:
    first, second, _third = asked_ones
    dossier = ask(factories.processing_dossier(), first)
    assert dossier.agency is not None
    leader = signed_in(with_second_factor(factories.make_official(dossier.agency, MembershipRole.LEADER)))
    base = f"/quan-tri/ho-so/{dossier.code}/"
    bench = leader.get(base).content.decode()
    assert "/buoc/request-consultation/" in bench and "/buoc/cancel-consultation/" in bench
    asked = {
        "agency": second.code,
        "question": "Có vướng không?",
        "answer_due_on": f"{some_day():%d/%m/%Y}",
        "legal_basis": "",
    }
    sent = leader.post(f"{base}buoc/request-consultation/", {"sequence": str(dossier.last_sequence), **asked})
    assert sent.status_code == 302, sent.content.decode()[-3000:]
    dossier.refresh_from_db()
    form = leader.get(f"{base}buoc/cancel-consultation/").content.decode()
    assert first.name in form and second.name in form
    typed = {"sequence": str(dossier.last_sequence), "reason": "Đã rõ.", "asked": str(first.pk)}
    assert leader.post(f"{base}buoc/cancel-consultation/", typed).status_code == 302
    dossier.refresh_from_db()
    assert dossier.state == S.CONSULTING
    assert [row.agency for row in consultation.open_ones(dossier)] == [second]
    stopped = services.stop(
        dossier.code or "", actor=factories.official_actor(dossier.agency, ActorKind.LEADER), reason="Hết hạn."
    )
    assert not consultation.open_ones(stopped)
