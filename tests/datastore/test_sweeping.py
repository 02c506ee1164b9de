"""Bytes without a row go after a day, bytes with one stay, and a row without bytes is told of."""

import os
import time
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from datastore import sweeping
from datastore.models import Blob, Document, DocumentStatus, TrustLevel
from datastore.tasks import sweep_storage

pytestmark = pytest.mark.django_db
EVERYTHING = list(sweeping.SHELVES)


def stored() -> set[str]:
    folders = default_storage.listdir("")[0] if default_storage.exists("") else []
    return {f"{folder}/{name}" for folder in folders for name in default_storage.listdir(folder)[1]}


def make_old(key: str, hours: int = 25) -> None:
    moment = time.time() - hours * 3600
    os.utime(default_storage.path(key), (moment, moment))


def undone_deposit(deposit: Any) -> str:
    """A deposit whose transaction is rolled back; returns the key of the bytes that stay behind."""
    before = stored()
    with pytest.raises(RuntimeError), transaction.atomic():
        deposit()
        raise RuntimeError("the rest of the request failed")
    (key,) = stored() - before
    return key


def test_bytes_of_an_undone_transaction_go_after_a_day(deposit: Any) -> None:
    kept = deposit().files.get().blob.storage_key
    orphan = undone_deposit(deposit)
    make_old(kept)
    assert sweeping.sweep(EVERYTHING) == (0, 0), "a transaction of now may still write the row"
    make_old(orphan)
    assert sweeping.sweep(EVERYTHING) == (1, 0)
    assert stored() == {kept}
    assert sweeping.sweep(EVERYTHING) == (0, 0)


def test_a_row_whose_bytes_are_gone_is_told_of_and_stays(deposit: Any, caplog: pytest.LogCaptureFixture) -> None:
    blob = deposit().files.get().blob
    Blob.objects.filter(pk=blob.pk).update(created_at=timezone.now() - timedelta(days=2))
    default_storage.delete(blob.storage_key)
    assert sweeping.sweep(EVERYTHING) == (0, 1)
    assert "storage.bytes_missing" in caplog.text
    assert Blob.objects.filter(pk=blob.pk).exists()


def test_a_papers_event_that_was_refused_leaves_nothing_behind(deposit: Any) -> None:
    paper = deposit(trust=TrustLevel.FETCHED, is_listed=False)
    listed = deposit(trust=TrustLevel.FETCHED)
    assert sweeping.drop_abandoned() == 0, "its event may still be on its way"
    Document.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert sweeping.drop_abandoned() == 1
    paper.refresh_from_db()
    listed.refresh_from_db()
    assert (paper.status, paper.files.count()) == (DocumentStatus.DELETED, 0)
    assert (listed.status, listed.files.count()) == (DocumentStatus.VALID, 1)
    assert sweeping.drop_abandoned() == 0


def test_beat_sweeps_and_gets_round_to_every_shelf(deposit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["datastore-sweep-storage"]
    turns_a_day = 24 * 3600 / entry["schedule"]
    assert entry["task"] == sweep_storage.name
    assert turns_a_day * sweeping.SHELVES_A_TURN > 4 * len(EVERYTHING)
    orphan = undone_deposit(deposit)
    make_old(orphan)
    monkeypatch.setattr(sweeping, "SHELVES_A_TURN", len(EVERYTHING))
    sweep_storage()
    assert orphan not in stored()
