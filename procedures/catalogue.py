"""Publishing packs as versions of procedures (bản công bố): unchanged is nothing, changed a new version from a day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from procedures import publication, search_index, version_rows
from procedures.models import Field, LifeEvent, Procedure, ProcedureVersion
from procedures.national import life_events
from procedures.packs import Pack, Reference, read_pack
from procedures.packs.checking import DESK

UNCHANGED, NEW, CHANGED, KEPT = "unchanged", "new", "changed", "kept"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a pack did."""

    version: ProcedureVersion
    change: str
    """``new``, ``changed`` or ``unchanged``."""


def content_sha256(pack: Pack) -> str:
    """The digest of all a pack says, form included: a changed field group changes every procedure that uses it."""
    data = {key: value for key, value in pack.data.items() if key not in version_rows.BESIDE}
    content = {"data": data, "form": pack.form, "applicants": pack.applicants}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def load_pack(
    source: Path | Mapping[str, Any] | Pack,
    *,
    reference: Reference | None = None,
    valid_from: date | None = None,
    keeps_by_hand: bool = False,
) -> Loaded:
    """Publish a pack. Raises PackError with everything that is wrong; then nothing is changed.

    The first version is valid from its publishing decision on, a changed one from ``valid_from`` or today; the version
    before it ends the day before. Open dossiers stay on the version they were filed under.

    ``keeps_by_hand``: a pack that was published before officials wrote the last version is not published over it.
    """
    pack = source if isinstance(source, Pack) else read_pack(source, reference)
    digest = content_sha256(pack)
    unchanged = _unchanged(pack, digest, valid_from) or (_kept(pack) if keeps_by_hand else None)
    return unchanged or _publish(pack, digest, valid_from)


def _unchanged(pack: Pack, digest: str, valid_from: date | None) -> Loaded | None:
    """The version that says the same already: the last one for who names a day, else the one in force."""
    procedure = Procedure.objects.select_related("current").filter(code=pack.code).first()
    if procedure is None:
        return None
    is_last_meant = valid_from is not None or procedure.current is None
    version = procedure.versions.order_by("-number").first() if is_last_meant else procedure.current
    if version is not None and version.content_sha256 == digest:
        if not search_index.is_current(version):
            _fill_audience(version, pack)
            search_index.write(version)
            publication.announce()
        return Loaded(version, UNCHANGED)
    return None


def _kept(pack: Pack) -> Loaded | None:
    """The version that officials wrote last, whatever the pack says since; `import_procedure` publishes over it."""
    last = ProcedureVersion.objects.filter(procedure__code=pack.code).order_by("-number").first()
    if last is None or not (last.published_drafts.exists() or last.published_sheets.exists()):
        return None
    return Loaded(last, KEPT)


@transaction.atomic
def _publish(pack: Pack, digest: str, valid_from: date | None) -> Loaded:
    procedure = _procedure(pack)
    if unchanged := _unchanged(pack, digest, valid_from):  # another loader was faster
        return unchanged
    today = timezone.localdate()
    last = procedure.versions.order_by("-number").first()
    if last is None:
        starts = valid_from or min(_first_day(pack), today)
    else:
        starts = max(valid_from or today, last.valid_from)
        last.valid_to = max(last.valid_from, starts - timedelta(days=1))
        last.save(update_fields=["valid_to"])
    version = version_rows.write(pack, procedure, digest, number=last.number + 1 if last else 1, valid_from=starts)
    procedure.life_events.set(LifeEvent.objects.filter(slug__in=pack.data.get("life_events") or ()))
    if starts <= today:
        procedure.current = version
    procedure.featured_rank = pack.data.get("featured_rank")
    procedure.save(update_fields=["current", "featured_rank"])
    search_index.write(version)
    if starts <= today:  # else once its day has come (`bring_current`): until then the old ones take dossiers
        _replace(version, procedure)
    publication.announce()
    return Loaded(version, CHANGED if last else NEW)


def _first_day(pack: Pack) -> date:
    decision = (pack.data.get("decision") or {}).get("date")
    return date.fromisoformat(decision or pack.data.get("updated_on") or timezone.localdate().isoformat())


def _procedure(pack: Pack) -> Procedure:
    Procedure.objects.select_for_update().filter(code=pack.code).first()  # before the field, as who publishes a draft
    in_field = pack.data["field"]
    named = {"name": in_field["name"]["vi"], "name_en": in_field["name"].get("en", "")}
    if pack.data.get("origin") == DESK:  # what a draft kept of a field's name may be old; others stand under it
        field, _created = Field.objects.get_or_create(code=in_field["code"], defaults=named)
    else:
        field, _created = Field.objects.update_or_create(code=in_field["code"], defaults=named)
    Procedure.objects.get_or_create(code=pack.code, defaults={"field": field})
    procedure = Procedure.objects.select_for_update().get(code=pack.code)
    if procedure.field_id != field.pk:
        procedure.field = field
        procedure.save(update_fields=["field"])
    return procedure


def _fill_audience(version: ProcedureVersion, pack: Pack) -> None:
    """Versions from before there were these columns."""
    version.levels, version.audience = [version.competent_level], version_rows.audience_of(pack)
    version.save(update_fields=["levels", "audience"])


def _replace(version: ProcedureVersion, procedure: Procedure) -> None:
    """Codes this procedure replaced stay known, closed, and lead here."""
    for code in version.sheet.get("replaces") or ():
        Procedure.objects.update_or_create(
            code=code,
            defaults={"is_open": False, "is_closed_by_hand": False, "replaced_by": procedure},
            create_defaults={
                "field": procedure.field,
                "is_open": False,
                "replaced_by": procedure,
            },
        )


@transaction.atomic
def bring_current(today: date | None = None) -> int:
    """Let versions that were published for a later day take their place once the day has come; return how many did.

    Search, lists and the form builder go by ``Procedure.current``; sheets and filings look at the day themselves.
    """
    day = today or timezone.localdate()
    holding = ProcedureVersion.objects.valid_on(day).filter(procedure=OuterRef("pk")).order_by("-number")
    behind = (
        Procedure.objects.filter(current__isnull=False)
        .annotate(holding=Subquery(holding.values("pk")[:1]))
        .filter(holding__isnull=False)
        .exclude(current=F("holding"))
    )
    count = 0
    for procedure in behind.select_for_update(of=("self",)).order_by("pk"):
        procedure.current_id = procedure.holding
        procedure.save(update_fields=["current"])
        _replace(ProcedureVersion.objects.get(pk=procedure.current_id), procedure)
        count += 1
    if count:
        publication.announce()
    return count


def load_life_events(reference: Reference) -> int:
    """Bring the life events up to date; returns how many rows changed."""
    known = {event.slug: event for event in LifeEvent.objects.all()}
    changed = 0
    for item in reference.life_events:
        values = {
            "icon": item["icon"],
            "position": item.get("position", 0),
            "audience": item.get("audience") or [],
            "steps": item.get("steps") or [],
            **version_rows.pair(item, "first", "first"),
            **version_rows.pair(item, "name", "name"),
            **version_rows.pair(item, "description", "description"),
        }
        event = known.get(item["slug"])
        if event is None or any(getattr(event, name) != value for name, value in values.items()):
            LifeEvent.objects.update_or_create(slug=item["slug"], defaults=values)
            changed += 1
    if life_events.assign() or changed:
        publication.announce()
    return changed
