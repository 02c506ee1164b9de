"""A paper that is being scanned holds nobody up: the draft's row is taken for keeping and attaching alone."""

import threading
from collections.abc import Iterator
from typing import IO, Any

import pytest
from django.db import connection

from datastore import scanning
from datastore.models import Document, ScanState
from dossiers import attaching, drafts
from dossiers.models import Dossier, DossierComponent
from portal.agencies.actors import Actor
from portal.core import lock_waits
from portal.core.errors import NotFoundError
from procedures.models import Component
from tests import factories
from tests.dossiers.test_submit_race import draft

pytestmark = pytest.mark.django_db(transaction=True)


class Slow(scanning.NullScanner):
    """Scans until it is let go on, and says how many files it has in hand."""

    def __init__(self) -> None:
        self.has_begun, self.goes_on = threading.Semaphore(0), threading.Event()

    def scan(self, stream: IO[bytes]) -> scanning.Verdict:
        self.has_begun.release()
        self.goes_on.wait(10)
        return scanning.Verdict(ScanState.CLEAN, "slow")


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    scanner = Slow()
    monkeypatch.setattr(scanning, "current", lambda: scanner)
    lock_waits.limit(0.3)
    connection.close()
    yield scanner
    scanner.goes_on.set()
    lock_waits.limit(None)
    connection.close()


def upload(made: Dossier, actor: Actor, paper: Component, told: list[Any]) -> threading.Thread:
    """Begin to send the same picture, as a browser does, on a connection of its own."""

    def send() -> None:
        try:
            told.append(
                attaching.attach_upload(
                    made.public_id, actor=actor, component=paper, content=factories.png(), name="a.png"
                ).pk
            )
        except Exception as error:
            told.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=send)
    thread.start()
    return thread


def test_others_write_on_the_draft_while_a_paper_is_scanned(slow: Slow) -> None:
    made, actor, paper = draft()
    told: list[Any] = []
    sending = upload(made, actor, paper, told)
    assert slow.has_begun.acquire(timeout=10)
    drafts.save_answers(made.public_id, actor=actor, answers={"full_name": "C", "purpose": "D"}, step="x")
    assert Dossier.objects.get(pk=made.pk).answers["full_name"] == "C"
    slow.goes_on.set()
    sending.join(10)
    attached = DossierComponent.objects.get(dossier=made)
    assert told == [attached.pk] and attached.document.files.get().blob.scan_state == ScanState.CLEAN


def test_the_same_sent_twice_meanwhile_is_kept_once(slow: Slow) -> None:
    made, actor, paper = draft()
    told: list[Any] = []
    both = [upload(made, actor, paper, told) for _press in range(2)]
    assert all(slow.has_begun.acquire(timeout=10) for _press in both)
    slow.goes_on.set()
    for thread in both:
        thread.join(10)
    attached = DossierComponent.objects.get(dossier=made)
    assert told == [attached.pk, attached.pk] and Document.objects.filter(owner=made.owner).count() == 1


def test_what_may_not_be_added_is_not_scanned_and_to_what_is_gone_nothing_is_added(slow: Slow) -> None:
    made, actor, paper = draft()
    stranger = Actor.citizen(factories.make_citizen("Người Lạ"))
    told: list[Any] = []
    upload(made, stranger, paper, told).join(10)
    assert isinstance(told.pop(), NotFoundError) and not slow.has_begun.acquire(blocking=False)
    sending = upload(made, actor, paper, told)
    assert slow.has_begun.acquire(timeout=10)
    drafts.discard(made.public_id, actor=actor)
    slow.goes_on.set()
    sending.join(10)
    assert isinstance(told.pop(), NotFoundError) and not Document.objects.exists()
