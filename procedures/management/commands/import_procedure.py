"""Publish a procedure from one text file, as export_procedure writes it."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from procedures import catalogue
from procedures.catalogue import Loaded
from procedures.eforms.reading import read_form
from procedures.linting import Severity, lint
from procedures.linting.running import results_in_store, subject_of
from procedures.models import ProcedureVersion
from procedures.national import travelling
from procedures.packs import Pack, PackError, Reference, importing, read_pack_text, yaml_text
from procedures.packs.reference import text_of


class Command(BaseCommand):
    """``manage.py import_procedure FILE [--from DATE] [--check]``."""

    help = "Publish a procedure from a YAML file: the same is left alone, a change is a new version from a day on."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and from when on."""
        parser.add_argument("file", help="the file to read; - reads standard input")
        parser.add_argument("--from", dest="valid_from", type=date.fromisoformat, metavar="DATE", help="YYYY-MM-DD")
        parser.add_argument(
            "--despite-errors", action="store_true", help="publish a pack in which the linter found errors all the same"
        )
        parser.add_argument("--check", action="store_true", help="only say what is wrong; publish nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check, publish; everything that is wrong is said at once, with line and key."""
        _check_day(options["valid_from"])
        is_stdin = options["file"] == "-"
        name = "standard input" if is_stdin else Path(options["file"]).name
        try:
            text = sys.stdin.buffer.read().decode() if is_stdin else text_of(Path(options["file"]))
            data = yaml_text.parse(text, name)
            _check_waiting(data, options["valid_from"])
            told = self._record(data, name, options) if travelling.is_one(data) else self._pack(text, name, options)
        except UnicodeDecodeError:
            raise CommandError("standard input: not UTF-8") from None
        except PackError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(told)

    def _record(self, data: Any, name: str, options: dict[str, Any]) -> str:
        """A procedure of the national catalogue."""
        with transaction.atomic():
            loaded = travelling.take_in(data, file=name, valid_from=options["valid_from"])
            transaction.set_rollback(options["check"])
        return self._told(data["code"], loaded, is_check=options["check"])

    def _pack(self, text: str, name: str, options: dict[str, Any]) -> str:
        """A procedure of a portal's own."""
        reference = Reference()
        pack = read_pack_text(text, file=name, reference=reference)
        self._look_over(pack, despite_errors=options["despite_errors"])
        if options["check"]:
            return self._told(pack.code, None, is_check=True)
        catalogue.load_life_events(reference)
        loaded = importing.take_in(pack, reference=reference, valid_from=options["valid_from"])
        return self._told(pack.code, loaded)

    def _look_over(self, pack: Pack, *, despite_errors: bool) -> None:
        """Say what the linter finds; raises CommandError where it finds errors, unless they are wanted."""
        found = lint(subject_of(pack.data, read_form(pack.form) if pack.form else None, results_in_store(())))
        errors = [each for each in found if each.severity == Severity.ERROR and not each.waived]
        told = "\n".join(f"  {each.place}: {each.message} ({each.rule})" for each in errors)
        if errors and not despite_errors:
            raise CommandError(
                f"{pack.code}: the linter found errors; nothing was published (--despite-errors does it):\n{told}"
            )
        if found:
            self.stderr.write(f"{pack.code}: the linter found {len(found)}; lint_procedures {pack.code} names them")

    def _told(self, code: str, loaded: Loaded | None, *, is_check: bool = False) -> str:
        if loaded is None or is_check:
            return f"{code}: nothing wrong"
        return f"{code}: {loaded.change}, version {loaded.version.number} from {loaded.version.valid_from}"


def _check_day(day: date | None) -> None:
    """A past day would be taken as today: refuse it, people were served by what was published then."""
    today = timezone.localdate()
    if day is not None and day < today:
        raise CommandError(f"--from: {day} is past; a version holds from today ({today}) or a later day on")


def _check_waiting(data: Any, day: date | None) -> None:
    """A day before a version that waits would be taken as that version's day: refuse it, too."""
    code = data.get("code") if isinstance(data, dict) else None
    if day is None or not isinstance(code, str):
        return
    last = ProcedureVersion.objects.filter(procedure__code=code).order_by("-number").first()
    if last is not None and last.valid_from > max(day, timezone.localdate()):
        raise CommandError(
            f"--from: version {last.number} waits for {last.valid_from}; name that day or a later one, not {day}"
        )
