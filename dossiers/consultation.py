"""Asking another agency about a dossier (lấy ý kiến cơ quan phối hợp): question, its papers, answer.

The deciding agency keeps the dossier. Its time runs on while the other one thinks, unless a law that the official names
stops it; either way the four clocks count the wait as the other agency's (dossiers.clocks).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore import grants
from datastore.models import Document
from dossiers import access, consultation_papers, passage
from dossiers.consultation_papers import Kept
from dossiers.models import Consultation, ConsultationSide, Dossier
from dossiers.reasons import clean_reason
from portal.agencies.actors import Actor
from portal.agencies.calendars import work_calendar
from portal.agencies.models import Agency
from portal.core.errors import InvalidInputError, NotFoundError, Text
from portal.core.text import clean_block, clean_line

MOST_AT_ONCE = 10
"""Agencies beside the first that one form asks."""
LONGEST = timedelta(days=366)
"""A later day than this for an answer is a slip of the keyboard."""


def request_consultation(
    code: str,
    *,
    actor: Actor,
    agency: Agency,
    question: str,
    answer_due_on: date,
    legal_basis: str = "",
    papers: Sequence[Kept] = (),
) -> Dossier:
    """Ask another agency (lấy ý kiến), beside others that are asked; it sees dossier and papers until it answers.

    With `legal_basis` the time limit stands still meanwhile; `papers` are the agency's own and go with the question.
    Raises InvalidInputError for the own agency, a closed one, one that is asked already, a day that is past or not
    worked, or papers that cannot go with it; TransitionError where the table forbids the step.
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
                "stops_clock": bool(basis) or _stands(dossier),
                "answer_due_at": due_at.isoformat(),
            },
        )
        row = Consultation.objects.create(
            dossier=dossier,
            agency=agency,
            question=event.reason,
            stops_clock=bool(basis),
            legal_basis=basis,
            asked_at=event.occurred_at,
            answer_due_at=due_at,
        )
        consultation_papers.attach(row, ConsultationSide.QUESTION, papers)
        documents = Document.objects.filter(used_in__dossier=dossier).distinct()
        grants.grant(documents, agency=agency, dossier_code=code, purpose=f"Cho ý kiến về hồ sơ {code}")
        return dossier


def request_consultations(
    code: str, *, actor: Actor, agency: Agency, also: Sequence[Agency] = (), **question: Any
) -> Dossier:
    """Put one question to several agencies at once: to all of them, or where one cannot be asked, to none.

    Raises what request_consultation raises, for one of `also` under that field and with the agency's name.
    """
    with transaction.atomic():
        dossier = request_consultation(code, actor=actor, agency=agency, **question)
        for other in also:
            try:
                dossier = request_consultation(code, actor=actor, agency=other, **question)
            except InvalidInputError as error:
                if "agency" not in error.fields:
                    raise
                texts: list[Text] = [f"{other.name}: {text}" for text in error.fields["agency"]]
                raise InvalidInputError(fields={"also": texts}) from error
        return dossier


def answer_consultation(
    code: str, *, actor: Actor, answer: str, agency: Agency | None = None, papers: Sequence[Kept] = ()
) -> Dossier:
    """Answer as the agency that was asked; after that it sees the dossier no more: its question, answer and `papers`.

    With the last open question the dossier goes back to where it was. `agency` says for which one, where the actor's
    has several below it that are asked; raises InvalidInputError("asked") where it is needed and missing, ("papers")
    for papers that cannot go with the answer.
    """
    with access.locked(code, actor=actor) as dossier:
        within = [row for row in open_ones(dossier) if actor.agency is not None and row.agency.is_within(actor.agency)]
        row = _chosen(within, agency)
        _end_by(row, dossier, "answer_consultation", actor=actor, reason=clean_reason(answer))
        row.answered_at, row.answer = row.ended_at, clean_block(answer)
        row.save(update_fields=["answered_at", "answer"])
        consultation_papers.attach(row, ConsultationSide.ANSWER, papers)
        return dossier


def cancel_consultation(code: str, *, actor: Actor, reason: str, agency: Agency | None = None) -> Dossier:
    """Take the question to one agency back (thu hồi đề nghị cho ý kiến); the dossier goes on without its answer.

    Raises InvalidInputError("asked") where several are asked and none is named.
    """
    with access.locked(code, actor=actor) as dossier:
        row = _chosen(open_ones(dossier), agency)
        _end_by(row, dossier, "cancel_consultation", actor=actor, reason=clean_reason(reason))
        return dossier


def open_ones(dossier: Dossier) -> list[Consultation]:
    """The questions that wait for an answer, first asked first."""
    return list(dossier.consultations.filter(ended_at__isnull=True).select_related("agency"))


def end_open(dossier: Dossier, at: datetime) -> None:
    """End the open questions of a dossier that ended, was decided, or is being withdrawn.

    One that is decided has none, but where the release before this one took an answer: it knew of one question only.
    """
    for row in dossier.consultations.filter(ended_at__isnull=True).select_related("agency"):
        _end(row, at)


def _chosen(rows: list[Consultation], agency: Agency | None) -> Consultation:
    found = [row for row in rows if agency is None or row.agency_id == agency.pk]
    if not found:
        raise NotFoundError(code="dossier.not_found")
    if len(found) > 1:
        raise InvalidInputError(fields={"asked": [_("Nhiều cơ quan đang được hỏi. Hãy chọn một.")]})
    return found[0]


def _end_by(row: Consultation, dossier: Dossier, step: str, *, actor: Actor, reason: str) -> None:
    """End one question by a step; the clock goes on standing as long as another one lets it by law."""
    at = timezone.now()
    _end(row, at)  # first, so that the step sees which agencies are still asked
    passage.apply(
        dossier,
        step,
        actor=actor,
        reason=reason,
        occasion=passage.Occasion(at),
        data={"agency": row.agency.code, "agency_name": row.agency.name, "stops_clock": _stands(dossier)},
    )


def _stands(dossier: Dossier) -> bool:
    """Whether a question that waits for its answer lets the clock stand."""
    return dossier.consultations.filter(ended_at__isnull=True, stops_clock=True).exists()


def _end(row: Consultation, at: datetime) -> None:
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    grants.end(row.dossier.code or "", at=at, agency=row.agency)


def _answer_due_at(dossier: Dossier, agency: Agency, on: date) -> datetime:
    today = timezone.localdate()
    if agency.pk == dossier.agency_id:
        raise InvalidInputError(fields={"agency": [_("Hãy chọn cơ quan khác, đây là cơ quan đang giải quyết.")]})
    if dossier.consultations.filter(ended_at__isnull=True, agency=agency).exists():
        raise InvalidInputError(
            fields={"agency": [_("Cơ quan này đang được hỏi. Hãy chờ trả lời, hoặc thôi hỏi trước.")]}
        )
    if not Agency.objects.valid_on(today).filter(pk=agency.pk).exists():
        raise InvalidInputError(fields={"agency": [_("Cơ quan này không còn hoạt động.")]})
    calendar = work_calendar(agency)
    if on < today or not calendar.is_working_day(on):
        raise InvalidInputError(fields={"answer_due_on": [_("Hãy chọn một ngày làm việc từ hôm nay trở đi.")]})
    if on > today + LONGEST:
        raise InvalidInputError(fields={"answer_due_on": [_("Ngày trả lời quá xa. Hãy xem lại năm.")]})
    return calendar.closing(on)
