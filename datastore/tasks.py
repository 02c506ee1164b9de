"""The worker's door to the store: sweeps only, since papers are written by whoever brings them. Safe to run twice."""

from celery import shared_task

from datastore import chain, reminders, sweeping, uploading
from portal.core.sweeping import in_turn


@shared_task(name="datastore.sweep_storage")
def sweep_storage() -> None:
    """Remove bytes and papers that nothing speaks of."""
    in_turn("datastore.sweep_storage", uploading.sweep, sweeping.drop_abandoned, sweeping.sweep)


@shared_task(name="datastore.link_accesses")
def link_accesses() -> None:
    """Link new rows of the log of who looked, and sign the head of a day that ended."""
    chain.link_pending()
    chain.close_day()


@shared_task(name="datastore.remind_of_expiry")
def remind_of_expiry() -> None:
    """Tell owners of papers that run out soon."""
    reminders.remind()
