"""Dossiers born in a partner's system: what it reports becomes rows and events here, folded in the source's order.

Nothing is refused for being late or impossible: a late report is kept and moves nothing it may not, a jump that the
table does not know is kept and flagged, since the source may know better and will correct itself (protocol §6.1).
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers import access, finding, passage
from dossiers.lifecycle import NATIONAL_STATUS, STATE_OF_NATIONAL_STATUS, DossierState
from dossiers.models import CodeKind, Dossier, DossierEvent
from dossiers.partners import code_tables, portal_born, result_files, same_dossier, source_record
from dossiers.partners import reported_events as events
from dossiers.partners.folding import Report, step
from dossiers.partners.reported_standing import LINE, is_latest_word, refold, stand, standing_of, was_told_its_end
from dossiers.partners.wire import ProgressLine, ReportedDossier
from portal.agencies.codes import find_agency, is_elsewhere
from portal.agencies.models import Agency, ApiClient
from portal.core import optimistic, writes
from portal.core.errors import NotAllowedError, NotFoundError
from portal.core.rows import JoinedSelect, Part, next_id
from portal.exchange import services as exchange

S = DossierState

MOVED_BY_A_LINE = (
    "state",
    "state_occurred_at",
    "last_sequence",
    "accepted_at",
    "counted_from",
    "clock_stopped_at",
    "finished_at",
    "returned_at",
    "updated_at",
)
"""What a line of progress may change."""

KEPT_AT = "kept_at"
"""Key in the data of an event: since when its record waited in the inbox."""


class ForeignDossierError(NotAllowedError):
    """The dossier is not this partner's, or its agency is not; which of the two is not told."""

    code = "dossier.foreign"
    message = _("Hồ sơ không thuộc phạm vi của hệ thống này.")


def find(client: ApiClient, code: str) -> Dossier | None:
    """The dossier with this code when the partner decides or reported it, for TraCuuHoSo: as over REST, no other."""
    return access.look_up(code, client=client)


@transaction.atomic
def sync_record(
    client: ApiClient, record: ReportedDossier, *, agency: Agency | None = None, kept_at: datetime | None = None
) -> tuple[Dossier, bool]:
    """Take in one dossier of DongBoHoSoMC, whatever isUpdating said: create it or merge it; a resend changes nothing.

    Returns the dossier and whether it is new. `agency` is the one named in the envelope; `kept_at` says since when the
    record waited in the inbox: what was told of the dossier meanwhile is newer. Raises ForeignDossierError for
    what is not this partner's, and AnotherDossierError for a record that bears the code of a dossier filed here and
    tells of another one.
    """
    dossier = _locked(record.code)
    if dossier is None:
        fresh = _first_heard(client, record, agency)
        writes.insert(fresh, ignore_conflicts=True, needs_id=True)
        if fresh.pk is not None:
            with writes.gathered():
                finding.enter(fresh)
                _tell_of_birth(client, fresh, record, kept_at=kept_at)
            _note_gap(client, fresh, record)
            _expect_files(client, fresh, record)
            exchange.hurry_received(record.code)
            return fresh, True
        dossier = _locked(record.code)  # another request was quicker
        if dossier is None:
            raise ForeignDossierError
    if dossier.source_id == client.pk:
        found_by = dossier.applicant_name, dossier.applicant_phone
        with writes.gathered():
            _merge(client, dossier, record, kept_at=kept_at)
            if (dossier.applicant_name, dossier.applicant_phone) != found_by:
                finding.mend(dossier)
        _note_gap(client, dossier, record)
        _expect_files(client, dossier, record)
    elif dossier.source_id is None and dossier.handled_by_id == client.pk:
        same_dossier.check(dossier, record)
        portal_born.report(client, dossier, portal_born.report_of_record(record))
    else:
        raise ForeignDossierError
    return dossier, False


def report_progress(client: ApiClient, line: ProgressLine, *, kept_at: datetime | None = None) -> Dossier:
    """Take in one line of CapNhatTienDoHoSoMC; a resend changes nothing.

    A line without a time is known by its words: after others it is a change back once no retry can be meant any more
    (`reported_events.RETRY_WINDOW`). `kept_at` says since when the line waited in the inbox. Raises NotFoundError when
    the dossier is not known yet, and ForeignDossierError when it is not this partner's.
    """
    is_dated = line.occurred_at is not None and not line.is_dated_here
    return (_appended_unlocked(client, line) if is_dated else None) or _report_locked(client, line, kept_at=kept_at)


def _appended_unlocked(client: ApiClient, line: ProgressLine) -> Dossier | None:
    """A new dated line of a dossier of this partner's, in two statements (docs/adr/0018); None: under the lock."""
    found = _UNLOCKED.first([client.event_source, line.reference, line.code, S.DRAFT, client.pk])
    if found is None:
        return None
    dossier: Dossier
    (event_id, is_known, version), (dossier,) = found
    if is_known:
        return None
    dossier.next_event_ids = (event_id,)
    try:
        with optimistic.attempt(dossier, version):
            _append(client, dossier, line)
    except optimistic.NotAtOneGoError:
        return None
    return dossier


@transaction.atomic
def _report_locked(client: ApiClient, line: ProgressLine, *, kept_at: datetime | None) -> Dossier:
    dossier = _locked(line.code)
    if dossier is None:
        raise NotFoundError(code="dossier.not_found")
    is_undated = line.occurred_at is None
    is_repeated = (is_undated or line.is_dated_here) and events.repeats_a_neighbour(client, dossier, line)
    if is_undated and not is_repeated:  # its reference is its words alone
        said_at = events.last_said_at(client, dossier, line.reference)
        is_repeated = said_at is not None and (kept_at or timezone.now()) - said_at < events.RETRY_WINDOW
        if said_at is not None:
            line = replace(line, reference=f"{line.reference}~{dossier.last_sequence}")
    if dossier.source_id == client.pk:
        if not is_repeated and not events.is_known(client, dossier, line.reference):
            with writes.gathered():
                _append(client, dossier, line)
    elif dossier.source_id is None and dossier.handled_by_id == client.pk:
        take = portal_born.report_repeated if is_repeated else portal_born.report
        take(client, dossier, portal_born.report_of_line(line))
    elif not is_repeated:
        raise ForeignDossierError
    return dossier


_BY_CODE = JoinedSelect(
    [Part("dossier", Dossier)],
    f"FROM {Dossier._meta.db_table} AS dossier WHERE dossier.code = %s AND dossier.state <> %s FOR UPDATE",
    extra=[next_id(DossierEvent)],
)

_UNLOCKED = JoinedSelect(
    [Part("dossier", Dossier)],
    f"FROM {Dossier._meta.db_table} AS dossier WHERE dossier.code = %s AND dossier.state <> %s AND source_id = %s",
    extra=[next_id(DossierEvent), access.IS_REPORTED, optimistic.VERSION.format(alias="dossier")],
)


def _locked(code: str) -> Dossier | None:
    """The row, whose it may be, with an id for the event that is about to be written; its agency is read when needed.

    Joined to it, the agency would be missing where somebody moved the dossier while we waited for the row.
    """
    found = _BY_CODE.first([code, S.DRAFT])
    if found is None:
        return None
    dossier: Dossier
    (event_id,), (dossier,) = found
    dossier.next_event_ids = (event_id,)
    return dossier


def _first_heard(client: ApiClient, record: ReportedDossier, named: Agency | None) -> Dossier:
    """A dossier as first heard of; it is decided by the agency in its code, else the one in the envelope."""
    code = record.agency_code or record.code.split("-")[0]
    own = next((agency for agency in (named, client.agency) if agency is not None and agency.code == code), None)
    place = own or find_agency(code, asker=client.agency)
    if place is None:
        if is_elsewhere(code, client.agency):
            raise ForeignDossierError
        code_tables.note_unknown_agency(client, record.code)
        place = named or client.agency
    if not place.is_within(client.agency):
        raise ForeignDossierError
    dossier = Dossier(code=record.code, source=client, agency=place)
    source_record.describe(dossier, record)
    now = timezone.now()
    at = events.position_of(record.status_at, now) or events.position_of(record.not_before, now)
    stand(dossier, step(standing_of(dossier), Report(record.status, at or now)), position=at)
    return dossier


def _tell_of_birth(client: ApiClient, dossier: Dossier, record: ReportedDossier, *, kept_at: datetime | None) -> None:
    """The first events of a dossier, as far as the record dates them, so that its timeline starts at its beginning."""
    now = timezone.now()
    current, before = S(dossier.state), ""
    for state, at in ((S.SUBMITTED, record.submitted_at), (S.ACCEPTED, record.received_at)):
        if at is not None and at <= now and state != current:
            status = NATIONAL_STATUS[state]
            events.note_state(
                client,
                dossier,
                state,
                Report(status, at),
                before=before,
                data={"reported_status": status, **_waited(kept_at)},
            )
            before = state
    at = events.position_of(record.status_at, now)
    data = events.remarks(record.status, record.status_at, record.problems, now) | _waited(kept_at)
    events.note_state(
        client, dossier, current, Report(record.status, at or now), before=before, reason=record.note, data=data
    )
    writes.update(dossier, ("last_sequence", "updated_at"))


def _merge(client: ApiClient, dossier: Dossier, record: ReportedDossier, *, kept_at: datetime | None) -> None:
    """A dossier told again: newer content replaces, an older status does not.

    Most statuses have no date in a record (protocol §3.3): such a record is as new as it came.
    """
    now = timezone.now()
    before, after = S(dossier.state), STATE_OF_NATIONAL_STATUS[record.status]
    if after == before and dossier.source_record == source_record.masked(record.record):
        return
    at = events.position_of(record.status_at, now)
    data = events.remarks(record.status, record.status_at, record.problems, now) | _waited(kept_at)
    if kept_at is not None and _was_told_since(client, dossier, kept_at):
        events.note(client, dossier, events.UPDATED, at=at or now, data={"late": True, **data}, is_public=False)
    elif after == before:
        source_record.describe(dossier, record)
        if at is not None and standing_of(dossier).is_before(Report(record.status, at)):
            dossier.state_occurred_at = at
        events.note(client, dossier, events.UPDATED, at=now, data=data, is_public=False)
    elif is_latest_word(client, dossier, record.status, at, not_before=events.position_of(record.not_before, now)):
        source_record.describe(dossier, record)
        position = at or max(filter(None, (record.not_before, dossier.state_occurred_at)), default=None)
        stand(dossier, step(standing_of(dossier), Report(record.status, at or now)), position=position)
        data |= events.jump(before, after)
        events.note_state(
            client, dossier, after, Report(record.status, at or now), before=before, reason=record.note, data=data
        )
    elif at is None:  # its state is the dated lines' business; what it says besides is the newest that was told
        if dossier.source_record == source_record.masked(record.record):
            return
        source_record.describe(dossier, record)
        events.note(client, dossier, events.UPDATED, at=now, data=data, is_public=False)
    else:
        reference = f"MC:{at:%Y%m%d%H%M%S}:{record.status}"
        if events.is_known(client, dossier, reference):
            return
        events.note(
            client,
            dossier,
            events.UPDATED,
            at=at,
            data={"late": True, **data},
            reference=reference,
            is_public=False,
        )
    writes.update(dossier, passage.WHOLE)


def _was_told_since(client: ApiClient, dossier: Dossier, kept_at: datetime) -> bool:
    """Whether a whole record came after this one was put aside: lines of progress say less, a mapped code nothing.

    One that was put aside before it and applied since came before it.
    """
    since = dossier.events.filter(source=client.event_source, received_at__gt=kept_at)
    whole = since.exclude(source_reference__startswith=LINE).exclude(data__has_key="mapped")
    waited = whole.values_list(f"data__{KEPT_AT}", flat=True)
    return any(told is None or datetime.fromisoformat(told) > kept_at for told in waited)


def _waited(kept_at: datetime | None) -> dict[str, str]:
    return {} if kept_at is None else {KEPT_AT: kept_at.isoformat()}


def _append(client: ApiClient, dossier: Dossier, line: ProgressLine) -> None:
    """One new line of progress: always an event, and a change of state when it is the latest word."""
    now = timezone.now()
    at = events.position_of(line.occurred_at, now)
    before, after = S(dossier.state), STATE_OF_NATIONAL_STATUS[line.status]
    data = events.remarks(line.status, line.occurred_at, line.problems, now)
    data["official"] = {"name": line.official, "title": line.official_title, "unit": line.unit}
    if line.besides:
        data[events.BESIDES] = source_record.masked(line.besides)
    moves = is_latest_word(client, dossier, line.status, at, not_before=None)
    changes = moves and after != before
    if moves:
        position, standing = at or dossier.state_occurred_at, standing_of(dossier)
        if at is not None and source_record.has_guessed_end(dossier) and not was_told_its_end(client, dossier):
            standing = replace(standing, finished_at=None, returned_at=None)
        stand(dossier, step(standing, Report(line.status, at or now)), position=position)
    elif after != before:
        data["late"] = True
    events.note(
        client,
        dossier,
        events.EVENT_OF_STATE[after] if changes else events.PROGRESS,
        at=at or now,
        from_state=before if changes else "",
        to_state=after if changes else "",
        reason=line.content,
        data=data | (events.jump(before, after) if changes else {}),
        reference=line.reference,
    )
    if not moves:
        refold(client, dossier)
    writes.update(dossier, MOVED_BY_A_LINE)


def _note_gap(client: ApiClient, dossier: Dossier, record: ReportedDossier) -> None:
    if dossier.is_catalogue_gap and record.told_procedure_code:
        code_tables.note_gap(client, CodeKind.PROCEDURE, record.told_procedure_code, example=record.code)


def _expect_files(client: ApiClient, dossier: Dossier, record: ReportedDossier) -> None:
    if record.files and dossier.owner_id is not None and dossier.state in {S.DECIDED, S.RETURNED}:
        told_at = record.finished_at or record.returned_at
        result_files.expect(record.code, client=client, files=record.files, told_at=told_at)
