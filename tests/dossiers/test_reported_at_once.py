"""One report that comes twice at the same moment, and two of them: who waits for the row sees what the other wrote."""

import threading
import time

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dossiers.models import Dossier
from dossiers.partners.status_events import Applied, apply_partner_event
from tests import factories
from tests.at_once import somebody_waits_for_us

pytestmark = pytest.mark.django_db(transaction=True)


def two_at_once(first: tuple[str, str], second: tuple[str, str]) -> tuple[Applied, Applied, Dossier]:
    """Report two (step, reference): the second one begins while the first holds the row, and ends after it."""
    factories.make_agency()
    dossier = factories.file_dossier()
    assert dossier.agency is not None
    client = factories.make_client(dossier.agency)
    Dossier.objects.filter(pk=dossier.pk).update(handled_by=client)
    told: list[Applied] = []

    def report(step: str, reference: str) -> Applied:
        now = timezone.now()
        return apply_partner_event(dossier.code or "", client=client, event=step, occurred_at=now, reference=reference)

    def other() -> None:
        try:
            told.append(report(*second))
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    with transaction.atomic():
        made = report(*first)
        thread.start()
        until = time.monotonic() + 20
        while not somebody_waits_for_us():
            assert time.monotonic() < until, "nobody waits for the row"
            time.sleep(0.02)
    thread.join(20)
    return made, told[0], dossier


def test_the_same_report_is_one_event() -> None:
    first, second, dossier = two_at_once(("accept", "E-1"), ("accept", "E-1"))
    assert (first[2], second[2], first[1].pk) == (True, False, second[1].pk)
    assert dossier.events.filter(source_reference="E-1").count() == 1


def test_another_report_is_another_event() -> None:
    first, second, dossier = two_at_once(("accept", "E-1"), ("start_processing", "E-2"))
    assert (first[2], second[2]) == (True, True)
    assert list(dossier.events.order_by("sequence").values_list("source_reference", flat=True)) == ["", "E-1", "E-2"]
