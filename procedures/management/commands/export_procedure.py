"""Write a procedure as one text file: sheet, form, components, fees, deadlines, letter texts."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.errors import NotFoundError
from procedures import access
from procedures.packs.exporting import export


class Command(BaseCommand):
    """``manage.py export_procedure CODE [--output FILE]``."""

    help = "Write a published procedure as one YAML file that import_procedure reads; to the screen unless --output."

    def add_arguments(self, parser: CommandParser) -> None:
        """The code, and where to write."""
        parser.add_argument("code", help="code of the procedure, such as 1.001193")
        parser.add_argument("--output", type=Path, metavar="FILE", help="file to write; the screen when left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the version in force, or the last one there was."""
        try:
            text = export(access.get_version(options["code"]))
        except NotFoundError:
            raise CommandError(f"{options['code']}: no procedure with this code has a published version") from None
        if options["output"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            options["output"].write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['output']}: cannot be written ({error.strerror})") from None
