"""Publish the procedure packs of a folder; running it again changes nothing."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from procedures import bundles, catalogue, questions
from procedures.packs import REFERENCE, PackError, Reference


class Command(BaseCommand):
    """``manage.py load_procedures [FILE OR FOLDER …]``."""

    help = "Publish procedure packs (YAML): unchanged ones are left alone, a changed one is a new version from today."

    def add_arguments(self, parser: CommandParser) -> None:
        """Files or folders; our own packs when none is given."""
        parser.add_argument(
            "paths", nargs="*", type=Path, help="packs or folders of packs (default: procedures/reference/procedures)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load each pack in its own transaction; a bad one is named and does not stop the others."""
        reference = Reference()
        changes: Counter[str] = Counter()
        problems: list[str] = []
        kept: list[str] = []
        try:
            changes["life events"] = catalogue.load_life_events(reference)
            changes["questions"] = questions.load_questions(reference)
        except PackError as error:
            raise CommandError(str(error)) from None
        for path in _files(options["paths"] or [REFERENCE / "procedures"]):
            try:
                loaded = catalogue.load_pack(path, reference=reference, keeps_by_hand=True)
                changes[loaded.change] += 1
                if loaded.change == catalogue.KEPT:
                    kept.append(path.stem)
            except PackError as error:
                problems.append(str(error))
        try:
            bundles.load_bundles(reference)  # when all they are made of is published
        except PackError as error:
            problems.append(str(error))
        self.stdout.write(
            f"procedures: {changes[catalogue.NEW]} new, {changes[catalogue.CHANGED]} changed, "
            f"{changes[catalogue.UNCHANGED]} unchanged"
        )
        if kept:
            self.stdout.write(
                f"{len(kept)} kept as officials wrote them (import_procedure publishes over them): {kept}"
            )
        if problems:
            raise CommandError(f"{len(problems)} packs were not published:\n" + "\n".join(problems))


def _files(paths: list[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise CommandError(f"{path}: no such file or folder")
        files.extend(sorted(path.glob("*.yaml")) if path.is_dir() else [path])
    return files
