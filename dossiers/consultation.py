"""Asking another agency about a dossier (lấy ý kiến cơ quan phối hợp): question, its papers, answer.

The deciding agency keeps the dossier. Its time runs on while the other one thinks, unless a law that the official names
stops it; either way the four clocks count the wait as the other agency's (dossiers.clocks).
"""

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore import grants
from datastore.models import Document
from dossiers import access, passage
from dossiers.models import Consultation, Dossier
from dossiers.reasons import clean_reason
from portal.agencies.actors import Actor
from portal.agencies.calendars import work_calendar
from portal.agencies.models import Agency
from portal.core.errors import InvalidInputError, NotFoundError
from portal.core.text import clean_block, clean_line

LONGEST = timedelta(days=366)
"""A later day than this for an answer is a slip of the keyboard."""


def request_consultation(
    code: str, *, actor: Actor, agency: Agency, question: str, answer_due_on: date, legal_basis: str = ""
) -> Dossier:
    """Ask another agency (lấy ý kiến); it sees this dossier and its papers until it answers.

    With `legal_basis` the time limit stands still meanwhile. Raises InvalidInputError for the own agency, a closed one,
    or a day that is past or not worked; TransitionError where the table forbids the step.
    """
    with access.locked(code, actor=actor) as dossier:
        due_at = _answer_due_at(dossier, agency, answer_due_on)
        basis = clean_line(legal_basis)[:200]
        event = passage.apply(
            dossier,
            "request_consultation",
            actor=actor,
            reason=clean_reason(question),
            data={
                "agency": agency.code,
                "agency_name": agency.name,
                "stops_clock": bool(basis),
                "answer_due_at": due_at.isoformat(),
            },
        )
        Consultation.objects.create(
            dossier=dossier,
            agency=agency,
            question=event.reason,
            stops_clock=bool(basis),
            legal_basis=basis,
            asked_at=event.occurred_at,
            answer_due_at=due_at,
        )
        documents = Document.objects.filter(used_in__dossier=dossier).distinct()
        grants.grant(documents, agency=agency, dossier_code=code, purpose=f"Cho ý kiến về hồ sơ {code}")
        return dossier


def answer_consultation(code: str, *, actor: Actor, answer: str) -> Dossier:
    """Answer as the agency that was asked; the dossier goes back to where it was, and the papers are closed again."""
    with access.locked(code, actor=actor) as dossier:
        row = _open_row(dossier)
        if actor.agency is None or not row.agency.is_within(actor.agency):
            raise NotFoundError(code="dossier.not_found")
        event = passage.apply(
            dossier,
            "answer_consultation",
            actor=actor,
            reason=clean_reason(answer),
            data={"agency": row.agency.code, "agency_name": row.agency.name},
        )
        row.answered_at, row.answer = event.occurred_at, clean_block(answer)
        _end(row, event.occurred_at)
        return dossier


def cancel_consultation(code: str, *, actor: Actor, reason: str) -> Dossier:
    """Take the question back (thu hồi đề nghị cho ý kiến); the dossier goes on without the answer."""
    with access.locked(code, actor=actor) as dossier:
        row = _open_row(dossier)
        event = passage.apply(dossier, "cancel_consultation", actor=actor, reason=clean_reason(reason))
        _end(row, event.occurred_at)
        return dossier


def end_open(dossier: Dossier, at: datetime) -> None:
    """End an open question because the dossier itself ended or is being withdrawn."""
    for row in dossier.consultations.filter(ended_at__isnull=True).select_related("agency"):
        _end(row, at)


def _open_row(dossier: Dossier) -> Consultation:
    row = dossier.consultations.select_related("agency").filter(ended_at__isnull=True).first()
    if row is None:
        raise NotFoundError(code="dossier.not_found")
    return row


def _end(row: Consultation, at: datetime) -> None:
    row.ended_at = at
    row.save(update_fields=["answered_at", "answer", "ended_at"])
    grants.end(row.dossier.code or "", at=at, agency=row.agency)


def _answer_due_at(dossier: Dossier, agency: Agency, on: date) -> datetime:
    today = timezone.localdate()
    if agency.pk == dossier.agency_id:
        raise InvalidInputError(fields={"agency": [_("Hãy chọn cơ quan khác, đây là cơ quan đang giải quyết.")]})
    if not Agency.objects.valid_on(today).filter(pk=agency.pk).exists():
        raise InvalidInputError(fields={"agency": [_("Cơ quan này không còn hoạt động.")]})
    calendar = work_calendar(agency)
    if on < today or not calendar.is_working_day(on):
        raise InvalidInputError(fields={"answer_due_on": [_("Hãy chọn một ngày làm việc từ hôm nay trở đi.")]})
    if on > today + LONGEST:
        raise InvalidInputError(fields={"answer_due_on": [_("Ngày trả lời quá xa. Hãy xem lại năm.")]})
    return calendar.closing(on)
