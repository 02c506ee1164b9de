"""What the workbench of one dossier shows (bàn giải quyết): papers, answers, history, clocks, letters, messages."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from datastore.models import DocumentFile, Grant
from dossiers import (
    at_hand,
    bundle_reading,
    clock_reading,
    common_limit,
    component_checks,
    draft_changes,
    draft_checks,
    due_explanation,
    facts,
    issued_papers,
    number_assignment,
    paper_gaps,
    person_numbers,
    request_pictures,
    superseding,
    timeline,
    turns,
    watch,
)
from dossiers.lifecycle import BEFORE_DECISION, FINISHED_STATES, OPEN_STATES, DossierState
from dossiers.models import Consultation, Dossier, DossierEvent, PersonNumber, ResultIssue, SupplementRequest
from dossiers.paper_statements import Statement
from portal.accounts.models import User
from portal.agencies import absences
from portal.agencies.actors import Actor, ActorKind
from portal.backoffice import bench_fees, events_in_hand, history_rows, opinions, passages, stage_cards, steps
from portal.backoffice.due import DueDates
from portal.backoffice.officials import Official
from portal.backoffice.opinions import INLINE_TYPES, OpinionPaper, Shown
from portal.core.masking import hide_numbers, mask_personal_id
from portal.core.work import WorkState
from portal.exchange.models import OutboxMessage
from procedures import eforms

REVEAL_LASTS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Paper:
    """One file of a component, with how it can be shown."""

    file: DocumentFile
    shown_as: str
    is_open: bool

    @property
    def name(self) -> str:
        """As it came."""
        return self.file.name

    @property
    def url(self) -> str:
        """Where the store gives it out."""
        return reverse("datastore:file", args=[self.file.pk])


NOTHING_SHOWN = Shown()


def context(official: Official, dossier: Dossier, *, shown: Shown = NOTHING_SHOWN) -> dict[str, Any]:
    """Everything the workbench shows except the steps."""
    if at_hand.of(dossier, at_hand.EVENTS) is None:
        at_hand.read(dossier)
    events: list[DossierEvent] = at_hand.of(dossier, at_hand.EVENTS) or []
    questions_of: list[Consultation] = at_hand.of(dossier, at_hand.CONSULTATIONS) or []
    is_only_asked = opinions.is_only_asked(official, dossier, questions_of)
    if is_only_asked:  # what the deciding agency's officials write to each other is no news outside it
        events = events_in_hand.told_to_asked(events)
    is_revealed = has_revealed(events, official)
    granted = _granted_documents(dossier)
    components = _components(dossier, granted)
    questions = opinions.rows(official, dossier, questions_of)
    between = opinions.papers_of(questions)
    answers = any(actor.kind == ActorKind.CONSULTED for actor in official.actors_for(dossier))
    put_to_us = opinions.put_to(official, questions, may_answer=answers) if is_only_asked else []
    requests = list(dossier.supplement_requests.all())
    shots = request_pictures.of(requests)
    changes = _changes(dossier, is_revealed=is_revealed)
    was_proposed = any(event.name == "dossier.proposed" for event in events)
    reads_gaps = was_proposed or (official.is_leader and not is_only_asked)
    gaps = _gaps(dossier, is_revealed=is_revealed) if reads_gaps else []
    waiting = timeline.still_asked(events, dossier)
    owed = list(dossier.obligations.all().order_by("id"))
    return {
        "dossier": dossier,
        "due": DueDates().of(dossier),
        "components": components,
        "viewed": _viewed(components, between, shown),
        "looked_at": component_checks.summary(row["component"] for row in components),
        "can_see_papers": (can_see := any(paper.is_open for row in components for paper in row["papers"])),
        "has_viewer": can_see or bool(between),
        "sections": _sections(dossier, changes, gaps, is_revealed=is_revealed),
        "register": {
            "written": [gap for gap in gaps if gap.text],
            "left_out": ", ".join(gap.label for gap in gaps if not gap.text),
        },
        "applicant": _applicant(dossier, is_revealed=is_revealed),
        "is_revealed": is_revealed,
        "history": [history_rows.row(event, dossier, waiting) for event in reversed(events)],
        "obligations": owed,
        **bench_fees.still_open(dossier, owed, is_asked_only=is_only_asked),
        **bench_fees.not_charged(dossier, owed),
        "standing": superseding.standing(dossier) if dossier.state in OPEN_STATES else [],
        "letters": _letters(dossier),
        "held": list(dossier.held_papers.order_by("said_at", "pk")),
        "requests": [{"asked": asked, "items": request_pictures.with_shots(asked, shots)} for asked in requests],
        "waiting_for": _waiting_for(dossier, requests, events, shots),
        "withdrawal": events_in_hand.withdrawal(dossier, events),
        "limits": due_explanation.limits(dossier, for_official=True),
        "outbox": _outbox(dossier),
        "result": (result := _result(dossier)),
        "result_opens": issued_papers.opens(result.document if result else None),
        "is_void": turns.is_void(dossier),
        "is_finished": dossier.state in FINISHED_STATES,
        "is_clock_stopped": dossier.clock_stopped_at is not None,
        "clocks": clock_reading.of(dossier, timezone.now()),
        "alerts": [
            {"words": watch.label(row.rule, dossier, row.limit_at), "at": row.raised_at}
            for row in ([] if is_only_asked else dossier.alerts.order_by("raised_at"))
        ],
        "is_only_asked": is_only_asked,
        "put_to_us": put_to_us,
        "consultations": [row for row in questions if row["asked"] not in {each["asked"] for each in put_to_us}],
        "decided_by": steps.decided_by(dossier),
        "can_be_assigned": dossier.state in OPEN_STATES and steps.decided_by(dossier) is None,
        "officials": (officials := absences.named(passages.working_posts_at(dossier.agency))),
        "handler_who_left": _who_left(dossier, officials),
        "proposal": events_in_hand.proposal(events),
        "given_back": events_in_hand.given_back(events),
        "stages": [] if is_only_asked else stage_cards.lines(dossier),
        **_draft(dossier),
        "draft_changes": changes,
        "person_number": _person_number(dossier, is_revealed=is_revealed),
        "beside": bundle_reading.beside(dossier, timezone.now()),
        "common_limit": common_limit.words(whole) if (whole := common_limit.of(dossier)) else "",
    }


def _who_left(dossier: Dossier, officials: list[tuple[int, str]]) -> User | None:
    """The handler who works here no more: still named, so that a step beside the list takes nothing from anybody."""
    return dossier.assignee if dossier.assignee_id not in {None, *(pk for pk, _name in officials)} else None


def _granted_documents(dossier: Dossier) -> set[int]:
    """Documents that the deciding agency may read for this dossier now."""
    now = timezone.now()
    rows = Grant.objects.filter(dossier_code=dossier.code, revoked_at__isnull=True).values_list(
        "document_id", "expires_at"
    )
    return {document_id for document_id, expires_at in rows if expires_at is None or expires_at > now}


def _components(dossier: Dossier, granted: set[int]) -> list[dict[str, Any]]:
    components = list(dossier.components.select_related("document", "check_mark").order_by("supplement_round", "id"))
    files: dict[int, list[DocumentFile]] = {}
    for file in DocumentFile.objects.filter(
        document__in=[component.document_id for component in components]
    ).select_related("blob"):
        files.setdefault(file.document_id, []).append(file)
    return [
        {
            "component": component,
            "mark": component_checks.of(component),
            "papers": [
                Paper(file, INLINE_TYPES.get(file.blob.content_type, ""), component.document_id in granted)
                for file in files.get(component.document_id, [])
            ],
        }
        for component in components
    ]


def _viewed(components: list[dict[str, Any]], between: list[OpinionPaper], shown: Shown) -> Paper | OpinionPaper | None:
    """The file in the viewer: one between agencies, or one of the applicant's papers."""
    papers: list[Paper] = [paper for row in components for paper in row["papers"] if paper.is_open]
    mine = (paper for paper in papers if str(paper.file.pk) == shown.paper and paper.shown_as)
    theirs = (paper for paper in between if str(paper.pk) == shown.opinion and paper.shown_as)
    return next(theirs, None) or next(mine, None)


def _changes(dossier: Dossier, *, is_revealed: bool) -> list[draft_changes.Change]:
    """What was put right on the draft, numbers masked like everywhere."""
    changes = draft_changes.of(dossier) if draft_checks.is_offered(dossier) else []
    if is_revealed:
        return changes
    return [replace(each, old=hide_numbers(each.old), new=hide_numbers(each.new)) for each in changes]


def _gaps(dossier: Dossier, *, is_revealed: bool) -> list[Statement]:
    """What the coming paper would leave out, and what was written for it from the register, numbers masked.

    Written with a proposal and read by who decides: before the first one nobody else is shown any of it.
    """
    gaps = paper_gaps.of(dossier) if dossier.state in BEFORE_DECISION else []
    return gaps if is_revealed else [replace(gap, text=hide_numbers(gap.text)) for gap in gaps]


def _sections(
    dossier: Dossier, changes: list[draft_changes.Change], gaps: list[Statement], *, is_revealed: bool
) -> list[dict[str, Any]]:
    version = dossier.procedure_version
    if version is None:
        return []
    rows = []
    for section in eforms.summary(eforms.form_for(version), dossier.answers, "vi", filled_only=True):
        cells = [
            {
                "key": label,
                "value": str(value) if is_revealed else hide_numbers(str(value)),
                "source": facts.words_to_officials(dossier.answer_sources.get(key, "")),
                "corrected": "; ".join(each.new for each in changes if each.key.partition(".")[0] == key),
                "registered": "; ".join(gap.text for gap in gaps if gap.text and gap.key.partition(".")[0] == key),
            }
            for key, label, value in section.rows
        ]
        rows.append({"title": section.title, "rows": cells})
    return _on_cards(rows)


def _on_cards(sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sections of one line each that follow each other stand on one card, under all of their titles."""
    cards: list[dict[str, Any]] = []
    for section in sections:
        is_short = len(section["rows"]) == 1
        if is_short and cards and cards[-1]["is_short"]:
            cards[-1]["title"] = " · ".join(filter(None, [cards[-1]["title"], section["title"]]))
            cards[-1]["rows"] += section["rows"]
        else:
            cards.append({**section, "is_short": is_short})
    return cards


def _applicant(dossier: Dossier, *, is_revealed: bool) -> dict[str, str]:
    number = dossier.applicant_id or ""
    return {
        "name": dossier.applicant_name,
        "organisation": f"{dossier.organisation.name} ({dossier.organisation.tax_code})"
        if dossier.organisation
        else "",
        "represented_by": f"{dossier.filer}, {dossier.representation.get_kind_display().lower()}"
        if dossier.representation
        else "",
        "represented_on": dossier.representation.ground_words if dossier.representation else "",
        "came_by": dossier.counter_visit.acts_by_words if dossier.organisation and dossier.counter_visit else "",
        "number": number if is_revealed else mask_personal_id(number),
        "phone": dossier.applicant_phone,
        "email": dossier.applicant_email,
    }


def has_revealed(events: Iterable[DossierEvent], official: Official) -> bool:
    """Whether this official asked for whole identification numbers, with a reason, within the last half hour."""
    since = timezone.now() - REVEAL_LASTS
    return any(
        event.name == passages.REVEALED and event.actor_user_id == official.user.pk and event.received_at > since
        for event in events
    )


def _letters(dossier: Dossier) -> list[dict[str, Any]]:
    return [
        {
            "letter": letter,
            "opens": issued_papers.opens(letter.document),
            "tone": {WorkState.DONE: "jade", WorkState.DEAD: "error"}.get(WorkState(letter.work_state), "amber"),
        }
        for letter in dossier.letters.select_related("event", "document").order_by("id")
    ]


def _outbox(dossier: Dossier) -> list[OutboxMessage]:
    if dossier.handled_by_id is None:
        return []
    return list(
        OutboxMessage.objects.filter(subject=dossier.code).select_related("client").defer("payload").order_by("id")
    )


def _result(dossier: Dossier) -> ResultIssue | None:
    if dossier.state not in {DossierState.DECIDED, DossierState.RETURNED}:
        return None
    return ResultIssue.objects.select_related("document").filter(dossier=dossier).first()


def _draft(dossier: Dossier) -> dict[str, Any]:
    """The draft that was sent last, and whether nobody signs before the applicant has seen one."""
    if not draft_checks.is_offered(dossier):
        return {"draft_check": None, "draft_is_needed": False}
    last = draft_checks.latest(dossier)
    return {
        "draft_check": last,
        "draft_is_needed": last is None and draft_checks.is_needed(dossier),
        "draft_again": draft_changes.to_be_sent_again(dossier),
    }


def _person_number(dossier: Dossier, *, is_revealed: bool) -> dict[str, Any] | None:
    """The number that comes with the registration, as far as it is there."""
    work = PersonNumber.objects.filter(dossier=dossier).first() if person_numbers.fields_of(dossier) else None
    if work is None:
        return None
    number = str(work.number)
    problem = work.last_error
    if number and number_assignment.no_longer_fits(dossier, number):
        problem = str(number_assignment.TO_BE_RENEWED)
    return {
        "number": number if is_revealed else mask_personal_id(number),
        "is_there": bool(number),
        "problem": problem,
        "is_given_up": work.work_state == WorkState.DEAD,
    }


def _waiting_for(
    dossier: Dossier,
    requests: list[SupplementRequest],
    events: list[DossierEvent],
    shots: request_pictures.Shots,
) -> dict[str, Any] | None:
    """What the applicant was asked for and has not brought yet, and by whom; the first thing to know of the dossier."""
    asked = next((request for request in reversed(requests) if request.answered_at is None), None)
    if asked is None or dossier.state != DossierState.AWAITING_SUPPLEMENT:
        return None
    told = next(event for event in reversed(events) if event.name == "dossier.supplement_requested")
    items = request_pictures.with_shots(asked, shots)
    return {"asked": asked, "items": items, "who": history_rows.actor(told, dossier)}


def actors(official: Official, dossier: Dossier) -> list[Actor]:
    """Everything the official may act as towards this dossier."""
    return official.actors_for(dossier)
