"""Dossiers filed here and decided in a system that speaks the wire format: statuses become steps of the table.

A status says where the partner stands, not which step it took; the steps between are taken one by one through the same
services as over REST. What the table does not allow is kept as an event with a flag for the desk, never dropped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers import passage, services
from dossiers.lifecycle import STATE_OF_NATIONAL_STATUS, TRANSITIONS, DossierState
from dossiers.models import Dossier, ResultIssue
from dossiers.partners import result_files
from dossiers.partners.reported_events import BESIDES, UNREAD
from dossiers.partners.source_record import masked
from dossiers.partners.status_events import apply_partner_event
from dossiers.partners.wire import ProgressLine, ReportedDossier, ReportedFile, besides_status
from dossiers.passage import Occasion
from portal.agencies.actors import Actor
from portal.agencies.models import ApiClient
from portal.core.errors import PortalError
from portal.core.work import WorkState

S = DossierState

NO_REASON = _("Cơ quan giải quyết không nêu lý do.")

STEPS: dict[tuple[DossierState, DossierState], tuple[str, ...]] = {
    (S.SUBMITTED, S.ACCEPTED): ("accept",),
    (S.SUBMITTED, S.REFUSED): ("refuse_intake",),
    (S.SUBMITTED, S.PROCESSING): ("accept", "start_processing"),
    (S.SUBMITTED, S.AWAITING_SUPPLEMENT): ("request_supplement",),
    (S.SUBMITTED, S.STOPPED): ("accept", "stop"),
    (S.SUBMITTED, S.DECIDED): ("accept", "approve"),
    (S.SUBMITTED, S.RETURNED): ("accept", "approve"),
    (S.ACCEPTED, S.PROCESSING): ("start_processing",),
    (S.ACCEPTED, S.AWAITING_SUPPLEMENT): ("request_supplement",),
    (S.ACCEPTED, S.REFUSED): ("stop",),
    (S.ACCEPTED, S.STOPPED): ("stop",),
    (S.ACCEPTED, S.DECIDED): ("approve",),
    (S.ACCEPTED, S.RETURNED): ("approve",),
    (S.PROCESSING, S.AWAITING_SUPPLEMENT): ("request_supplement",),
    (S.PROCESSING, S.REFUSED): ("stop",),
    (S.PROCESSING, S.STOPPED): ("stop",),
    (S.PROCESSING, S.DECIDED): ("approve",),
    (S.PROCESSING, S.RETURNED): ("approve",),
    (S.AWAITING_SUPPLEMENT, S.STOPPED): ("stop",),
    (S.AWAITING_PAYMENT, S.STOPPED): ("stop",),
    (S.WITHDRAWAL_REQUESTED, S.STOPPED): ("confirm_withdrawal",),
    (S.WITHDRAWAL_REQUESTED, S.ACCEPTED): ("refuse_withdrawal",),
    (S.WITHDRAWAL_REQUESTED, S.PROCESSING): ("refuse_withdrawal",),
    (S.DECIDED, S.RETURNED): ("return_result",),
}
"""Which steps lead from where the dossier stands here to where the partner says it stands.

A decision is followed by the hand-over that the portal makes by itself once the result lies in the store.
"""

GOES_ON = frozenset({S.ACCEPTED, S.PROCESSING, S.DECIDED, S.RETURNED})
WITH_RESULT = frozenset({S.DECIDED, S.RETURNED})
NEEDS_REASON = frozenset({name for name, row in TRANSITIONS.items() if row.needs_reason})

HARMLESS = {
    (S.PROCESSING, S.ACCEPTED),
    (S.DECIDED, S.ACCEPTED),
    (S.DECIDED, S.PROCESSING),
    (S.RETURNED, S.ACCEPTED),
    (S.RETURNED, S.DECIDED),
    (S.RETURNED, S.PROCESSING),
    (S.STOPPED, S.AWAITING_SUPPLEMENT),
    (S.REFUSED, S.AWAITING_SUPPLEMENT),
}
"""Reports that say less than is known: OpenCPS folds 4, 6, 9, 10 into 2 and 3, 7, 8 into 5 (protocol §3.5)."""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """Where a partner says that a dossier of ours stands."""

    status: int
    occurred_at: datetime | None
    reference: str
    reason: str
    official: Mapping[str, str]
    due_at: datetime | None = None
    files: tuple[ReportedFile, ...] = ()
    remarks: Mapping[str, Any] = field(default_factory=dict)
    """What its event keeps besides: fields that could not be read, and what has no place here."""


def report_of_line(line: ProgressLine) -> StatusReport:
    """A progress line, or DongBoTrangThaiHoSo, as a status report."""
    return StatusReport(
        status=line.status,
        occurred_at=line.occurred_at,
        reference=line.reference,
        reason=line.content,
        official={"name": line.official, "title": line.official_title, "unit": line.unit},
        files=line.files,
        remarks=_remarks(line.problems, line.besides),
    )


def report_of_record(record: ReportedDossier) -> StatusReport:
    """A dossier of DongBoHoSoMC as a status report."""
    at = record.status_at
    return StatusReport(
        status=record.status,
        occurred_at=at,
        reference=f"MC:{at:%Y%m%d%H%M%S}:{record.status}" if at else "",
        reason=record.note,
        official={},
        due_at=record.due_at,
        files=record.files,
        remarks=_remarks(record.problems, besides_status(record)),
    )


def _remarks(problems: Sequence[str], besides: Mapping[str, Any]) -> dict[str, Any]:
    unread = {UNREAD: list(problems)} if problems else {}
    return {**unread, BESIDES: masked(besides)} if besides else unread


def report(client: ApiClient, dossier: Dossier, told: StatusReport) -> None:
    """Bring a locked dossier to where its partner says it stands, or keep the report with a flag; a resend is idle."""
    source = client.event_source
    if told.reference and dossier.events.filter(source=source, source_reference=told.reference).exists():
        return
    now = timezone.now()
    at = min(told.occurred_at or now, now)
    before, target = S(dossier.state), STATE_OF_NATIONAL_STATUS[told.status]
    flags: dict[str, Any] = {}
    if _is_late(dossier, source, told.occurred_at):
        flags["late"] = True
    else:
        try:
            is_told, standing = _walk(client, dossier, told, target, at=at)
        except PortalError as error:
            is_told, standing = False, before
            flags["refused_because"] = str(error.message)
        if is_told:
            return
        if standing != target and (standing, target) not in HARMLESS and not _awaits_result(dossier):
            flags["unexpected"] = f"{before}>{target}"
        dossier.refresh_from_db(fields=["last_sequence"])
    if not told.reference and not flags:
        return  # a record without a date that says nothing new
    data = {"reported_status": told.status, "official": dict(told.official), **told.remarks, **flags}
    passage.record(
        dossier,
        "dossier.progress_reported",
        actor=Actor.partner(client),
        reason=told.reason,
        occasion=Occasion(at, source, told.reference, data),
    )
    dossier.save(update_fields=["last_sequence", "updated_at"])


def report_repeated(client: ApiClient, dossier: Dossier, told: StatusReport) -> None:
    """Take in what a locked dossier's partner said in these words before: a retry is idle, what it brings anew is not.

    Papers may follow a decision in its own words. And where somebody else moved the dossier since, so that the status
    leads on from there, it is a step of its own: a second request for papers after the first was answered. Not so one
    without a time: the client that pushes its last line again asks for nothing.
    """
    if (
        told.occurred_at is not None
        and leads_to(dossier, told.status)
        and _was_moved_since(dossier, client.event_source)
    ):
        report(client, dossier, told)
    elif told.files and {S(dossier.state), STATE_OF_NATIONAL_STATUS[told.status]} <= WITH_RESULT:
        result_files.expect(dossier.code or "", client=client, files=told.files, told_at=told.occurred_at)


def _was_moved_since(dossier: Dossier, source: str) -> bool:
    """Whether a step of anybody else followed the last that this source told."""
    said = dossier.events.filter(source=source).exclude(source_reference="").order_by("-sequence").first()
    others = dossier.events.exclude(source=source).exclude(to_state="")
    return said is None or others.filter(sequence__gt=said.sequence).exists()


def leads_to(dossier: Dossier, status: int) -> bool:
    """Whether steps lead from where a dossier stands to this status: what says less than is known leads nowhere."""
    standing, target = S(dossier.state), STATE_OF_NATIONAL_STATUS[status]
    return (standing, target) in STEPS or (standing == S.AWAITING_SUPPLEMENT and target in GOES_ON)


def _is_late(dossier: Dossier, source: str, occurred_at: datetime | None) -> bool:
    """Whether the partner itself already told of something later; our own clock is not compared with its."""
    if occurred_at is None:
        return False
    moved = dossier.events.filter(source=source).exclude(to_state="").order_by("-occurred_at").first()
    return moved is not None and occurred_at.replace(microsecond=0) < moved.occurred_at.replace(microsecond=0)


def _walk(
    client: ApiClient, dossier: Dossier, told: StatusReport, target: DossierState, *, at: datetime
) -> tuple[bool, DossierState]:
    """Take the steps that lead to a state, all or none; return whether an event carries the report, and the state."""
    code, standing = dossier.code or "", S(dossier.state)
    with transaction.atomic():
        if told.files and {standing, target} <= WITH_RESULT:
            # papers that come after the decision, or that were corrected
            result_files.expect(code, client=client, files=told.files, told_at=told.occurred_at)
        if standing == S.AWAITING_SUPPLEMENT and target in GOES_ON:
            # the papers came by another way, such as over the agency's own counter
            standing = S(services.supplement(code, actor=Actor.partner(client), answer=_reason(told)).state)
        elif standing == S.DECIDED and target == S.RETURNED and _awaits_result(dossier):
            return False, standing  # the portal hands over by itself, once the paper is there
        steps = STEPS.get((standing, target), ())
        last = told.reference or f"MC:{timezone.now():%Y%m%d%H%M%S%f}:{told.status}"
        for position, step in enumerate(steps, start=1):
            is_last = position == len(steps)
            moved, _event, _is_new = apply_partner_event(
                code,
                client=client,
                event=step,
                occurred_at=at,
                reference=last if is_last else f"{last}~{position}",
                reason=_reason(told) if step in NEEDS_REASON else told.reason,
                data={"official": told.official, "due_at": told.due_at, "remarks": told.remarks if is_last else {}},
            )
            standing = S(moved.state)
        if "approve" in steps and told.files:
            result_files.expect(code, client=client, files=told.files, told_at=told.occurred_at)
    return bool(steps), standing


def _reason(told: StatusReport) -> str:
    return told.reason.strip() or str(NO_REASON)


def _awaits_result(dossier: Dossier) -> bool:
    if dossier.state != S.DECIDED or dossier.result_document_id is not None:
        return False
    return ResultIssue.objects.filter(dossier=dossier).exclude(work_state=WorkState.DONE).exists()
