"""File made-up dossiers through a procedure's form and say what they went through."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.core.errors import NotFoundError
from procedures import access
from procedures.eforms.definition import DefinitionError
from procedures.models import ProcedureVersion
from procedures.simulating import Simulation, mean, simulate
from procedures.territory import Territory

MOST = 10_000
FOR_EACH = 2


class Command(BaseCommand):
    """``manage.py simulate_procedure CODE|--all [--dossiers N] [--seed N] [--json]``."""

    help = "File N made-up dossiers through the form in force; nothing is written. Says steps, typing, unused branches."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which procedure, how many, from which seed."""
        parser.add_argument("code", nargs="?", help="code of the procedure, such as 1.001193")
        parser.add_argument("--all", action="store_true", help="every procedure that takes dossiers, two dossiers each")
        parser.add_argument(
            "--dossiers", type=int, metavar="N", help=f"1 to {MOST}; 100 when left out, {FOR_EACH} of each with --all"
        )
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same dossiers")
        parser.add_argument("--json", action="store_true", help="figures for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Simulate and report."""
        if options["dossiers"] is None:
            options["dossiers"] = FOR_EACH if options["all"] else 100
        if not 1 <= options["dossiers"] <= MOST:
            raise CommandError(f"--dossiers: from 1 to {MOST}")
        if options["all"] == bool(options["code"]):
            raise CommandError("name the code of a procedure, or say --all")
        if options["all"]:
            self._tell(_of_all(options["dossiers"], options["seed"]), options)
            return
        try:
            version = access.get_open_version(options["code"])
        except NotFoundError:
            raise CommandError(f"{options['code']}: no procedure with this code is in force") from None
        done = simulate(version, dossiers=options["dossiers"], seed=options["seed"], on=timezone.localdate())
        if not options["json"]:
            self.stdout.write(f"{options['code']} {version.short_name or version.name}, version {version.number}")
        self._tell(_figures(done), options)

    def _tell(self, figures: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(figures, ensure_ascii=False, indent=2))
            return
        for name, value in figures.items():
            if isinstance(value, list):
                self.stdout.write(f"{name.replace('_', ' ')}: {len(value) or 'none'}")
                for line in value:
                    self.stdout.write(f"  {line}")
            else:
                self.stdout.write(f"{name.replace('_', ' ')}: {value}")


def _of_all(dossiers: int, seed: int) -> dict[str, Any]:
    """Every procedure that takes dossiers, read in lots; one whose form cannot be read is named and stops nothing."""
    today = timezone.localdate()
    territory = Territory(today)
    found = ProcedureVersion.objects.filter(
        current_of__isnull=False, current_of__is_open=True, current_of__is_internal=False
    ).select_related("procedure")
    rows = found.order_by("procedure__code").defer("source_record", "search_text")
    whole, procedures = Simulation(), 0
    refused: list[str] = []
    unreadable: list[str] = []
    for version in rows.prefetch_related("components", "fees").iterator(chunk_size=200):
        code = version.procedure.code
        procedures += 1
        try:
            done = simulate(version, dossiers=dossiers, seed=seed, on=today, territory=territory)
        except (DefinitionError, LookupError, TypeError, ValueError, AttributeError) as error:
            unreadable.append(f"{code}: {type(error).__name__}: {error}")
            continue
        whole.dossiers += done.dossiers
        whole.filed += done.filed
        for name in ("steps", "typed", "prefilled", "papers"):
            getattr(whole, name).update(getattr(done, name))
        if done.refused:
            refused.append(f"{code}: {', '.join(sorted(done.refused))}")
    figures = _figures(whole)
    del figures["branches_never_taken"], figures["answers_refused"]
    return {"procedures": procedures, **figures, "answers_refused": refused, "forms_unreadable": unreadable}


def _figures(done: Simulation) -> dict[str, Any]:
    typed, prefilled = mean(done.typed), mean(done.prefilled)
    return {
        "dossiers": done.dossiers,
        "filed": done.filed,
        "steps_mean": round(mean(done.steps), 1),
        "steps_most": max(done.steps, default=0),
        "controls_typed_mean": round(typed, 1),
        "controls_typed_most": max(done.typed, default=0),
        "fields_prefilled_mean": round(prefilled, 1),
        "papers_mean": round(mean(done.papers), 1),
        "branches_never_taken": done.never(),
        "answers_refused": [f"{path}: {times} dossiers" for path, times in done.refused.most_common()],
    }
