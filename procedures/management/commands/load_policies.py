"""Load the local policies of the reference data; running it again changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from procedures import policy_register
from procedures.packs import PackError, Reference


class Command(BaseCommand):
    """``manage.py load_policies``; agencies come first: a policy names whose it is."""

    help = "Load what provinces decided on fees and times. Rows changed in the back office are left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing; each bad row is named."""
        try:
            changed = policy_register.load_policies(Reference())
        except PackError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"local policies: {changed} new or changed")
