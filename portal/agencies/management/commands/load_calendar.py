"""manage.py load_calendar: the national days off and worked days, as rows that officials can correct."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.agencies import calendar_loading


class Command(BaseCommand):
    """Write the law's days off for 2025 to 2035 into the calendar table; rows that officials entered stay."""

    help = "Load national days off and worked days. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say what was done."""
        loaded = calendar_loading.load()
        self.stdout.write(f"calendar: {loaded.made} made, {loaded.changed} changed, {loaded.removed} removed")
