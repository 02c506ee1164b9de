"""The worker's door to the store: sweeps, and batches of papers; single ones are written by whoever brings them."""

from celery import shared_task

from datastore import agency_files, chain, import_jobs, reminders, sweeping, uploading
from datastore.models import ImportJob
from portal.core.sweeping import in_turn
from portal.core.work import drain


@shared_task(name="datastore.sweep_storage")
def sweep_storage() -> None:
    """Remove bytes and papers that nothing speaks of."""
    left_behind = (uploading.sweep, import_jobs.sweep, sweeping.drop_abandoned, agency_files.drop_unheld)
    in_turn("datastore.sweep_storage", *left_behind, sweeping.sweep)


@shared_task(name="datastore.link_accesses")
def link_accesses() -> None:
    """Link new rows of the log of who looked, and sign the head of a day that ended."""
    chain.link_pending()
    chain.close_day()


@shared_task(name="datastore.remind_of_expiry")
def remind_of_expiry() -> None:
    """Tell owners of papers that run out soon."""
    reminders.remind()


@shared_task(name=import_jobs.RUN_TASK)
def run_imports() -> None:
    """Bring in some lines of each batch that is due."""
    drain(ImportJob, import_jobs.run)
