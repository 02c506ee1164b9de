"""Publish a procedure from one text file, as export_procedure writes it."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from procedures import catalogue
from procedures.packs import PackError, Reference, importing, read_pack, read_pack_text


class Command(BaseCommand):
    """``manage.py import_procedure FILE [--from DATE] [--check]``."""

    help = "Publish a procedure from a YAML file: the same is left alone, a change is a new version from a day on."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and from when on."""
        parser.add_argument("file", help="the file to read; - reads standard input")
        parser.add_argument("--from", dest="valid_from", type=date.fromisoformat, metavar="DATE", help="YYYY-MM-DD")
        parser.add_argument("--check", action="store_true", help="only say what is wrong; publish nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check, publish; everything that is wrong is said at once, with line and key."""
        reference = Reference()
        try:
            if options["file"] == "-":
                text = sys.stdin.buffer.read().decode()
                pack = read_pack_text(text, file="standard input", reference=reference)
            else:
                pack = read_pack(Path(options["file"]), reference)
        except UnicodeDecodeError:
            raise CommandError("standard input: not UTF-8") from None
        except PackError as error:
            raise CommandError(str(error)) from None
        if options["check"]:
            self.stdout.write(f"{pack.code}: nothing wrong")
            return
        try:
            catalogue.load_life_events(reference)
            loaded = importing.take_in(pack, reference=reference, valid_from=options["valid_from"])
        except PackError as error:
            raise CommandError(str(error)) from None
        version = loaded.version
        self.stdout.write(f"{pack.code}: {loaded.change}, version {version.number} from {version.valid_from}")
