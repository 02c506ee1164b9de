"""The one door for change of a submitted dossier: browser, back office, REST, wire protocol and worker call these.

Each function locks the row as the actor, takes one step of the table (dossiers.lifecycle) and writes its consequences
as rows. All raise NotFoundError when the actor may not see the dossier and TransitionError when the table forbids the
step. With `occasion.reference` a replay returns the dossier unchanged. Filing itself is in dossiers.filing, what is
owed and paid in dossiers.obligations, taking a dossier back in dossiers.withdrawal.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore import reuse
from dossiers import (
    access,
    answer_corrections,
    consultation,
    contradictions,
    delegated,
    draft_checks,
    finding,
    left_out,
    lifecycle,
    number_assignment,
    official_notices,
    paper_gaps,
    papers,
    passage,
    request_pictures,
    stages,
    supplement_requests,
    uncharged,
)
from dossiers.event_names import WITHOUT_PROPOSAL
from dossiers.lifecycle import BEFORE_DECISION, DECIDING, DossierState
from dossiers.models import (
    Dossier,
    DossierComponent,
    ResultIssue,
    SupplementRequest,
)
from dossiers.passage import HERE_AND_NOW, Occasion
from dossiers.plain_steps import close, step
from dossiers.reasons import clean_reason
from portal.accounts.models import User
from portal.agencies.actors import Actor, ActorKind
from portal.core import writes
from portal.core.errors import InvalidInputError, TransitionError
from portal.core.text import clean_block, clean_line
from portal.core.work import ring


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing to supplement: which component or which answer, and what is wrong with it."""

    component_code: str
    name: str
    text: str = ""
    field: str = ""
    """Of an answer that is to be put right in place: its key (dossiers.answer_corrections)."""
    pictures: Sequence[request_pictures.Picture] = ()
    """What shows it, kept in the store already."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the signed result says beyond the template."""

    document_number: str = ""
    signer_name: str = ""
    signer_title: str = ""
    fields: Sequence[tuple[str, str]] = ()


def accept(code: str, *, actor: Actor, due_at: datetime | None = None, occasion: Occasion = HERE_AND_NOW) -> Dossier:
    """Accept a filing (tiếp nhận hồ sơ): the due date is fixed and form 01 is written. NĐ 118/2025/NĐ-CP art. 17.

    A partner's system may state its own due date; it is kept when it lies after acceptance.
    """
    with access.locked(code, actor=actor) as dossier:
        if passage.replayed(dossier, occasion) is not None:
            return dossier
        stated = due_at if actor.kind == ActorKind.PARTNER else None
        passage.apply(dossier, "accept", actor=actor, occasion=occasion, due_at=stated)
        return dossier


def refuse_intake(code: str, *, actor: Actor, reason: str, occasion: Occasion = HERE_AND_NOW) -> Dossier:
    """Refuse a filing with its reason (từ chối tiếp nhận); form 03. NĐ 118/2025/NĐ-CP art. 17."""
    return step("refuse_intake", code, actor=actor, reason=reason, occasion=occasion, then=close)


def start_processing(code: str, *, actor: Actor, occasion: Occasion = HERE_AND_NOW) -> Dossier:
    """Hand an accepted dossier to the unit that works on it (chuyển xử lý).

    A specialist takes it on herself where nobody has it; one that was given to a colleague stays the colleague's.
    """
    with access.locked(code, actor=actor) as dossier:
        if passage.replayed(dossier, occasion) is None:
            if actor.kind == ActorKind.AGENCY and dossier.assignee is None:
                dossier.assignee = actor.user
            passage.apply(dossier, "start_processing", actor=actor, occasion=occasion)
        return dossier


def request_supplement(
    code: str,
    *,
    actor: Actor,
    reason: str,
    defects: Iterable[Defect] = (),
    legal_basis: str = "",
    occasion: Occasion = HERE_AND_NOW,
) -> Dossier:
    """Ask the citizen once for everything that is missing (yêu cầu bổ sung); the clock stops. Form 02.

    Without defects the reason is a question, which words answer. `legal_basis` is what allows a further request.

    Legal basis: NĐ 118/2025/NĐ-CP art. 17 (complete, once, with content and reason).
    """
    defects = list(defects)
    listed: list[dict[str, Any]] = [
        {"component_code": d.component_code, "name": d.name, "text": clean_line(d.text)}
        | ({answer_corrections.FIELD: d.field} if d.field else {})
        | ({request_pictures.KEY: [picture.document.pk for picture in d.pictures]} if d.pictures else {})
        for d in defects
    ]
    with access.locked(code, actor=actor) as dossier:
        if passage.replayed(dossier, occasion) is not None:
            return dossier
        ground = clean_line(legal_basis)[:300]
        if actor.kind in passage.PEOPLE:
            supplement_requests.require_allowed(dossier, ground)
        request_pictures.hold(picture for defect in defects for picture in defect.pictures)
        asked_at = min(occasion.occurred_at or timezone.now(), timezone.now())
        answer_due_at = supplement_requests.answer_due_at(dossier, asked_at)
        told = {"components": listed} | ({"legal_basis": ground} if ground else {})
        if answer_due_at is not None:
            told["answer_due_at"] = answer_due_at.isoformat()
        event = passage.apply(
            dossier,
            "request_supplement",
            actor=actor,
            reason=clean_reason(reason),
            occasion=replace(occasion, occurred_at=asked_at),
            data=told,
        )
        request = SupplementRequest(
            dossier=dossier,
            round=dossier.supplement_requests.count() + 1,
            reason=event.reason,
            items=listed,
            requested_at=event.occurred_at,
            answer_due_at=answer_due_at,
        )
        has_pictures = any(defect.pictures for defect in defects)
        writes.insert(request, needs_id=has_pictures)
        if has_pictures:
            request_pictures.attach(request, [defect.pictures for defect in defects])
        return dossier


def supplement(
    code: str,
    *,
    actor: Actor,
    answer: str,
    components: Iterable[DossierComponent] = (),
    corrections: Mapping[str, Any] | None = None,
    person: User | None = None,
    asked: SupplementRequest | None = None,
) -> Dossier:
    """Answer a supplement request (bổ sung hồ sơ); unsaved components become part of the frozen filing.

    At the counter a desk's official answers for who came in; the event names her. NĐ 118/2025/NĐ-CP art. 17. `person`
    is who came: papers of the store go in under her consent, never under the official's. `corrections` are the right
    answers by key, of those that the request marked; the event keeps each before and after. `asked` is the request that
    the answer was written for: ReplacedError where another one stands by now.
    """
    with access.locked(code, actor=actor) as dossier:
        request = supplement_requests.open_one(dossier)
        if asked is not None and dossier.state == DossierState.AWAITING_SUPPLEMENT and request != asked:
            raise supplement_requests.ReplacedError
        added = list(components)
        cleaned = clean_reason(answer)
        corrected: dict[str, Any] = {}
        if dossier.state == DossierState.AWAITING_SUPPLEMENT:
            corrected = answer_corrections.put_right(dossier, request, corrections or {})
            if not (added or cleaned or corrected):
                raise InvalidInputError(fields={"answer": [supplement_requests.nothing_sent(request)]})
        if not papers.hold([component.document_id for component in added]):
            raise InvalidInputError(
                fields={"answer": [_("Một giấy tờ vừa gửi đã bị xóa khỏi kho. Hãy chọn lại tệp rồi gửi.")]}
            )
        for component in added:
            same = dossier.components.filter(component_code=component.component_code, document=component.document)
            if same.exists():  # the same file twice in one answer, or one that was there before
                continue
            component.dossier = dossier
            component.supplement_round = request.round if request else 1
            component.save()
            if component.from_store:
                digests = [file["content_sha256"] for file in component.files]
                by = person or actor.user
                reuse.record_reuse(component.document, code, component.component_code, digests, by=by)
        papers.share_all(dossier)
        event = passage.apply(
            dossier,
            "supplement",
            actor=actor,
            data={"answer": cleaned, "components": [component.component_code for component in added]} | corrected,
        )
        if corrected:
            dossier.save(update_fields=["answers", "answers_sha256", "answer_sources", "local_terms"])
            finding.mend(dossier)
        if request is not None:
            request.answered_at = event.occurred_at
            request.answer = cleaned
            request.save(update_fields=["answered_at", "answer"])
        return dossier


def stop(code: str, *, actor: Actor, reason: str, occasion: Occasion = HERE_AND_NOW) -> Dossier:
    """Stop a dossier (dừng xử lý): not supplemented, not paid, or no authority to decide; form 05."""
    return step("stop", code, actor=actor, reason=reason, occasion=occasion, then=close)


def send_back(code: str, *, actor: Actor, reason: str) -> Dossier:
    """Return a proposal to the specialist with what is to be mended (trả lại chuyên viên).

    Raises TransitionError also where no proposal lies before the leader.
    """
    with access.locked(code, actor=actor) as dossier:
        lifecycle.check("send_back", state=dossier.state, actor=actor.kind, reason=reason)
        if dossier.proposed_at is None:
            raise TransitionError(_("Không có đề xuất nào đang chờ lãnh đạo duyệt nên không có gì để trả lại."))
        passage.apply(dossier, "send_back", actor=actor, reason=clean_reason(reason))
        return dossier


def propose(
    code: str,
    *,
    actor: Actor,
    reason: str = "",
    lines: Sequence[tuple[str, str]] | None = None,
    not_charged: str = "",
    set_aside: str = "",
    written: Mapping[str, str] | None = None,
    stages_reason: str = "",
) -> Dossier:
    """Lay the specialist's proposal before the leader (trình lãnh đạo); not while a draft is the applicant's to answer.

    What she disputed or what was put right since goes to her first: the leader would read what nobody may sign. `lines`
    are what the paper says beside its template; left out they stay as they are. `not_charged` is why a fee that was
    told is not asked for (dossiers.uncharged), `set_aside` why a paper in force that says otherwise does not count
    (dossiers.contradictions), `written` what the register says of what the applicant did not know, by the keys of
    dossiers.paper_gaps, `stages_reason` why stages that nobody may leave out were not done (dossiers.stages).
    """
    with access.locked(code, actor=actor) as dossier:
        if dossier.state in BEFORE_DECISION:
            draft_checks.require_agreed(dossier, is_proposal=True)
        if lines is not None:
            rows = as_rows(lines)
            number_assignment.require_right_line(dossier, rows)
            draft_checks.add_lines(dossier, rows)
        if dossier.assignee is None and actor.kind == ActorKind.AGENCY:  # answered before anybody took it on
            dossier.assignee = actor.user
        told: dict[str, Any] = stages.passed_over(dossier, actor, stages_reason, is_required=True)
        told |= paper_gaps.write(dossier, written or {})
        told |= uncharged.told(dossier, not_charged, is_required=False)
        told |= contradictions.told(dossier, set_aside)
        passage.apply(dossier, "propose", actor=actor, reason=clean_reason(reason), data=told)
        return dossier


def approve(
    code: str,
    *,
    actor: Actor,
    decision: Decision = Decision(),
    not_charged: str = "",
    set_aside: str = "",
    occasion: Occasion = HERE_AND_NOW,
) -> Dossier:
    """Decide (phê duyệt): the result is made, signed and laid in the store by the worker. NĐ 45/2020/NĐ-CP art. 14.

    A leader here signs no paper whose draft still lies before the applicant (dossiers.draft_checks). She may decide
    what nobody proposed, as the head of the agency answers for the result; the event says that she did. A fee of a
    known amount that was told and never asked for needs her reason, `not_charged` (dossiers.uncharged); a paper
    in force that says otherwise, `set_aside` (dossiers.contradictions). Who signs in the head's stead decides only what
    somebody else proposed; the paper says in which form (dossiers.delegated).
    """
    with access.locked(code, actor=actor) as dossier:
        if passage.replayed(dossier, occasion) is not None:
            return dossier
        corrections: dict[str, str] = {}
        rows = fields_of(decision)
        if actor.kind in DECIDING and dossier.state in BEFORE_DECISION:
            draft_checks.require_agreed(dossier)
            corrections = left_out.printed(dossier, draft_checks.corrections_of(dossier))
            rows = draft_checks.lines_of(dossier) + rows
            number_assignment.require_fitting(dossier, rows)
        told: dict[str, Any] = {}
        if actor.kind in DECIDING:
            if dossier.proposed_at is None:
                told = {WITHOUT_PROPOSAL: True, **stages.passed_over(dossier, actor, "", is_required=False)}
            told |= uncharged.told(dossier, not_charged, is_required=True)
            told |= contradictions.told(dossier, set_aside)
        event = passage.apply(dossier, "approve", actor=actor, occasion=occasion, data=told)
        if actor.kind in DECIDING:
            consultation.end_open(dossier, event.occurred_at)
        issue = ResultIssue(
            dossier=dossier,
            document_number=clean_line(decision.document_number)[:60] or f"{event.sequence:02d}/{dossier.code}",
            signer_name=clean_line(decision.signer_name)[:200] or actor.name,
            signer_title=clean_line(decision.signer_title)[:150],
            signs_for=delegated.form_in(event)[:150],
            approved_at=event.occurred_at,
            fields={"rows": rows} | ({"corrections": corrections} if corrections else {}),
        )
        writes.insert(issue)
        ring("dossiers.issue_results")
        return dossier


def fields_of(decision: Decision) -> list[list[str]]:
    """The lines a decision adds to the paper, as they are kept."""
    return as_rows(decision.fields)


def as_rows(lines: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Lines of a paper as they are kept."""
    return [[clean_line(str(label))[:200], clean_block(str(text))[:2000]] for label, text in lines]


def return_result(code: str, *, actor: Actor, occasion: Occasion = HERE_AND_NOW) -> Dossier:
    """Hand the result over (trả kết quả): into the store for online filings, against a record at the desk."""
    return step("return_result", code, actor=actor, occasion=occasion, then=papers.end_grants)


def assign(code: str, *, actor: Actor, official: Any) -> Dossier:
    """Give the dossier to an official of the agency (phân công thụ lý); the state stays.

    Given to who has it, nothing happens: the clock of her step runs on.
    """
    with access.locked(code, actor=actor) as dossier:
        if dossier.assignee == official:
            return dossier
        dossier.assignee = official
        event = passage.record(
            dossier,
            official_notices.ASSIGNED,
            actor=actor,
            occasion=Occasion(data={"official": str(official) if official else ""}),
            is_public=False,
        )
        dossier.save()
        official_notices.tell(dossier, event)
        return dossier
