"""The worker's door to the catalogue. Safe to run twice."""

from celery import shared_task

from procedures import catalogue


@shared_task(name="procedures.bring_current")
def bring_current() -> None:
    """Let what was published for today take its place."""
    catalogue.bring_current()
