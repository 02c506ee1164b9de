"""One step for many dossiers (việc hàng loạt): a row for the job, one for each dossier, done by the worker one by one.

Each dossier goes through the same door as on the workbench (passages), under its own lock and in its own transaction:
what another official changed meanwhile is left alone and says so, and a worker that dies loses nothing and repeats
nothing. The official's posts are looked at again when the work is done, not only when it was asked for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import OperationalError, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import lifecycle
from dossiers.access import OFFICIALS
from dossiers.lifecycle import OPEN_STATES, DossierState
from dossiers.models import Dossier, ResultIssue
from dossiers.services import Decision
from portal.accounts.models import User
from portal.agencies import processes
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.codes import find_agency
from portal.agencies.memberships import KIND_OF_ROLE, first_actor
from portal.agencies.models import Agency, MembershipRole
from portal.backoffice import gathering, passages, queue_list, queues, steps
from portal.backoffice.gathering import Whole
from portal.backoffice.models import BulkItem, BulkJob, BulkKind, ItemState
from portal.backoffice.narrowing import EVERYTHING, Narrowing
from portal.backoffice.officials import Official, posts_of
from portal.backoffice.step_words import STEPS
from portal.core import lock_waits
from portal.core.errors import InvalidInputError, NotFoundError, PortalError, TransitionError
from portal.core.language import speaking
from portal.core.text import whole_number
from portal.core.work import MORE_TO_DO, WorkState, ring

log = structlog.get_logger(__name__)
RUN_TASK = "backoffice.run_bulk_jobs"
MOST = 1000
"""Dossiers that a page names one by one; a longer queue is taken as a whole (backoffice.gathering)."""
AT_A_TIME = 50
"""Dossiers between two looks at other jobs that wait."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A dossier and the last event of it that the official saw."""

    code: str
    seen_sequence: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is."""

    done: int
    refused: int
    waiting: int


def chosen_by_marks(official: Official, marks: Sequence[str]) -> list[Chosen]:
    """What the ticks of a page name, `<code>~<sequence>` each; what is not hers, or not a mark, is left out."""
    seen: dict[str, int] = {}
    for mark in marks[:MOST]:
        code, _tilde, sequence = mark.rpartition("~")
        if code and (number := whole_number(sequence, most_figures=9)) is not None:
            seen.setdefault(code[:50], number)
    hers = official.dossiers().filter(code__in=seen).order_by("pk").values_list("code", flat=True)
    return [Chosen(code, seen[code]) for code in hers if code]


def whole_queue(official: Official, queue: queue_list.Queue, *, narrowed: Narrowing = EVERYTHING) -> list[Chosen]:
    """The dossiers of a queue, most urgent first, as they are now; more than MOST of them are gathered instead."""
    found = queues.first_marks(official, queue, queue_list.Moment.current(), limit=MOST + 1, narrowed=narrowed)
    return [Chosen(code, sequence) for code, sequence in found]


@transaction.atomic
def start_whole(
    official: Official, kind: BulkKind, whole: Whole, *, arguments: dict[str, Any], form_token: str
) -> BulkJob:
    """Write the job over a whole long queue, whose items the worker gathers; raises as `start`."""
    job, is_new = _written(
        official,
        form_token,
        gathering.first_code(official, whole),
        {"kind": kind, "arguments": arguments, "source": gathering.source_of(whole), "total": whole.total},
    )
    if is_new:
        ring(RUN_TASK)
    return job


@transaction.atomic
def start(
    official: Official, kind: BulkKind, chosen: Sequence[Chosen], *, arguments: dict[str, Any], form_token: str
) -> BulkJob:
    """Write the job with its items and wake a worker; the same form starts one job.

    Raises InvalidInputError where nothing was chosen, NotFoundError for somebody without a post.
    """
    if official.working_posts and not chosen:
        raise InvalidInputError(fields={"chosen": [_("Hãy chọn ít nhất một hồ sơ.")]})
    first = chosen[0].code if chosen else ""
    job, is_new = _written(
        official, form_token, first, {"kind": kind, "arguments": arguments, "total": len(chosen[:MOST])}
    )
    if not is_new:
        return job
    BulkItem.objects.bulk_create(
        [
            BulkItem(job=job, dossier_code=one.code, seen_sequence=one.seen_sequence)
            for one in {one.code: one for one in chosen[:MOST]}.values()
        ],
        batch_size=500,
    )
    ring(RUN_TASK)
    return job


def _written(official: Official, form_token: str, first: str, job: dict[str, Any]) -> tuple[BulkJob, bool]:
    """The job of this form and whether it is new; of two presses at once the second waits, then finds the first."""
    if not official.working_posts:
        raise NotFoundError
    return BulkJob.objects.get_or_create(
        official=official.user,
        form_token=form_token[:40],
        defaults={"agency": _agency_of(official, first), **job},
    )


def _agency_of(official: Official, code: str) -> Agency:
    """Whose job it is: the agency for which she acts on its first dossier. Each dossier is done for its own."""
    agencies = {post.agency_id: post.agency for post in official.working_posts}
    dossier = official.dossiers().filter(code=code).select_related("agency").first() if len(agencies) > 1 else None
    actors = official.actors_at(dossier.agency) if dossier else []
    own: Agency = (actors[0].agency if actors else None) or next(iter(agencies.values()))
    return own


def job_of(pk: int, *, official: Official) -> BulkJob:
    """A job of this official; anybody else's looks as if it did not exist."""
    job: BulkJob | None = BulkJob.objects.filter(pk=pk, official=official.user).first()
    if job is None:
        raise NotFoundError
    return job


def progress(job: BulkJob) -> Progress:
    """Counts by result, in one query."""
    counted = job.items.aggregate(
        **{state.name.lower(): Count("pk", filter=Q(state=state)) for state in ItemState},
    )
    return Progress(counted["done"], counted["refused"], counted["waiting"])


def issuing(job: BulkJob) -> Progress | None:
    """How far the results of an approving job are drawn and signed: a row each, done by the workers after the job."""
    if job.kind != BulkKind.APPROVE:
        return None
    approved = job.items.filter(state=ItemState.DONE).values("dossier_code")
    counted = ResultIssue.objects.filter(dossier__code__in=approved).aggregate(
        **{state.name.lower(): Count("pk", filter=Q(work_state=state)) for state in WorkState}
    )
    return Progress(counted["done"], counted["dead"], counted["pending"])


@transaction.atomic
def stop(pk: int, *, official: Official) -> BulkJob:
    """Leave what is not done yet undone; the dossier that is just being worked on is finished."""
    job: BulkJob = BulkJob.objects.select_for_update(of=("self",)).get(pk=job_of(pk, official=official).pk)
    if job.work_state == WorkState.PENDING and job.stopped_at is None:
        job.stopped_at = timezone.now()
        job.mark_done(job.stopped_at)
        job.save(update_fields=["stopped_at", "work_state", "done_at", "last_error"])
    return job


@transaction.atomic
def go_on(pk: int, *, official: Official) -> BulkJob:
    """Do the rest of a job that was stopped."""
    job: BulkJob = BulkJob.objects.select_for_update(of=("self",)).get(pk=job_of(pk, official=official).pk)
    if job.stopped_at is not None:
        job.stopped_at, job.done_at = None, None
        job.redrive(timezone.now())
        job.save(update_fields=["stopped_at", "done_at", "work_state", "attempts", "next_try_at", "created_at"])
        ring(RUN_TASK)
    return job


def run(work: BulkJob) -> None:
    """Do some of a claimed job; it is due again at once while there is more, so that others get their turn."""
    job: BulkJob = BulkJob.objects.select_related("official").get(pk=work.pk)
    with speaking(job.official.language):
        if not _gathered(job):
            return
        for _number in range(AT_A_TIME):
            if not _next(job):
                break
    with transaction.atomic():
        current: BulkJob = BulkJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
        if current.work_state != WorkState.PENDING:
            return
        if current.items.filter(state=ItemState.WAITING).exists():
            current.mark_more_to_do(timezone.now())
            ring(RUN_TASK)
        else:
            current.mark_done(timezone.now())
        current.save(update_fields=[*MORE_TO_DO, "done_at"])


def _gathered(job: BulkJob) -> bool:
    """Write the items of a job over a whole queue; whether it can begin now. Who lost her posts gathers nothing."""
    if not job.is_gathering:
        return True
    while gathering.gather(job.pk, _official_now(job)):
        pass
    job.refresh_from_db()
    return not job.is_gathering


def _next(job: BulkJob) -> bool:
    """Do one dossier; whether there was one. Another worker's is left to it.

    One that breaks in a way nobody foresaw is refused with its own line, so that the others are not held up by it.
    """
    with transaction.atomic():
        if not BulkJob.objects.filter(pk=job.pk, stopped_at__isnull=True).exists():
            return False
        waiting = job.items.filter(state=ItemState.WAITING).order_by("pk")
        free = waiting.select_for_update(skip_locked=True, of=("self",))
        item = free.filter(done_at__isnull=True).first() or free.first()
        if item is None:
            return False
        try:
            with transaction.atomic():
                _do(job, _official_now(job), item)
        except PortalError as error:
            item.state, item.words = ItemState.REFUSED, error.words
        except OperationalError as error:
            if not lock_waits.is_row_held(error):
                raise  # the database is away: nothing is known about this dossier
            if item.done_at is None:
                item.done_at = timezone.now()
                item.save(update_fields=["done_at"])
                return True  # somebody's write takes seconds: met once more after all others
            item.state, item.words = ItemState.REFUSED, _("Người khác đang xử lý hồ sơ này; hồ sơ giữ nguyên.")
        except Exception:
            log.exception("bulk.item_failed", job_id=job.pk, item_id=item.pk)
            item.state, item.words = ItemState.REFUSED, _("Lỗi của Cổng; hồ sơ giữ nguyên. Hãy làm ở bàn giải quyết.")
        else:
            item.state = ItemState.DONE
        item.done_at = timezone.now()
        item.save(update_fields=["state", "words", "done_at"])
    return True


def _official_now(job: BulkJob) -> Official:
    """Who asked for the job, with the posts of this moment: a right that ended between two dossiers has ended."""
    user = User.objects.get(pk=job.official_id)
    if not user.is_active:
        raise NotFoundError
    return Official(user, posts_of(user))


def _do(job: BulkJob, official: Official, item: BulkItem) -> None:
    """The step, by the same way as from the workbench."""
    dossier = official.get_dossier(item.dossier_code)
    actors = official.actors_for(dossier)
    try:
        if job.kind == BulkKind.ASSIGN:
            actor = first_actor(actors, OFFICIALS)
            if actor is None:
                raise NotFoundError
            passages.assign(
                item.dossier_code,
                actor=actor,
                official_id=job.arguments.get("official"),
                seen_sequence=item.seen_sequence,
            )
            return
        if job.kind == BulkKind.APPROVE and dossier.proposed_at is None:
            raise TransitionError(_("Chưa có đề xuất của chuyên viên. Hãy mở hồ sơ để xem rồi duyệt."))
        if job.kind == BulkKind.APPROVE and _proposed_by(dossier) == official.user.pk:
            raise TransitionError(_("Đề xuất này do chính bạn trình. Hãy mở hồ sơ để xem rồi duyệt."))
        offer = steps.offer_for(dossier, actors, STEPS[job.kind].address, is_attempt=True)
        arguments = _arguments(job, actor=offer.actor)
        passages.take(item.dossier_code, offer, seen_sequence=item.seen_sequence, arguments=arguments)
    except passages.AlreadyDoneError:
        return  # by herself, on the workbench: what she wanted is there


def _proposed_by(dossier: Dossier) -> int | None:
    """Who made the proposal that lies before the leader: a second pair of eyes looked at it only if it is another's."""
    made = dossier.events.filter(name="dossier.proposed").order_by("-sequence")
    return made.values_list("actor_user", flat=True).first()


def _arguments(job: BulkJob, *, actor: Actor) -> dict[str, Any]:
    match job.kind:
        case BulkKind.FORWARD:
            agency = find_agency(job.arguments["agency"])
            if agency is None:
                raise InvalidInputError(_("Cơ quan này không còn hoạt động."))
            return {"agency": agency, "reason": job.arguments["reason"]}
        case BulkKind.APPROVE:
            name, _comma, title = actor.name.partition(", ")
            return {"decision": Decision(signer_name=name, signer_title=title)}
    return {}


def kinds_for(official: Official, states: Iterable[str] = OPEN_STATES) -> list[BulkKind]:
    """What one of her posts may do to many dossiers in these states, as the transition table says.

    Ending a stage where an agency of hers may have some.
    """
    held = {KIND_OF_ROLE[MembershipRole(post.role)] for post in official.working_posts}
    held |= {ActorKind.DELEGATE} if official.signing else set()
    there = {DossierState(state) for state in states}
    left_out = set() if processes.are_at(official.top_paths()) else {BulkKind.END_STAGE}
    return [kind for kind in BulkKind if kind not in left_out and held & _by(kind) and there & _sources(kind)]


def _by(kind: BulkKind) -> frozenset[ActorKind]:
    return OFFICIALS if kind == BulkKind.ASSIGN else lifecycle.TRANSITIONS[kind.value].by


def _sources(kind: BulkKind) -> frozenset[DossierState]:
    return OPEN_STATES if kind == BulkKind.ASSIGN else lifecycle.TRANSITIONS[kind.value].sources
