"""File made-up dossiers through a procedure's form and say what they went through."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.core.errors import NotFoundError
from procedures import access
from procedures.simulating import Simulation, mean, simulate

MOST = 10_000


class Command(BaseCommand):
    """``manage.py simulate_procedure CODE [--dossiers N] [--seed N] [--json]``."""

    help = "File N made-up dossiers through the form in force; nothing is written. Says steps, typing, unused branches."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which procedure, how many, from which seed."""
        parser.add_argument("code", help="code of the procedure, such as 1.001193")
        parser.add_argument("--dossiers", type=int, default=100, metavar="N", help=f"1 to {MOST}, 100 when left out")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same dossiers")
        parser.add_argument("--json", action="store_true", help="figures for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Simulate and report."""
        if not 1 <= options["dossiers"] <= MOST:
            raise CommandError(f"--dossiers: from 1 to {MOST}")
        try:
            version = access.get_open_version(options["code"])
        except NotFoundError:
            raise CommandError(f"{options['code']}: no procedure with this code is in force") from None
        done = simulate(version, dossiers=options["dossiers"], seed=options["seed"], on=timezone.localdate())
        figures = _figures(done)
        if options["json"]:
            self.stdout.write(json.dumps(figures, ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"{options['code']} {version.short_name or version.name}, version {version.number}")
        for name, value in figures.items():
            if isinstance(value, list):
                self.stdout.write(f"{name.replace('_', ' ')}: {len(value) or 'none'}")
                for line in value:
                    self.stdout.write(f"  {line}")
            else:
                self.stdout.write(f"{name.replace('_', ' ')}: {value}")


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
