"""The worker's door to the catalogue. Safe to run twice."""

from celery import shared_task

from procedures import catalogue, changes, competence, publication


@shared_task(name="procedures.bring_current")
def bring_current() -> None:
    """Let what was published for today take its place, and every process hear of what changed."""
    catalogue.bring_current()
    publication.catch_up(f"{changes.mark()}:{competence.mark()}")
