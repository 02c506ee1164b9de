"""Look over procedures by named rules: the published ones, or packs in files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from procedures.eforms.definition import DefinitionError
from procedures.eforms.reading import read_form
from procedures.linting import UNREADABLE_FORM, Finding, Severity, lint, told, worst
from procedures.linting.reporting import as_json, as_sarif, as_table
from procedures.linting.running import results_in_store, subject_of
from procedures.models import ProcedureVersion
from procedures.packs import REFERENCE, PackError, Reference, read_pack, yaml_text
from procedures.packs.exporting import pack_of

FAILS_FROM = {"error": Severity.ERROR, "warning": Severity.WARNING, "note": Severity.NOTE, "never": None}


class Command(BaseCommand):
    """``manage.py lint_procedures [CODE …] [--files [PATH …]] [--format table|json|sarif] [--fail-on …]``."""

    help = (
        "Look over the published procedures (all, or those named) by named rules. "
        "Exit code: 0 nothing from the severity of --fail-on up, 1 warnings, 2 errors."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What to look over, how to say it, what fails."""
        parser.add_argument("codes", nargs="*", metavar="CODE", help="codes of published procedures; all when left out")
        parser.add_argument(
            "--files", nargs="*", type=Path, metavar="PATH", help="packs or folders instead of what is published"
        )
        parser.add_argument("--format", choices=("table", "json", "sarif"), default="table")
        parser.add_argument("--fail-on", choices=tuple(FAILS_FROM), default="warning")
        parser.add_argument("--rules", action="store_true", help="list the rules and end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Lint each procedure by itself; one that cannot be read is named and does not stop the others."""
        if options["rules"]:
            width = max(len(each.name) for each in told())
            for each in told():
                self.stdout.write(f"{each.name.ljust(width)}  {each.severity.word.ljust(7)}  {each.says}")
            return
        self.files: dict[str, str] = {}
        self.lines: dict[str, dict[str, int]] = {}
        findings: list[Finding] = []
        looked_at = 0
        store = results_in_store(_own_packs())
        packs = self._from_files(options["files"]) if options["files"] is not None else _published(options["codes"])
        for data, form in packs:
            looked_at += 1
            try:
                read = read_form(form) if form else None
            except DefinitionError as error:
                code = str(data.get("code", "?"))
                findings.append(Finding(code, UNREADABLE_FORM, Severity.ERROR, "form", str(error)))
                continue
            findings += lint(subject_of(data, read, store))
        self.stdout.write(self._report(findings, looked_at, options["format"]))
        least = FAILS_FROM[options["fail_on"]]
        found = worst(findings)
        if found is not None and least is not None and found >= least:
            raise SystemExit(2 if found == Severity.ERROR else 1)

    def _report(self, findings: list[Finding], looked_at: int, form: str) -> str:
        if form == "json":
            return as_json(findings, looked_at)
        if form == "sarif":
            return as_sarif(findings, self.files, self._line)
        return as_table(findings, looked_at)

    def _line(self, finding: Finding) -> int | None:
        said = yaml_text.with_line(f"{finding.place}: ", self.lines.get(finding.code, {}))
        number = said.partition(":")[0].removeprefix("line ")
        return int(number) if number.isdecimal() else None

    def _from_files(self, paths: list[Path]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        reference = Reference()
        for path in paths or [REFERENCE / "procedures"]:
            if not path.exists():
                raise CommandError(f"{path}: no such file or folder")
            for file in sorted(path.glob("*.yaml")) if path.is_dir() else [path]:
                try:
                    pack = read_pack(file, reference)
                except PackError as error:
                    raise CommandError(str(error)) from None
                self.files[pack.code] = file.as_posix()
                self.lines[pack.code] = yaml_text.lines_of(file.read_text("utf-8"))
                yield pack.data, pack.form


def _published(codes: list[str]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The versions in force, read in small lots: the national catalogue has thousands."""
    found = ProcedureVersion.objects.filter(current_of__isnull=False).select_related("procedure__field")
    if codes:
        known = set(found.filter(procedure__code__in=codes).values_list("procedure__code", flat=True))
        if missing := sorted(set(codes) - known):
            raise CommandError(f"{', '.join(missing)}: no procedure with this code is published")
        found = found.filter(procedure__code__in=codes)
    related = ("components", "fees", "results", "procedure__life_events")
    for version in found.order_by("procedure__code").prefetch_related(*related).iterator(chunk_size=200):
        yield pack_of(version), version.form


def _own_packs() -> Iterator[dict[str, Any]]:
    for path in sorted((REFERENCE / "procedures").glob("*.yaml")):
        yield yaml_text.parse(path.read_text("utf-8"), path.name)
