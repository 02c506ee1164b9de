"""Check that no row of the log of who looked was edited, removed or put in (docs/access-log.md)."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from datastore import chain
from datastore.log_verifier import Chain, check_export, load_keys, statement_hash
from datastore.models import AccessLog
from datastore.results import verification

LATE = timedelta(hours=1)
"""Rows are linked within seconds; one that still waits after this says that the worker stands still."""


class Command(BaseCommand):
    """Recompute chain, roots and signatures; name each row and day that does not hold, and fail if there is one."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Heads kept elsewhere make it impossible to replace the whole log."""
        parser.add_argument("--heads", type=Path, help="an earlier saved copy of /xm/nhat-ky.json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one JSON object; exit code 1 where something does not hold."""
        kept = json.loads(options["heads"].read_text(encoding="utf-8"))["heads"] if options["heads"] else []
        witnessed = {head["statement"]["day"]: statement_hash(head["statement"]) for head in kept}
        said = check_export(chain.export(), Chain(load_keys(verification.key_set()), witnessed))
        waiting = AccessLog.objects.filter(position__isnull=True)
        said["waiting"] = waiting.count()
        said["waiting_too_long"] = waiting.filter(read_at__lt=timezone.now() - LATE).count()
        self.stdout.write(json.dumps(said, ensure_ascii=False))
        if said["problems"]:
            raise CommandError("the log of who looked does not hold; each problem is named above", returncode=1)
