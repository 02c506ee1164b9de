"""Write the log of who looked as JSON lines, for `python -m datastore.log_verifier`; it holds personal data."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from datastore import chain


class Command(BaseCommand):
    """Write rows in order, after each day's rows its signed head."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Write to standard output."""
        for entry in chain.export():
            self.stdout.write(json.dumps(entry, ensure_ascii=False, sort_keys=True))
