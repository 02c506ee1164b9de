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
    requires_system_checks = ()  # they load every page of the portal, and a code is good for half a minute

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
                    "name": person.get("organisation_name") or person["full_name"],
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
        self.stdout.write("Citizens, at the sandbox VNeID: name, number, passcode")
        for person in told["citizens"]:
            self.stdout.write(f"  {person['name']:<22} {person['number']:<14} {person['passcode']}  {person['note']}")
        self.stdout.write("Officials, at /quan-tri/: name, password, six figures (good for half a minute and more)")
        for person in told["officials"]:
            line = (
                f"  {person['username']:<22} {person['password']:<20} {person['code']}  "
                f"{person['role']}, {person['agency']}"
            )
            self.stdout.write(line)
