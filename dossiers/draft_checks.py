"""A result's draft before the applicant (gửi bản dự thảo để xác nhận): sent, confirmed, disputed, put right, run out.

Who filed online gets the paper as it will be and has so many days to say that it is right; silence counts as a yes, and
nobody signs before. So say the published steps of birth, marriage and death registration and of copies of extracts
(QĐ 163/QĐ-BTP, after NĐ 87/2020/NĐ-CP and TT 01/2022/TT-BTP); which procedures do, and how long, is data of the
procedure (`draft_confirmation` of its pack). While she looks at the first one the agency's time stands still; one that
has to be sent again is put right in the agency's own time (docs/assumptions.md).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import itemgetter

import structlog
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers import access, at_hand, draft_notices, left_out, paper_statements, paper_words, passage, person_numbers
from dossiers.event_names import CLOCK_RUNS
from dossiers.lifecycle import BEFORE_DECISION, DossierState
from dossiers.models import BundlePart, Dossier, DossierEvent, DraftCheck, DraftState, FilingChannel, ResultDraft
from dossiers.passage import HERE_AND_NOW, Occasion
from dossiers.reasons import clean_reason
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.calendars import work_calendar
from portal.core import keyset, sweeping
from portal.core.durations import Duration, DurationUnit
from portal.core.errors import InvalidInputError, TransitionError
from portal.core.moments import vn_datetime

log = structlog.get_logger(__name__)
AGREED = frozenset({DraftState.CONFIRMED, DraftState.LAPSED})
AT_ONCE = 500


def is_offered(dossier: Dossier) -> bool:
    """Whether its procedure has the step, and the dossier is decided here."""
    rules = dossier.rules
    has_step = rules is not None and rules.draft_days is not None
    return has_step and dossier.is_decided_here and dossier.owner_id is not None


def _may_have_step(dossier: Dossier) -> bool:
    version = dossier.procedure_version
    return dossier.rebased_to_id is not None or (version is not None and version.draft_days is not None)


def is_needed(dossier: Dossier) -> bool:
    """Whether nobody may sign before the applicant has seen the draft: where she filed online, by herself.

    A part of linked procedures is none: their published steps have no draft (docs/assumptions.md).
    """
    return (
        is_offered(dossier)
        and dossier.channel == FilingChannel.ONLINE
        and not BundlePart.objects.filter(dossier=dossier).exists()
    )


def latest(dossier: Dossier) -> DraftCheck | None:
    """The draft that was sent last."""
    drafts = at_hand.of(dossier, at_hand.DRAFTS)
    if drafts is not None:
        return drafts[-1] if drafts else None
    return dossier.draft_checks.order_by("-round").first()


def open_one(dossier: Dossier) -> DraftCheck | None:
    """The draft that waits for the applicant's answer."""
    if dossier.state not in BEFORE_DECISION:
        return None
    drafts = at_hand.of(dossier, at_hand.DRAFTS)
    if drafts is not None:
        return next((draft for draft in drafts if draft.state == DraftState.OPEN), None)
    return dossier.draft_checks.filter(state=DraftState.OPEN).first()


def open_among(dossiers: Iterable[Dossier]) -> set[int]:
    """The ids of those dossiers whose applicant has a draft to look at; no query where none can have."""
    likely = [dossier.pk for dossier in dossiers if dossier.state in BEFORE_DECISION and _may_have_step(dossier)]
    if not likely:
        return set()
    waiting = DraftCheck.objects.filter(dossier__in=likely, state=DraftState.OPEN, answer_due_at__gt=timezone.now())
    return set(waiting.values_list("dossier_id", flat=True))


def is_unanswered(dossier: Dossier) -> bool:
    """Whether a draft lies before the applicant whose time to answer has not run out."""
    waiting = open_one(dossier)
    return waiting is not None and waiting.answer_due_at > timezone.now()


def may_send(dossier: Dossier) -> bool:
    """Whether a draft may be sent now: none was, or the last one was disputed or overtaken."""
    if not is_offered(dossier):
        return False
    last = latest(dossier)
    return last is None or last.state in {DraftState.DISPUTED, DraftState.OVERTAKEN}


def corrections_of(dossier: Dossier) -> dict[str, str]:
    """What was put right on the coming paper, by the keys of the answers."""
    draft = _written(dossier)
    return dict(draft.corrections) if draft is not None else {}


def lines_of(dossier: Dossier) -> list[list[str]]:
    """What the specialist added to the coming paper, as name and text."""
    draft = _written(dossier)
    return [[str(label), str(text)] for label, text in draft.lines] if draft is not None else []


def _written(dossier: Dossier) -> ResultDraft | None:
    found = at_hand.of(dossier, at_hand.RESULT_DRAFTS)
    return next(iter(ResultDraft.objects.filter(dossier=dossier)[:1] if found is None else found), None)


def add_lines(dossier: Dossier, lines: list[list[str]]) -> None:
    """Keep what the coming paper says beside the answers; called under the row's lock.

    A draft that the applicant had confirmed counts no more where they change, and is sent again.
    """
    if lines == lines_of(dossier):
        return
    ResultDraft.objects.update_or_create(dossier=dossier, defaults={"lines": lines})
    overtake_agreed(dossier)


def statements(dossier: Dossier) -> list[paper_statements.Statement]:
    """Every value that the coming paper may say."""
    return paper_statements.of(dossier, corrections_of(dossier), on=timezone.localdate())


def send_draft(code: str, *, actor: Actor, occasion: Occasion = HERE_AND_NOW) -> Dossier:
    """Send the draft to the applicant for confirmation; until she answers, or her time has run out, nobody signs.

    The clock stops for the first draft only: else it could be sent again and again, and nothing would ever be late.

    Raises TransitionError where the procedure has no such step, or a draft waits or was confirmed already.
    """
    with access.locked(code, actor=actor) as dossier:
        if passage.replayed(dossier, occasion) is not None:
            return dossier
        rules, last = dossier.rules, latest(dossier)
        if not is_offered(dossier) or rules is None or dossier.agency is None:
            raise TransitionError(_("Thủ tục này không có bước gửi bản dự thảo để xác nhận."))
        if last is not None and last.state == DraftState.OPEN:
            raise TransitionError(_still_open(last), code="dossier.draft_unanswered")
        if last is not None and last.state in AGREED:
            raise TransitionError(_("Người nộp đã xác nhận bản dự thảo này. Chỉ gửi lại khi bạn sửa nội dung."))
        sent_at = min(occasion.occurred_at or timezone.now(), timezone.now())
        days = Duration(rules.draft_days or 1, DurationUnit.DAY)
        limit = work_calendar(dossier.agency).of_applicants().due_at(sent_at, days)
        number = last.round + 1 if last is not None else 1
        stops_clock = number == 1
        told = {"round": number, "answer_due_at": limit.isoformat(), CLOCK_RUNS: not stops_clock}
        event = passage.apply(
            dossier,
            "send_draft",
            actor=actor,
            occasion=Occasion(sent_at, occasion.source, occasion.reference, occasion.data),
            data=told,
        )
        DraftCheck.objects.create(dossier=dossier, round=number, sent_at=event.occurred_at, answer_due_at=limit)
        if stops_clock and dossier.clock_stopped_at is None:
            dossier.clock_stopped_at = event.occurred_at
            dossier.save(update_fields=["clock_stopped_at"])
        return dossier


def confirm_draft(
    code: str, *, actor: Actor, number: int | None = None, words: str = "", occasion: Occasion = HERE_AND_NOW
) -> Dossier:
    """Say that the draft is right (xác nhận bản dự thảo); an official writes down what was signed on paper.

    `number` is the draft that was looked at: an answer to one that another took the place of is refused.
    """
    return _answer(code, "confirm_draft", actor=actor, number=number, words=words, occasion=occasion)


def dispute_draft(
    code: str, *, actor: Actor, reason: str, number: int | None = None, occasion: Occasion = HERE_AND_NOW
) -> Dossier:
    """Say what is wrong on the draft (báo có chỗ sai); it is put right and sent again before anybody signs."""
    return _answer(code, "dispute_draft", actor=actor, number=number, words=reason, occasion=occasion)


def correct_draft(code: str, *, actor: Actor, reason: str, corrections: Mapping[str, str]) -> Dossier:
    """Put right what the coming paper says, value by value; what the applicant declared stays as she declared it.

    A draft that she had confirmed counts no more and is sent again. Raises TransitionError while one waits for her
    answer, InvalidInputError where nothing would change or a value breaks the rules of its form.
    """
    with access.locked(code, actor=actor) as dossier:
        last = latest(dossier)
        if last is not None and last.state == DraftState.OPEN:
            raise TransitionError(_still_open(last), code="dossier.draft_unanswered")
        if not is_offered(dossier):
            raise TransitionError(_("Nội dung kết quả của hồ sơ này sửa ở bước duyệt hoặc cấp bản thay thế."))
        rows = statements(dossier)
        standing = {row.key: row.text for row in rows}
        changed = paper_words.checked(dossier, corrections_of(dossier), paper_statements.changes(corrections, standing))
        changed = paper_statements.changes(changed, standing)
        left_out.require_words(dossier, corrections_of(dossier), changed)
        if not changed:
            raise InvalidInputError(_("Chưa có chỗ nào được sửa. Hãy sửa chỗ ghi sai trên bản dự thảo."))
        labels = [row.label for row in rows if row.key in changed]
        passage.apply(dossier, "correct_draft", actor=actor, reason=clean_reason(reason), data={"corrected": labels})
        draft, _is_new = ResultDraft.objects.get_or_create(dossier=dossier)
        draft.corrections = {**draft.corrections, **changed}
        draft.save(update_fields=["corrections"])
        person_numbers.ask_again(dossier, changed, draft.corrections)
        overtake_agreed(dossier)
        return dossier


def overtake_agreed(dossier: Dossier) -> None:
    """A draft that was confirmed counts no more once what it says has changed."""
    last = latest(dossier)
    if last is not None and last.state in AGREED:
        last.state = DraftState.OVERTAKEN
        last.save(update_fields=["state"])


def require_unconfirmed(dossier: Dossier) -> None:
    """Raise TransitionError for a proposal that would change what the applicant confirmed: no leader could sign it."""
    last = latest(dossier)
    if last is not None and last.state in AGREED and is_needed(dossier):
        raise TransitionError(
            _("Người nộp đã xác nhận bản dự thảo này. Hãy sửa bản dự thảo, gửi lại, rồi mới trình."),
            code="dossier.draft_confirmed",
        )


def require_agreed(dossier: Dossier, *, is_proposal: bool = False) -> None:
    """Raise TransitionError for a leader who would sign before the applicant agreed; called under the row's lock.

    A proposal is refused while a draft waits for her or has to be sent again; one that was never sent may follow it.
    """
    if not is_offered(dossier):
        return
    last = latest(dossier)
    if last is not None and last.state == DraftState.OPEN:
        if last.answer_due_at > timezone.now():
            raise TransitionError(_still_open(last), code="dossier.draft_unanswered")
        _lapse(dossier, last)
    elif last is not None and last.state == DraftState.DISPUTED:
        raise TransitionError(
            _("Người nộp báo bản dự thảo có chỗ sai. Hãy sửa và gửi lại bản dự thảo trước khi trình, duyệt."),
            code="dossier.draft_disputed",
        )
    elif (last.state == DraftState.OVERTAKEN if last else not is_proposal) and is_needed(dossier):
        raise TransitionError(
            _("Người nộp chưa xem bản dự thảo này. Hãy gửi bản dự thảo để người nộp xác nhận trước khi trình, duyệt."),
            code="dossier.draft_not_sent",
        )


def lapse_due(now: datetime | None = None) -> int:
    """Count drafts as confirmed whose time has run out without an answer; return how many. One fails, others go on."""
    now = now or timezone.now()
    due = DraftCheck.objects.filter(state=DraftState.OPEN, answer_due_at__lte=now).order_by("answer_due_at", "pk")
    found = due.values_list("answer_due_at", "pk", "dossier__code")
    # one that fails stays due: the next ones are found behind it, or the oldest failures would be all that is found
    pieces = keyset.in_pieces(found, behind=lambda last: keyset.behind("answer_due_at", *last[:2]), size=AT_ONCE)
    return sum(
        sweeping.each(
            piece, lambda row: _lapse_one(row[2] or "", now), sweep="dossiers.lapse_drafts", name=itemgetter(2)
        )
        for piece in pieces
    )


def _lapse_one(code: str, now: datetime) -> bool:
    """One of them, unless it was answered since it was found: looked at again under its lock."""
    dossier = access.lock_dossier(code, actor=Actor.system())
    last = open_one(dossier)
    if last is None or last.answer_due_at > now:
        log.info("draft.answered_meanwhile", dossier=code)
        return False
    _lapse(dossier, last)
    return True


def _lapse(dossier: Dossier, check: DraftCheck) -> None:
    at = Occasion(check.answer_due_at)
    event = passage.apply(dossier, "lapse_draft", actor=Actor.system(), occasion=at, data={"round": check.round})
    _settle(dossier, check, DraftState.LAPSED, event)


def _answer(code: str, step: str, *, actor: Actor, number: int | None, words: str, occasion: Occasion) -> Dossier:
    with access.locked(code, actor=actor) as dossier:
        if passage.replayed(dossier, occasion) is not None:
            return dossier
        check = _answerable(dossier, actor=actor, number=number, at=occasion.occurred_at or timezone.now())
        is_on_paper = actor.kind != ActorKind.CITIZEN
        event = passage.apply(
            dossier,
            step,
            actor=actor,
            reason=clean_reason(words),
            occasion=occasion,
            data={"round": check.round, "is_on_paper": is_on_paper},
        )
        check.words, check.is_on_paper = event.reason, is_on_paper
        state = DraftState.CONFIRMED if step == "confirm_draft" else DraftState.DISPUTED
        _settle(dossier, check, state, event)
        draft_notices.tell_official(dossier, event)
        return dossier


def _answerable(dossier: Dossier, *, actor: Actor, number: int | None, at: datetime) -> DraftCheck:
    """The draft that this answer is for, or TransitionError saying why it comes to nothing."""
    if dossier.state not in BEFORE_DECISION:
        raise TransitionError(
            _("Hồ sơ đang ở trạng thái “%(state)s” nên bản dự thảo không chờ trả lời nữa.")
            % {"state": DossierState(dossier.state).label}
        )
    last = latest(dossier)
    if last is None:
        raise TransitionError(_("Cơ quan chưa gửi bản dự thảo nào để xác nhận."))
    if number is not None and number != last.round:
        raise TransitionError(
            _("Bản dự thảo bạn xem đã được thay bằng bản mới hơn. Hãy xem bản mới rồi trả lời."),
            code="dossier.draft_overtaken",
        )
    if last.state != DraftState.OPEN:
        raise TransitionError(
            _("Bản dự thảo này đã có trả lời: %(state)s.") % {"state": DraftState(last.state).label},
            code="dossier.draft_answered",
        )
    if last.answer_due_at <= at:
        raise TransitionError(
            _("Đã hết hạn trả lời lúc %(limit)s; theo quy định, bản dự thảo được coi như đã xác nhận.")
            % {"limit": vn_datetime(last.answer_due_at)},
            code="dossier.draft_lapsed",
        )
    if actor.kind != ActorKind.CITIZEN and dossier.channel == FilingChannel.ONLINE:
        raise TransitionError(
            _("Hồ sơ nộp trực tuyến: người nộp tự xác nhận trên trang hồ sơ của mình. Không trả lời thay được."),
            code="dossier.draft_is_hers",
        )
    return last


def _settle(dossier: Dossier, check: DraftCheck, state: DraftState, event: DossierEvent) -> None:
    """Close the question and let the agency's time run on, moved by the time that it stood still, if it did."""
    check.state, check.answered_at = state, event.occurred_at
    check.save(update_fields=["state", "answered_at", "words", "is_on_paper"])
    stopped_at, dossier.clock_stopped_at = dossier.clock_stopped_at, None
    passage.resume_clock(dossier, stopped_at, event.occurred_at)
    dossier.save(update_fields=["clock_stopped_at", "due_at", "original_due_at"])


def _still_open(check: DraftCheck) -> str:
    return str(_("Bản dự thảo đang chờ người nộp xác nhận, hạn đến %(limit)s.")) % {
        "limit": vn_datetime(check.answer_due_at)
    }
