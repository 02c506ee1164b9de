"""Let a new signing key take over (thay khóa ký), sign the list of keys by the root key, and show the history."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from datastore.results import key_sets, rotation


class Command(BaseCommand):
    """Old papers stay good; every process signs with the new key from its next paper on."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The root key, what to make, and since when the old key is not to be trusted."""
        parser.add_argument("--root", type=Path, help="the root key's file; without it root.pem in SIGNING_KEYS_DIR")
        parser.add_argument("--documents", action="store_true", help="also make a new self-made key for documents")
        parser.add_argument("--distrust-since", metavar="TIME", help="the old key was stolen: refuse what is younger")
        parser.add_argument("--only-sign", action="store_true", help="rotate nothing, sign the list of keys as it is")
        parser.add_argument("--history", action="store_true", help="change nothing, list the keys with their times")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, sign, say."""
        if not options["history"]:
            root = self._root(options["root"])
            if not options["only_sign"]:
                since = _moment(options["distrust_since"])
                done = rotation.rotate(with_documents=options["documents"], distrust_since=since)
                self.stdout.write(f"{done.new.kid} signs from now on; its files are in {done.folder}")
            released = key_sets.release(root)
            self.stdout.write(f"list of keys signed by root {released.root_kid}")
        for row in rotation.history():
            until = row.retired_at.isoformat(timespec="seconds") if row.retired_at else "now"
            self.stdout.write(f"{row.kid}  {row.valid_from.isoformat(timespec='seconds')} – {until}")

    def _root(self, path: Path | None) -> Any:
        known = path or key_sets.root_path()
        if not known.exists():
            if path is not None:
                raise CommandError(f"{path}: no such file")
            key_sets.make_root(known)
            self.stdout.write(f"made the root key {known}: move it off this machine, and give --root next time")
        try:
            return key_sets.load_root(known)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None:
        raise CommandError("--distrust-since: write it as 2026-11-28T08:30:00+07:00")
    return found if timezone.is_aware(found) else timezone.make_aware(found)
