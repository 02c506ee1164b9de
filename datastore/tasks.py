"""The worker's door to the store: sweeps only, since papers are written by whoever brings them."""

from celery import shared_task

from datastore import sweeping


@shared_task(name="datastore.sweep_storage")
def sweep_storage() -> None:
    """Remove bytes and papers that nothing speaks of."""
    sweeping.drop_abandoned()
    sweeping.sweep()
