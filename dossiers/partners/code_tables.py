"""Code tables of partners' systems (bảng mã): the one in force, its next version, and codes that nobody mapped yet.

A status that says nothing to us keeps its report in quarantine; a procedure or an agency that says nothing is taken in
and flagged. All three are rows of CodeGap, and `replay` does what waited once the code is known.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import finding
from dossiers.models import CodeGap, CodeKind, CodeTable, Dossier
from dossiers.partners import codebook, source_record
from dossiers.partners import reported_events as events
from dossiers.partners.codebook import Codebook
from dossiers.partners.wire import UnmappedCodeError
from portal.accounts.models import User
from portal.agencies.codes import find_agency
from portal.agencies.models import Agency, ApiClient
from portal.core import sweeping
from portal.core.work import ring
from portal.exchange import services as exchange
from procedures.models import Procedure

log = structlog.get_logger(__name__)

REPLAY_BELL = "dossiers.replay_mapped"
GAPS_AT_MOST = 2000
"""A system that sends nonsense in every report must not fill the table."""
_AGENCY_CODE = re.compile(r"\d{3}(\.\d{2,3})+\.[A-Z]\d{2}|[A-Z]\d{2}(\.\d+)*", re.ASCII)

Entry = Mapping[str, str]


def book_of(client: ApiClient) -> Codebook:
    """The code table that counts for a system; empty for nearly all, at the cost of nothing."""
    return _book(client.pk, client.code_version) if client.code_version else codebook.EMPTY


@lru_cache(maxsize=500)
def _book(client_id: int, number: int) -> Codebook:
    # a version never changes, so what was read once stays right
    return Codebook.of(CodeTable.objects.values_list("entries", flat=True).get(client_id=client_id, number=number))


def current(client: ApiClient) -> list[dict[str, str]]:
    """The entries of the version in force."""
    found = CodeTable.objects.filter(client=client, number=client.code_version).first()
    return list(found.entries) if found is not None else []


@transaction.atomic
def publish(client: ApiClient, entries: Sequence[Entry], *, by: User | None) -> int:
    """Put a new version in force and have what waited for it replayed; the same entries make no new version.

    The entries are checked by whoever read them (code_files). Returns the number of the version in force.
    """
    locked = ApiClient.objects.select_for_update(of=("self",)).get(pk=client.pk)
    told = sorted(({name: str(entry.get(name, "")) for name in FIELDS} for entry in entries), key=_position)
    if told == sorted(current(locked), key=_position):
        return locked.code_version
    CodeTable.objects.create(client=locked, number=locked.code_version + 1, entries=told, made_by=by)
    locked.code_version += 1
    locked.save(update_fields=["code_version"])
    client.code_version = locked.code_version
    ring(REPLAY_BELL)
    return locked.code_version


@transaction.atomic
def add(client: ApiClient, entries: Sequence[Entry], *, by: User | None) -> int:
    """Put entries beside those in force, as they are once nobody else writes: what a colleague just mapped stays."""
    locked = ApiClient.objects.select_for_update(of=("self",)).get(pk=client.pk)
    fresh = {_position(entry) for entry in entries}
    kept = [entry for entry in current(locked) if _position(entry) not in fresh]
    client.code_version = locked.code_version
    return publish(client, [*kept, *entries], by=by)


FIELDS = ("kind", "told", "ours", "note")


def _position(entry: Entry) -> tuple[str, str]:
    return entry["kind"], codebook.key(entry["told"])


def open_gaps(client: ApiClient) -> QuerySet[CodeGap]:
    """Codes of a system that said nothing to us and whose reports were not replayed yet."""
    return CodeGap.objects.filter(client=client, resolved_at__isnull=True)


def unmapped(client: ApiClient) -> list[CodeGap]:
    """Those of them that the table in force does not name either."""
    book = book_of(client)
    return [gap for gap in open_gaps(client) if not book.find(gap.kind, gap.told)]


def quarantine(
    client: ApiClient, error: UnmappedCodeError, *, service: str, subject: str, payload: dict[str, Any]
) -> None:
    """Keep a report whose code is unknown until the code table names it."""
    with transaction.atomic():
        exchange.quarantine(
            client=client,
            service=service,
            subject=subject,
            payload=payload,
            reason=reason_of(error),
            waits_for=waits_for(error.kind, error.told),
        )
        note_gap(client, error.kind, error.told, example=subject)


def reason_of(error: UnmappedCodeError) -> str:
    """Why the report waits, and what lets it go on."""
    return _("%(problem)s. Báo cáo được giữ lại; ánh xạ mã này trong bảng mã của hệ thống thì Cổng tự xử lý.") % {
        "problem": str(error)
    }


def waits_for(kind: str, told: str) -> str:
    """The key under which reports wait for a code."""
    return f"{kind}:{codebook.key(told)}"


def note_gap(client: ApiClient, kind: str, told: str, *, example: str) -> None:
    """Remember that a code says nothing to us; once, however often it comes."""
    told = told[: codebook.TOLD_LENGTH]
    known = CodeGap.objects.filter(client=client, kind=kind, told=told).only("resolved_at").first()
    if known is not None and known.resolved_at is not None:
        CodeGap.objects.filter(pk=known.pk).update(resolved_at=None, example=example[:60])
    elif known is None and open_gaps(client).count() < GAPS_AT_MOST:
        gap = CodeGap(client=client, kind=kind, told=told, example=example[:60])
        CodeGap.objects.bulk_create([gap], ignore_conflicts=True)


def note_unknown_agency(client: ApiClient, dossier_code: str) -> None:
    """Note the beginning of a dossier's code where it has the form of an agency's code and names none we know."""
    told = dossier_code.split("-")[0].strip()
    if _AGENCY_CODE.fullmatch(told.upper()):
        note_gap(client, CodeKind.AGENCY, told, example=dossier_code)


def replay() -> int:
    """Do what waited for codes that are known by now; return how many gaps were closed. Safe to run twice."""
    _release_latecomers()
    open_gaps = CodeGap.objects.filter(resolved_at__isnull=True).select_related("client__agency").order_by("pk")
    return sweeping.each(open_gaps, _replay_one, sweep="dossiers.replay_mapped", name=lambda gap: gap.pk)


def _replay_one(gap: CodeGap) -> bool:
    ours = book_of(gap.client).find(gap.kind, gap.told)
    if not _is_done(gap, ours):
        return False
    CodeGap.objects.filter(pk=gap.pk).update(resolved_at=timezone.now())
    log.info("codes.replayed", client_id=gap.client_id, kind=gap.kind, told=gap.told)
    return True


def _release_latecomers() -> None:
    """Reports that were read by the old table while the new one was put in force: their gap is closed already."""
    for client, waited in exchange.waiting():
        kind, _colon, told = waited.partition(":")
        if book_of(client).find(kind, told):
            exchange.release(client, waited)


def _is_done(gap: CodeGap, ours: str) -> bool:
    if gap.kind == CodeKind.STATUS:
        if not ours:
            return False
        exchange.release(gap.client, waits_for(gap.kind, gap.told))
        return True
    if gap.kind == CodeKind.PROCEDURE:
        return _tie_procedures(gap, ours or gap.told)  # the catalogue may have learnt the code meanwhile, too
    place = find_agency(ours or gap.told)
    if place is None or not place.is_within(gap.client.agency):
        return False
    _move(gap, place)
    return True


def _tie_procedures(gap: CodeGap, code: str) -> bool:
    lost = Dossier.objects.filter(source=gap.client, is_catalogue_gap=True, procedure_code=gap.told[:60])
    if not Procedure.objects.filter(code=code, current__isnull=False).exists():
        return False
    for pk in _ids(lost):
        with transaction.atomic():
            dossier = lost.filter(pk=pk).select_for_update(of=("self",)).first()
            if dossier is not None:
                source_record.describe_procedure(dossier, code)
                _note(gap, dossier, code)
    return True


def _move(gap: CodeGap, place: Agency) -> None:
    elsewhere = Dossier.objects.filter(source=gap.client, code__startswith=f"{gap.told}-").exclude(agency=place)
    for pk in _ids(elsewhere):
        with transaction.atomic():
            dossier = elsewhere.filter(pk=pk).select_for_update(of=("self",)).first()
            if dossier is not None:
                dossier.agency = place
                finding.move(dossier)
                _note(gap, dossier, place.code)


def _ids(found: QuerySet[Dossier]) -> list[int]:
    return list(found.order_by("pk").values_list("pk", flat=True))


def _note(gap: CodeGap, dossier: Dossier, ours: str) -> None:
    mapped = {"mapped": {"kind": gap.kind, "told": gap.told, "ours": ours}}
    events.note(gap.client, dossier, events.UPDATED, at=timezone.now(), data=mapped, is_public=False)
    dossier.save()
