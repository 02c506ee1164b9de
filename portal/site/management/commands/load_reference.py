"""Load what the portal needs before anyone comes: territory, agencies, calendar, document types, the catalogue."""

from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError

LOADERS = (
    "load_agencies",
    "load_calendar",
    "load_document_types",
    "load_procedures",
    "load_policies",
    "load_result_templates",
)
"""In this order: a procedure and a policy name their agency."""


class Command(BaseCommand):
    """``manage.py load_reference``; running it again changes nothing."""

    help = "Load territory, agencies, calendar, document types, procedures and local policies. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        """Call each loader by name, so that no app has to know another."""
        known = get_commands()
        missing = [name for name in LOADERS if name not in known]
        if missing:
            raise CommandError(f"no such command: {', '.join(missing)}")
        for name in LOADERS:
            call_command(name, stdout=self.stdout, stderr=self.stderr)
