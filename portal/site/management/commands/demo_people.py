"""Print the demo accounts by role (development only)."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from portal.accounts import demo
from portal.site.demo import people


class Command(BaseCommand):
    """Citizens sign in at the sandbox VNeID; officials with password and the code their phone would show."""

    help = "Print the demo accounts by role (development only)."

    def add_arguments(self, parser: CommandParser) -> None:
        """--json for scripts."""
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuses outside development."""
        if not settings.IS_DEVELOPMENT:
            raise CommandError("demo_people runs in development only.")
        try:
            officials = demo.officials_with_codes()
        except OperationalError as error:
            raise CommandError(f"The database does not answer; start the portal with bin/run. ({error})") from error
        told = {
            "citizens": [
                {
                    "name": person["full_name"],
                    "number": person["number"],
                    "passcode": person["passcode"],
                    "level": person["level"],
                    "note": person.get("note", ""),
                }
                for person in people.citizens()
            ],
            "officials": officials,
        }
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
            return
        for person in told["citizens"]:
            self.stdout.write(f"{person['name']:<28} {person['number']}  {person['passcode']}  {person['note']}")
        for person in told["officials"]:
            line = (
                f"{person['username']:<28} {person['password']}  {person['code']}  {person['role']}, {person['agency']}"
            )
            self.stdout.write(line)
