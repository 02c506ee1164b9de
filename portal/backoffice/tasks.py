"""The worker's door: the rows say what is due. Safe to run twice."""

from celery import shared_task

from portal.backoffice import bulk
from portal.backoffice.models import BulkJob
from portal.core.work import drain


@shared_task(name=bulk.RUN_TASK)
def run_bulk_jobs() -> None:
    """Do some of each job that is due."""
    drain(BulkJob, bulk.run)
