"""One row that cannot be done stops no other, and the log says which, without what stands in it."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from structlog.testing import capture_logs

from dossiers import closing, draft_checks, services, watch
from dossiers.models import Alert, Dossier, DraftCheck, DraftState, PersonNumber
from payments import reconciliation
from payments.models import PaymentOrder
from portal.agencies.actors import ActorKind
from portal.core import sweeping
from portal.core.work import drain
from tests import factories
from tests.payments import situations

pytestmark = pytest.mark.django_db
SECRET = "001326000123"


def failing(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, *, at: object) -> None:
    """Let a function fail for one row, as for a letter that breaks a constraint."""
    whole = getattr(module, name)

    def some(*args: Any, **kwargs: Any) -> Any:
        if at in args or any(getattr(each, "code", None) == at for each in args):
            raise ValueError(f"Key (number)=({SECRET}) already exists")
        return whole(*args, **kwargs)

    monkeypatch.setattr(module, name, some)


def three() -> list[Dossier]:
    """Three dossiers in a specialist's hands."""
    version = factories.make_version(draft_days=1)
    people = [factories.make_citizen(f"Người {at}", phone=f"090000011{at}") for at in range(3)]
    return [factories.processing_dossier(version=version, citizen=person) for person in people]


def test_the_others_are_closed_and_the_log_is_without_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    dossiers = three()
    for dossier in dossiers:
        assert dossier.agency is not None
        services.request_supplement(
            dossier.code or "", actor=factories.official_actor(dossier.agency), reason="Ảnh mờ."
        )
        dossier.supplement_requests.update(answer_due_at=timezone.now() - timedelta(days=1))
    failing(monkeypatch, services, "stop", at=dossiers[0].code)
    with capture_logs() as lines:
        assert closing.close_silent() == 2
    assert Dossier.objects.filter(state="stopped").count() == 2
    (told,) = [line for line in lines if line["event"] == "sweep.one_failed"]
    assert (told["of"], told["error"]) == (dossiers[0].code, "ValueError") and "some" in told["at"]
    assert SECRET not in str(lines)
    (whole,) = [line for line in lines if line["event"] == "sweep.incomplete"]
    assert (whole["failed"], whole["done"]) == (1, 2)


def test_the_other_drafts_run_out_and_the_other_deadlines_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    dossiers, now = three(), timezone.now()
    for dossier in dossiers:
        assert dossier.agency is not None
        specialist = factories.official_actor(dossier.agency, ActorKind.AGENCY)
        draft_checks.send_draft(dossier.code or "", actor=specialist)
    DraftCheck.objects.update(sent_at=now - timedelta(days=6), answer_due_at=now - timedelta(days=1))
    failing(monkeypatch, draft_checks, "_lapse", at=dossiers[0].code)
    assert draft_checks.lapse_due(now) == 2
    assert DraftCheck.objects.filter(state=DraftState.LAPSED).count() == 2
    Dossier.objects.update(due_at=now - timedelta(minutes=1), clock_stopped_at=None)
    failing(monkeypatch, watch, "_people", at=dossiers[1].code)
    watch.sweep(now)
    assert set(Alert.objects.values_list("dossier", flat=True)) == {dossiers[0].pk, dossiers[2].pk}


def test_failures_at_the_head_are_not_all_that_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many fail at every sweep, it goes on behind them."""
    dossiers, now = three(), timezone.now()
    for module in (closing, draft_checks, watch):
        monkeypatch.setattr(module, "AT_ONCE", 1)
    for dossier in dossiers:
        assert dossier.agency is not None
        specialist = factories.official_actor(dossier.agency, ActorKind.AGENCY)
        draft_checks.send_draft(dossier.code or "", actor=specialist)
    DraftCheck.objects.update(sent_at=now - timedelta(days=6), answer_due_at=now - timedelta(days=1))
    failing(monkeypatch, draft_checks, "_lapse", at=dossiers[0].code)
    assert draft_checks.lapse_due(now) == 2
    Dossier.objects.update(due_at=now - timedelta(minutes=1), clock_stopped_at=None)
    failing(monkeypatch, watch, "_people", at=dossiers[0].code)
    watch.sweep(now)
    assert set(Alert.objects.values_list("dossier", flat=True)) == {dossiers[1].pk, dossiers[2].pk}
    for dossier in dossiers:
        assert dossier.agency is not None
        services.request_supplement(
            dossier.code or "", actor=factories.official_actor(dossier.agency), reason="Ảnh mờ."
        )
        dossier.supplement_requests.update(answer_due_at=timezone.now() - timedelta(days=1))
    failing(monkeypatch, services, "stop", at=dossiers[0].code)
    assert closing.close_silent() == 2


def test_a_number_that_was_called_off_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    for dossier in three():
        PersonNumber.objects.create(dossier=dossier)

    def called_off(work: PersonNumber) -> None:
        PersonNumber.objects.filter(pk=work.pk).delete()
        raise ValueError

    assert drain(PersonNumber, called_off) == 3


def test_an_order_whose_answer_cannot_be_read_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    situations.open_order(situations.owing_dossier())
    now = timezone.now()
    PaymentOrder.objects.update(next_query_at=now)

    def query(order: PaymentOrder) -> Any:
        raise KeyError("vnp_TransactionStatus")

    monkeypatch.setattr(reconciliation.registry, "get", lambda _name: SimpleNamespace(query=query))
    assert reconciliation.ask_gateways(now) == 1


def test_a_sweep_of_parts_does_them_all() -> None:
    done: list[str] = []

    def first() -> None:
        raise ValueError

    sweeping.in_turn("x", first, lambda: done.append("second"))
    assert done == ["second"]
