"""manage.py load_agencies: the 34 provinces, 3,321 communes, and the agencies that serve them."""

from argparse import BooleanOptionalAction
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from portal.agencies import loading


class Command(BaseCommand):
    """Load territory and agencies from the files in portal/agencies/reference."""

    help = "Load provinces, communes, agencies and their desks. Safe to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Demo accounts are for development: a real tax code is entered by an administrator."""
        parser.add_argument(
            "--demo-accounts",
            action=BooleanOptionalAction,
            default=bool(settings.IS_DEVELOPMENT),
            help="give agencies made-up tax codes and accounts, so that receipts of a demonstration are complete",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say what was done."""
        loaded = loading.load(with_demo_accounts=options["demo_accounts"])
        for name, count in loaded.items():
            self.stdout.write(f"{name}: {count.made} made, {count.changed} changed")
            for line in count.left_out:
                self.stderr.write(f"left out: {line}")
