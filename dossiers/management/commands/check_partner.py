"""manage.py check_partner TARGET: grade the address where a partner's system receives messages, or where it is asked.

With `--kind client` the system is named instead, and graded by the calls that it made.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dossiers.partners import asked_checks, client_checks
from portal.agencies.credentials import is_webhook_secret
from portal.core.errors import PortalError
from portal.exchange.conformance import Grade, Kit
from portal.exchange.models import PullProvider

WEBHOOK, CLIENT = "webhook", "client"


class Command(BaseCommand):
    """Try each promise of a partner's system once and print what to fix; exit status 1 where one is broken."""

    help = "Grade a partner's system step by step, with what to fix."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the address, what it is for, and its key."""
        which = (
            "where the system receives messages, or where it is asked; client: its name, account, client_id or number"
        )
        parser.add_argument("target", help=which)
        kinds = [WEBHOOK, PullProvider.REST.value, PullProvider.WIRE.value, CLIENT]
        does = "webhook: it receives; rest: it serves events; wire: it serves dossiers; client: it calls the portal"
        parser.add_argument("--kind", choices=kinds, default=WEBHOOK, help=does)
        parser.add_argument("--secret", default="", help="webhook: signing key (whsec_…); rest: key; wire: password")
        parser.add_argument("--username", default="", help="wire: the account that it gave the portal")
        parser.add_argument("--agency", default="", help="wire: the agency code that it expects (madonvi)")
        parser.add_argument("--hours", type=int, default=24, help="client: its calls of so many hours are graded")
        parser.add_argument("--send", action="store_true", help="webhook: also hand over a made-up dossier, twice")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps."""
        broken = 0
        for grade in self._grades(options):
            self.stdout.write(f"{'ĐẠT     ' if grade.is_passed else 'CHƯA ĐẠT'}  {grade.name} ({grade.told})")
            if not grade.is_passed:
                broken += 1
                self.stdout.write(f"          → {grade.cure}")
        if broken:
            raise CommandError(f"{broken} bước chưa đạt.")
        self.stdout.write("Mọi bước đều đạt.")

    def _grades(self, options: dict[str, Any]) -> Iterator[Grade]:
        target, secret = options["target"], options["secret"]
        if options["kind"] == CLIENT:
            since = timezone.now() - timedelta(hours=options["hours"])
            try:
                return client_checks.run(client_checks.named(target), since=since)
            except PortalError as error:
                raise CommandError(error.words) from error
        if options["kind"] != WEBHOOK:
            provider = PullProvider(options["kind"])
            who = {"username": options["username"], "agency_code": options["agency"]}
            return asked_checks.run(provider, target, secret=secret, **who)
        if not is_webhook_secret(secret):
            raise CommandError("--secret must be whsec_ and 24 to 64 bytes in base64")
        return Kit(target, secret, sends=options["send"]).run()
