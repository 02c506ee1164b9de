"""manage.py check_partner URL --secret whsec_…: grade the address where a partner's system receives messages."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.agencies.credentials import is_webhook_secret
from portal.exchange.conformance import Kit


class Command(BaseCommand):
    """Try each promise of a receiving system once and print what to fix; exit status 1 where one is broken."""

    help = "Grade a partner's webhook step by step, with what to fix."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the address and its key."""
        parser.add_argument("url", help="where the system receives messages")
        parser.add_argument("--secret", required=True, help="signing key that it knows (whsec_…)")
        parser.add_argument("--send", action="store_true", help="also hand over a made-up dossier, twice")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps."""
        if not is_webhook_secret(options["secret"]):
            raise CommandError("--secret must be whsec_ and 24 to 64 bytes in base64")
        broken = 0
        for grade in Kit(options["url"], options["secret"], sends=options["send"]).run():
            self.stdout.write(f"{'ĐẠT     ' if grade.is_passed else 'CHƯA ĐẠT'}  {grade.name} ({grade.told})")
            if not grade.is_passed:
                broken += 1
                self.stdout.write(f"          → {grade.cure}")
        if broken:
            raise CommandError(f"{broken} bước chưa đạt.")
        self.stdout.write("Mọi bước đều đạt.")
