"""Import records of the national catalogue; running it again changes nothing."""

from __future__ import annotations

import json
import sys
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.utils import translation

from portal.core import lock_waits
from procedures.national import importing, reading
from procedures.national.import_run import (
    BESIDE,
    BESIDE_CHANGED,
    CHANGED,
    CLOSED,
    FLAW,
    NEW,
    REOPENED,
    SKIPPED,
    STAYS_CLOSED,
    UNCHANGED,
    Problem,
    Run,
)

LOCK = 7_205_611
"""Number of the advisory lock that keeps a second import out."""
MOST_SHOWN = 20
MOST_CHANGES_SHOWN = 5
"""Of one record; the report has them all."""
BAR = 30


class Command(BaseCommand):
    """``manage.py import_catalogue PATH``."""

    help = "Import the national catalogue: JSON lines, or answers of LayThuTuc. Safe to stop and to run again."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to read, where to report, what to do with what vanished."""
        parser.add_argument("paths", nargs="+", help="files or folders of .jsonl, .ndjson, .json; - is standard input")
        parser.add_argument("--report", type=Path, help="write every problem and change to this file, one JSON a line")
        parser.add_argument("--encoding", default="utf-8", help="of sources without a byte order mark (default: utf-8)")
        parser.add_argument(
            "--close-missing", metavar="REASON", help="close procedures that are no longer in the source"
        )
        parser.add_argument("--close-many", action="store_true", help="even when that is more than 30 percent of them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, report, and close what vanished if asked."""
        for path in options["paths"]:
            if path != "-" and not Path(path).exists():
                raise CommandError(f"{path}: no such file or folder")
        try:
            "".encode(options["encoding"])
        except (LookupError, ValueError):
            raise CommandError(f"{options['encoding']}: no such encoding") from None
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise CommandError("another import is running")
        try:
            with ExitStack() as stack, translation.override("vi"):
                report = _open_report(options["report"], stack)
                self._run(options, report)
        except OperationalError as error:
            # What was reported as imported is in; the batch at hand is not. The lock went with the connection.
            why = (
                "somebody else holds a row that it writes"
                if lock_waits.is_row_held(error)
                else "the database went away"
            )
            raise CommandError(f"{why}, run it again: {' '.join(str(error).split())}") from None
        finally:
            if connection.connection is not None and connection.is_usable():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    def _run(self, options: dict[str, Any], report: TextIO | None) -> None:
        run = Run()
        run.prepare()
        shown = _Shown()
        try:
            for path in options["paths"]:
                self._import(path, options["encoding"], run, shown, report)
            if reason := options["close_missing"]:
                self._tell(importing.close_missing(run, reason, many=options["close_many"]), shown, report)
        except KeyboardInterrupt:
            self._summary(run, shown, report)
            raise CommandError("stopped; what is counted is in, run it again to go on") from None
        except importing.CloseRefused as error:
            self._summary(run, shown, report)
            raise CommandError(f"nothing was closed: {error}") from None
        self._summary(run, shown, report)

    def _import(self, path: str, encoding: str, run: Run, shown: _Shown, report: TextIO | None) -> None:
        if path == "-":
            raws = reading.read_stream(sys.stdin.buffer, "stdin", encoding)
            total = 0
        else:
            source = Path(path)
            raws = reading.read_path(source, encoding)
            files = reading.files_of(source) if source.is_dir() else [source]
            total = sum(reading.size_of(file) for file in files)
        bar = _Bar(self.stderr, total)
        for raw, problems in importing.run_over(raws, run):
            bar.at(raw.position, sum(run.counts.values()))
            self._tell(problems, shown, report)
        bar.end()

    def _tell(self, problems: list[Problem], shown: _Shown, report: TextIO | None) -> None:
        shown.flawed += len({problem.place for problem in problems if problem.kind == FLAW})
        for problem in problems:
            if problem.kind in shown.first and len(shown.first[problem.kind]) < MOST_SHOWN:
                shown.first[problem.kind].append(problem)
            if report:
                report.write(json.dumps(_as_row(problem), ensure_ascii=False) + "\n")

    def _summary(self, run: Run, shown: _Shown, report: TextIO | None) -> None:
        names = (NEW, CHANGED, UNCHANGED, BESIDE, REOPENED, CLOSED, SKIPPED)
        counts = {name: run.counts[name] for name in names}
        if report:
            counted = {"kind": "summary", **counts, "flawed": shown.flawed}
            report.write(json.dumps(counted, ensure_ascii=False) + "\n")
        self.stdout.write("import: " + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items()))
        if shown.flawed:
            self.stdout.write(f"{shown.flawed} came with a flaw: a part was left out, or kept as it was")
        for kind, problems in shown.first.items():
            for problem in problems:
                where = " ".join(part for part in (problem.place, problem.code) if part)
                what = f"{problem.field}: {problem.reason}" if problem.field else problem.reason
                self.stdout.write(f"  {kind} {where}: {what}")
                for change in problem.changes[:MOST_CHANGES_SHOWN]:
                    self.stdout.write(f"    {change}")
                if (more := len(problem.changes) - MOST_CHANGES_SHOWN) > 0:
                    self.stdout.write(f"    … and {more} more")
        if any(len(problems) == MOST_SHOWN for problems in shown.first.values()):
            self.stdout.write("  … these are the first ones; name them all with --report FILE")


def _as_row(problem: Problem) -> dict[str, Any]:
    """A line of the report; changes stand in it only where something changed."""
    return {key: value for key, value in asdict(problem).items() if key != "changes" or value}


def _open_report(path: Path | None, stack: ExitStack) -> TextIO | None:
    if path is None:
        return None
    try:
        return stack.enter_context(path.open("w", encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{path}: cannot be written ({error.strerror})") from None


class _Shown:
    """What the screen tells of problems: the first ones of each kind, and how many records have a flaw."""

    def __init__(self) -> None:
        kinds = (SKIPPED, STAYS_CLOSED, CHANGED, BESIDE_CHANGED, FLAW)
        self.first: dict[str, list[Problem]] = {kind: [] for kind in kinds}
        self.flawed = 0


class _Bar:
    """A progress bar on a terminal; elsewhere nothing."""

    def __init__(self, stream: Any, total: int) -> None:
        self.stream, self.total, self.drawn = stream, total, 0.0
        self.is_shown = bool(getattr(stream, "isatty", lambda: False)())

    def at(self, position: int, records: int) -> None:
        """Draw at most ten times a second."""
        now = time.monotonic()
        if not self.is_shown or now - self.drawn < 0.1:
            return
        self.drawn = now
        share = min(1.0, position / self.total) if self.total else 0.0
        done = "█" * round(share * BAR)
        percent = f"{share:4.0%}" if self.total else ""
        self.stream.write(f"\r{done:·<{BAR}} {percent} {records} records", ending="")

    def end(self) -> None:
        """Leave the line."""
        if self.is_shown:
            self.stream.write("")
