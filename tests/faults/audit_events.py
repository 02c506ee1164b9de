"""What a portal holds after the storm of events: `python -m tests.faults.audit_events TALLY SECONDS` prints faults.

Waits for the last piece of work as tests.faults.audit does, then compares every acknowledged event with the rows.
"""

import json
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import django

from tests.faults.audit import difference, wait_for_quiet

CHUNK = 2_000
FORM = "%Y%m%d%H%M%S"
HERE = ZoneInfo("Asia/Ho_Chi_Minh")


def main(tally: dict[str, Any], patience: float) -> None:
    """Print one line of JSON: counts, and what is wrong in words."""
    settled_after, left = wait_for_quiet(patience)
    faults = [f"stuck, nothing moved for {patience:.0f} s: {name}: {count}" for name, count in left.items()]
    reported = tally["pushed"] | tally["asked"]
    faults += [*_steps(reported), *_lines(tally["lines"])]
    counts = {"events by REST": len(tally["pushed"]), "events by asking": len(tally["asked"])}
    counts["lines over the wire"] = sum(map(len, tally["lines"].values()))
    print(json.dumps({"settled_after": round(settled_after, 1), "counts": counts, "faults": faults}))


def _steps(reported: dict[str, str]) -> list[str]:
    """Each reported step is one event, and each dossier is where its steps lead."""
    from dossiers.lifecycle import DossierState
    from dossiers.models import Dossier, DossierEvent

    found: Counter[str] = Counter()
    for codes in _chunks(sorted(set(reported.values()))):
        rows = DossierEvent.objects.filter(dossier__code__in=codes, source__startswith="client:")
        found.update(rows.values_list("source_reference", flat=True))
    faults = difference("steps", set(reported), set(found))
    faults += [f"{reference}: applied {count} times" for reference, count in found.items() if count > 1]
    for codes in _chunks(sorted(set(reported.values()))):
        wrong = Dossier.objects.filter(code__in=codes).exclude(state=DossierState.PROCESSING)
        faults += [f"{code}: {state}" for code, state in wrong.values_list("code", "state")]
        gaps = Dossier.objects.filter(code__in=codes).prefetch_related("events")
        faults += [f"{row.code}: gaps in the sequence" for row in gaps if not _is_gapless(row)]
    return faults


def _is_gapless(dossier: Any) -> bool:
    numbers = sorted(event.sequence for event in dossier.events.all())
    return numbers == list(range(1, dossier.last_sequence + 1))


def _lines(told: dict[str, list[str]]) -> list[str]:
    """Each line is one event of its dossier, which is handed over at the end."""
    from dossiers.lifecycle import DossierState
    from dossiers.models import Dossier, DossierEvent

    faults, found = [], Counter()
    for codes in _chunks(sorted(told)):
        rows = DossierEvent.objects.filter(dossier__code__in=codes, source_reference__startswith="TD:")
        for code, reference in rows.values_list("dossier__code", "source_reference"):
            _kind, stamp, status, _words = reference.split(":")
            found[f"{code} {_as_told(stamp)}:{status}"] += 1
        states = dict(Dossier.objects.filter(code__in=codes).values_list("code", "state"))
        faults += [f"{code}: {states.get(code)}" for code in codes if states.get(code) != DossierState.RETURNED]
    faults += difference("lines", {f"{code} {line}" for code, lines in told.items() for line in lines}, set(found))
    return faults + [f"{name}: written {count} times" for name, count in found.items() if count > 1]


def _as_told(stamp: str) -> str:
    """The moment of a reference as the system wrote it: references count in UTC, systems in Vietnam's time."""
    at = datetime.strptime(stamp, FORM).replace(tzinfo=UTC)
    return at.astimezone(HERE).strftime(FORM)


def _chunks(items: list[str]) -> list[list[str]]:
    return [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]


if __name__ == "__main__":
    django.setup()
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), float(sys.argv[2]))
