"""Change the keys of the store (đổi khóa mã hóa): put a new key first in PORTAL_STORE_KEYS, run this, drop the old."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datastore import keyring, rotation


class Command(BaseCommand):
    """Wrap every file's key with the newest key, and say which old keys nothing needs any more.

    May be stopped at any time and started again, and may run beside the portal. Ends with an error while a file hangs
    on a key that is not there.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """`--check` only counts; `--batch` is how many rows a transaction holds."""
        parser.add_argument("--check", action="store_true", help="count files by key and change nothing")
        parser.add_argument("--batch", type=int, default=rotation.BATCH, help="rows a transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, telling of each batch."""
        if options["batch"] < 1:
            raise CommandError("--batch must be 1 or more")
        done = 0
        if not options["check"]:
            for turn in rotation.rotate(options["batch"]):
                done += turn.done
                if turn.done:
                    self.stdout.write(f"{done} files wrapped with {keyring.current_id()}")
        self._report()

    def _report(self) -> None:
        counts, known = rotation.counts(), keyring.known_ids()
        for key_id in sorted({*counts, *known} - {""}):
            if key_id not in known:
                state = "MISSING from PORTAL_STORE_KEYS"
            elif key_id == known[0]:
                state = "newest"
            else:
                state = "still needed" if counts.get(key_id) else "not needed any more: take it out"
            self.stdout.write(f"key {key_id}: {counts.get(key_id, 0)} files, {state}")
        if counts.get(""):
            self.stdout.write(f"without a key: {counts['']} files, not sealed yet")
        if lost := sum(count for key_id, count in counts.items() if key_id and key_id not in known):
            raise CommandError(f"{lost} files cannot be opened: put their keys back into PORTAL_STORE_KEYS")
