"""Make the signing keys of this installation where there are none (khóa ký), and register their public halves."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from datastore.results import agency_keys, key_sets, keys
from portal.agencies.models import Agency


class Command(BaseCommand):
    """Make generation 1 with an authority of its own, and by that keys of agencies; what exists is left alone."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Agencies that get a key of their own."""
        parser.add_argument("--agency", action="append", default=[], help="code of an agency; may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make, register, and say which keys are current."""
        made = keys.newest(settings.SIGNING_KEYS_DIR) is None
        if made:
            keys.make(settings.SIGNING_KEYS_DIR)
        row = keys.register()
        for code in options["agency"]:
            agency = Agency.objects.filter(code=code).first()
            if agency is None:
                raise CommandError(f"no agency {code}")
            pair = agency_keys.of(agency)
            self.stdout.write(f"{code} signs as {pair.chain[0].subject.rfc4514_string()}")
        key_sets.latest()  # signed where the root key is at hand
        self.stdout.write(f"{'made' if made else 'found'} in {settings.SIGNING_KEYS_DIR}; credential key {row.kid}")
