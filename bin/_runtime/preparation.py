"""What is done to the database before the portal starts, and which files decide whether it has to be done again."""

from dataclasses import dataclass
from pathlib import Path

from _runtime.paths import ROOT

APPS = ("portal", "procedures", "datastore", "dossiers", "payments")
DATA = {".py", ".yaml", ".yml", ".json", ".jsonl", ".csv", ".txt"}


@dataclass(frozen=True)
class Step:
    """One management command with the folders and files it depends on, as patterns below the clone."""

    name: str
    label: str
    command: tuple[str, ...]
    patterns: tuple[str, ...]

    def sources(self) -> list[Path]:
        """Return the files whose change makes the step due again."""
        found = {path for pattern in self.patterns for path in ROOT.glob(pattern)}
        return [path for path in found if path.suffix in DATA and path.is_file()]


PREPARATION = (
    Step(
        "migrate",
        "Migrating the database",
        ("migrate", "--verbosity=0"),
        ("bin/requirements/run.txt", *(f"{app}/**/migrations/*.py" for app in APPS)),
    ),
    Step(
        "load_reference",
        "Loading agencies, procedures and holidays",
        ("load_reference",),
        (
            "procedures/**/*",
            "portal/agencies/**/*",
            "datastore/reference/*",
            *(f"{app}/**/management/commands/load_*.py" for app in APPS),
        ),
    ),
    Step(
        "load_demo",
        "Loading demo people and dossiers",
        ("load_demo",),
        (
            "portal/site/demo/**/*",
            "portal/site/management/commands/load_demo.py",
            "portal/accounts/demo.py",
            "portal/sandbox/vneid/people.json",
        ),
    ),
)
