"""Reports of an agency's own system: replays and late ones move nothing, the state is a fold."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dossiers import obligations, passage, services, withdrawal
from dossiers.lifecycle import CLOCK_STOPPED, FINISHED_STATES
from dossiers.models import Dossier
from dossiers.partners.status_events import EVENTS, apply_partner_event
from dossiers.passage import Occasion
from portal.agencies.actors import Actor
from portal.agencies.models import ApiClient
from portal.core.errors import InvalidInputError, NotFoundError, TransitionError
from tests import factories

pytestmark = pytest.mark.django_db


def handled() -> tuple[Dossier, ApiClient]:
    factories.make_agency()
    dossier = factories.file_dossier()
    assert dossier.agency is not None
    client = factories.make_client(dossier.agency)
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=client)
    return Dossier.objects.get(pk=dossier.pk), client


def report(dossier: Dossier, client: ApiClient, event: str, reference: str, **more: Any) -> Any:
    more.setdefault("occurred_at", timezone.now())
    return apply_partner_event(dossier.code or "", client=client, event=event, reference=reference, **more)


def test_replay_returns_the_first_event() -> None:
    dossier, client = handled()
    first = report(dossier, client, "accept", "E-1")
    due = first[0].due_at
    again = report(dossier, client, "accept", "E-1", data={"due_at": timezone.now() + timedelta(days=99)})
    assert (first[2], again[2], first[1]) == (True, False, again[1])
    assert Dossier.objects.get(pk=dossier.pk).due_at == due
    assert dossier.letters.filter(kind="01").count() == 1


def test_late_report_is_kept_and_moves_nothing() -> None:
    dossier, client = handled()
    now = timezone.now()
    report(dossier, client, "accept", "E-1", occurred_at=now)
    report(dossier, client, "start_processing", "E-3", occurred_at=now + timedelta(seconds=1))
    _same, event, created = report(dossier, client, "accept", "E-2", occurred_at=now - timedelta(hours=1))
    assert created and event.to_state == "" and event.data["late"] is True
    standing = Dossier.objects.get(pk=dossier.pk)
    assert standing.state == "processing"
    with pytest.raises(TransitionError):  # of the same moment: not overtaken, but forbidden
        report(dossier, client, "accept", "E-4", occurred_at=standing.state_occurred_at)


def test_a_revocation_is_refused_rather_than_kept_as_late() -> None:
    dossier, client = handled()
    for step in ("accept", "start_processing", "approve"):
        report(dossier, client, step, f"E-{step}")
    earlier = timezone.now() - timedelta(hours=1)
    with pytest.raises(TransitionError):
        report(
            dossier,
            client,
            "revoke_result",
            "E-9",
            occurred_at=earlier,
            reason="Cấp sai.",
            data={"legal_basis": "Điều 69"},
        )
    assert not dossier.events.filter(name="dossier.result_revoked").exists(), "it would read as revoked, and is not"


def test_what_overtook_its_predecessors_under_a_slow_clock_has_to_come_again() -> None:
    dossier, client = handled()
    slow = timezone.now() - timedelta(hours=30)
    with pytest.raises(TransitionError), transaction.atomic():
        report(dossier, client, "approve", "E-3", occurred_at=slow + timedelta(seconds=2))
    assert dossier.events.count() == 1, "swallowed as late it would never count"
    for number, step in enumerate(("accept", "start_processing", "approve")):
        report(dossier, client, step, f"E-{number + 1}", occurred_at=slow + timedelta(seconds=number))
    assert Dossier.objects.get(pk=dossier.pk).state == "decided"


def test_impossible_report_is_refused_and_leaves_no_trace() -> None:
    dossier, client = handled()
    later = timezone.now() + timedelta(seconds=1)
    with pytest.raises(TransitionError), transaction.atomic():
        report(dossier, client, "return_result", "E-1", occurred_at=later)
    assert dossier.events.count() == 1


def test_unknown_event_lists_the_known_ones() -> None:
    dossier, client = handled()
    with pytest.raises(InvalidInputError) as caught:
        report(dossier, client, "submit", "E-1")
    assert "accept" in str(caught.value.fields["event"][0])


def test_foreign_system_sees_nothing() -> None:
    dossier, _client = handled()
    stranger = factories.make_client(factories.make_agency("H17.20194"))
    with pytest.raises(NotFoundError):
        report(dossier, stranger, "accept", "E-1")


def test_partners_due_date_is_kept_only_when_it_lies_ahead() -> None:
    dossier, client = handled()
    wanted = timezone.now() + timedelta(days=60)
    assert report(dossier, client, "accept", "E-1", data={"due_at": wanted})[0].due_at == wanted
    other, other_client = handled()
    past = timezone.now() - timedelta(days=1)
    assert report(other, other_client, "accept", "E-1", data={"due_at": past})[0].due_at > timezone.now()


def test_same_reference_of_two_sources_is_two_events() -> None:
    dossier, client = handled()
    actor = Actor.partner(client)
    with transaction.atomic():
        locked = Dossier.objects.select_for_update().get(pk=dossier.pk)
        for source in ("client:1", "wire:1"):
            passage.record(locked, "dossier.status_reported", actor=actor, occasion=Occasion(None, source, "E-1"))
        locked.save()
    assert dossier.events.filter(source_reference="E-1").count() == 2


STEPS = st.lists(
    st.tuples(st.sampled_from([*EVENTS, "citizen supplement", "citizen pays", "citizen withdraws"]), st.integers(0, 3)),
    min_size=1,
    max_size=14,
)


def play(dossier: Dossier, client: ApiClient, step: str, reference: str, at: Any) -> None:
    """One attempt; the table may refuse it."""
    code = dossier.code or ""
    try:
        with transaction.atomic():
            if step == "citizen supplement":
                services.supplement(code, actor=Actor.citizen(dossier.filer), answer="Đây ạ.")
            elif step == "citizen pays":
                owed = list(dossier.obligations.filter(state="due"))
                if owed:
                    gateway = Actor.payment("demo")
                    obligations.settle_payment(code, actor=gateway, obligations=owed, reference=reference)
            elif step == "citizen withdraws":
                withdrawal.request(code, actor=Actor.citizen(dossier.filer), reason="Đổi ý.")
            else:
                data = {"payments": [{"amount_vnd": 1000, "description": "Phí"}], "legal_basis": "Điều 18"}
                report(dossier, client, step, reference, occurred_at=at, reason="Lý do.", data=data)
    except TransitionError:
        pass


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_order_of_reports_keeps_state_the_fold_of_events(steps: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        dossier, client = handled()
        start = timezone.now()
        for number, (step, age) in enumerate(steps):
            at = start + timedelta(seconds=number) - timedelta(minutes=age)
            play(dossier, client, step, f"E-{number}", at)
            play(dossier, client, step, f"E-{number}", at)  # every message comes twice
        now = Dossier.objects.get(pk=dossier.pk)
        rows = list(now.events.order_by("sequence"))
        assert [row.sequence for row in rows] == list(range(1, now.last_sequence + 1))
        state = ""
        for row in rows:
            if row.to_state:
                assert row.from_state in {state, "draft"}, "every step starts where the one before ended"
                state = row.to_state
        assert now.state == state
        references = [row.source_reference for row in rows if row.source_reference]
        assert len(references) == len(set(references)), "a replay made a second event"
        assert (now.clock_stopped_at is not None) == (now.state in CLOCK_STOPPED)
        assert (now.finished_at is not None) == (now.state in FINISHED_STATES)
        assert now.supplement_requests.filter(answered_at__isnull=True).count() <= 1
        transaction.set_rollback(True)
