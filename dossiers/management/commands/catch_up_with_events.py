"""manage.py catch_up_with_events: what the previous release wrote during an update, seen as this one sees it."""

from typing import Any

from django.core.management.base import BaseCommand

from dossiers import catching_up


class Command(BaseCommand):
    """To be run when the last process of the previous release is gone (docs/deployment.md)."""

    help = "Bring up to date what the previous release wrote. Safe to run again and while the portal is used."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how much there was."""
        self.stdout.write(f"proposals: {catching_up.proposals()}")
        self.stdout.write(f"journal: {catching_up.journal()}")
        self.stdout.write(f"fetched papers: {catching_up.fetched_papers()}")
        self.stdout.write(f"found by name: {catching_up.search_rows()}")
