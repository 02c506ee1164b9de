"""Load demo people, partner systems and a few dossiers in every state (development only)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.site.demo import dossiers, people, systems


class Command(BaseCommand):
    """Safe to run again: what is there stays."""

    help = "Load demo people, partner systems and dossiers (development only)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuses outside development."""
        if not settings.IS_DEVELOPMENT:
            raise CommandError("load_demo makes invented people; it runs in development only.")
        officials = people.load_officials()
        citizens = [
            people.load_citizen(person)
            for person in people.citizens()
            if person["level"] == 2 and person["account_type"] == 1
        ]
        systems.load_systems()
        made = dossiers.load_dossiers(citizens, officials)
        self.stdout.write(f"{len(citizens)} citizens, {len(officials)} officials, {made} new dossiers")
