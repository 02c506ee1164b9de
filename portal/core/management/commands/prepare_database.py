"""manage.py prepare_database: migrate and load reference data, one starter at a time."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

LOCK = 0x506F7274616C  # "Portal": one number that every starter of this database asks for


class Command(BaseCommand):
    """Of several hosts that start at once, one works; the others wait and then find it done."""

    help = (
        "Migrate and load reference data under a lock in the database. Safe to run again and at once on several hosts."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Hold the lock on a connection of its own while the commands run on the usual one."""
        if connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
            raise CommandError(
                "prepare_database needs a session, which a transaction-mode pooler does not keep: "
                "give it PostgreSQL's own address in DATABASE_URL, without DATABASE_POOLED."
            )
        keeper = connection.copy()
        try:
            with keeper.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
                if not cursor.fetchone()[0]:
                    self.stdout.write("another host prepares the database; waiting …")
                    cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
                call_command("migrate", interactive=False, verbosity=1, stdout=self.stdout, stderr=self.stderr)
                call_command("load_reference", stdout=self.stdout, stderr=self.stderr)
        finally:
            keeper.close()  # and with the session goes the lock
