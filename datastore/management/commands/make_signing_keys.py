"""Make the signing keys of this installation where there are none (khóa ký), and register their public halves."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from datastore.results import key_sets, keys


class Command(BaseCommand):
    """Make generation 1 with a certificate authority of its own; an existing generation is left alone."""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Make, register, and say which keys are current."""
        made = keys.newest(settings.SIGNING_KEYS_DIR) is None
        if made:
            keys.make(settings.SIGNING_KEYS_DIR)
        row = keys.register()
        key_sets.latest()  # signed where the root key is at hand
        self.stdout.write(f"{'made' if made else 'found'} in {settings.SIGNING_KEYS_DIR}; credential key {row.kid}")
