"""Kept reports of many systems are applied by turns: nobody's flood keeps another's news waiting."""

import pytest
from django.utils import timezone

from dossiers.partners import inbox
from dossiers.partners.wire import PROGRESS
from dossiers.tasks import apply_received
from portal.core.work import WorkState
from portal.exchange.models import InboxMessage
from tests import factories

pytestmark = pytest.mark.django_db


def test_a_system_with_much_to_apply_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    agency = factories.make_agency()
    flooding, quiet = (factories.make_client(agency, receives=False) for _turn in range(2))
    owners = [flooding] * (2 * inbox.APPLIED_A_TURN + 5) + [quiet]
    InboxMessage.objects.bulk_create(
        InboxMessage(client=owner, service=PROGRESS, subject=f"H-{number}", dedupe_key=f"{number}", payload={})
        for number, owner in enumerate(owners)
    )
    order = []

    def applied(message: InboxMessage) -> None:
        order.append(message.client_id)
        message.mark_done(timezone.now())
        message.save()

    monkeypatch.setattr(inbox, "apply", applied)
    apply_received()
    assert order.index(quiet.pk) <= inbox.APPLIED_A_TURN
    assert len(order) == len(owners) and not InboxMessage.objects.exclude(work_state=WorkState.DONE).exists()


def test_when_the_time_is_over_the_next_sweep_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    client = factories.make_client(factories.make_agency(), receives=False)
    InboxMessage.objects.bulk_create(
        InboxMessage(client=client, service=PROGRESS, subject="H", dedupe_key=f"{number}", payload={"item": {}})
        for number in range(inbox.APPLIED_A_TURN + 1)
    )
    monkeypatch.setattr(inbox, "ROUNDS_SECONDS", -1)
    for left in (1, 0):
        apply_received()
        assert InboxMessage.objects.filter(work_state=WorkState.PENDING).count() == left
