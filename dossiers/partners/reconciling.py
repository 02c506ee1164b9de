"""Reconciliation (đối soát): compare with a system, heal each dossier that differs, make a task of what does not heal.

A difference found is only a suspicion: news may have been on its way. Healing asks for that one dossier again, takes in
what the system knows and we do not, and sends again what it does not know; what still differs after that waits for a
person, with both statuses and what was tried.
"""

from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import access, envelope
from dossiers.lifecycle import STATE_OF_NATIONAL_STATUS
from dossiers.models import Difference, Dossier, Reconciliation
from dossiers.partners import (
    code_tables,
    codebook,
    compared_days,
    counterparts,
    digests,
    permitted,
    portal_born,
    reported,
)
from dossiers.partners.compared_days import NIGHTLY_DAYS, Span
from dossiers.partners.counterparts import LOOKED_UP_AT_MOST, Comparison, Seen
from dossiers.partners.status_events import PartnerEvent, apply_partner_event
from dossiers.partners.wire import ProgressLine
from portal.accounts.models import User
from portal.agencies.actors import Actor
from portal.agencies.models import ApiClient
from portal.core import lock_waits
from portal.core.errors import PortalError, UpstreamError
from portal.core.work import WorkState, claim_next, ring
from portal.exchange import asking, lanes
from portal.exchange import services as exchange
from portal.exchange.models import OutboxMessage, PullProvider

log = structlog.get_logger(__name__)

BELL = "dossiers.reconcile"
NIGHT_HOURS = range(1, 5)
COMPARE_BUDGET = timedelta(hours=12)
COMPARE_LEASE = timedelta(minutes=30)
"""From one question to the next: a comparison that works on is nobody else's."""
LOOKED_UP_OLDER = 500
"""Of LOOKED_UP_AT_MOST, so many stay for the older days, where there are any."""
HEAL_BUDGET = timedelta(days=2)
SENT_AGAIN_AT_MOST = 3
HEALED_A_TURN = 20
DIFFERENCES_AT_MOST = 5_000
"""Written by one comparison; where more differ, something is wrong with all of it, and the next one writes on."""


def plan_night() -> int:
    """Put tonight's comparison of every system in the queue, once a night; return how many were new."""
    now = timezone.localtime()
    if now.hour not in NIGHT_HOURS:
        return 0
    until = now.date()
    can_be_asked = ~Q(webhook_url="") | Q(pull_source__provider=PullProvider.WIRE)
    runs = [
        Reconciliation(client_id=pk, night=until, since=until - timedelta(days=NIGHTLY_DAYS), until=until)
        for pk in ApiClient.objects.filter(can_be_asked, is_active=True).order_by("pk").values_list("pk", flat=True)
    ]
    before = Reconciliation.objects.filter(night=until).count()
    Reconciliation.objects.bulk_create(runs, ignore_conflicts=True)
    ring(BELL)
    return len(runs) - before


@transaction.atomic
def ask_for(client: ApiClient, *, days: int, by: User | None) -> bool:
    """Put a comparison in the queue by an operator's hand; False where one waits already."""
    until = timezone.localdate()
    run = Reconciliation(client=client, since=until - timedelta(days=days), until=until, asked_by=by)
    waiting = Reconciliation.objects.filter(client=client, night=None, work_state=WorkState.PENDING)
    if waiting.exists():
        return False
    Reconciliation.objects.bulk_create([run], ignore_conflicts=True)
    ring(BELL)
    return True


def reconcile_due() -> None:
    """Compare and heal what is due, each system beside the others."""
    now = timezone.now()
    runs = Reconciliation.objects.due(now).filter(client__is_active=True).values_list("client_id", flat=True)
    lost = Difference.objects.due(now).filter(client__is_active=True).values_list("client_id", flat=True)
    lanes.run(lanes.RECONCILE, sorted({*runs, *lost}), _turn)


def _turn(client_id: int) -> bool:
    run = claim_next(Reconciliation, client_id=client_id)
    if run is not None:
        compare(run)
    for _count in range(HEALED_A_TURN):
        difference = claim_next(Difference, client_id=client_id)
        if difference is None:
            return False
        try:
            heal(difference)
        except Exception as error:  # one dossier that cannot be healed must not hold up the others
            if lock_waits.is_database_away(error):
                raise  # the database is away
            log.error("reconciliation.not_healed", difference_id=difference.pk, error=type(error).__name__)
            _wait(difference, _("Không ghi được (%(kind)s).") % {"kind": type(error).__name__})
    return True


def compare(run: Reconciliation) -> None:
    """Compare with the other side and write what differs; settles the row.

    The days that it was made for come first and decide how it ends. What goes wrong with an older one is a note: a
    system that answers for a few months only is compared in those.
    """
    client = ApiClient.objects.select_related("agency").get(pk=run.client_id)
    _hold(run)
    try:
        older = compared_days.older(client, run)
        other = counterparts.of(client)
        if other is None:
            raise asking.NotAnsweredError
        own = compared_days.own(run)
        compared = other.compare(own, at_most=LOOKED_UP_AT_MOST - (LOOKED_UP_OLDER if older else 0))
    except asking.NotAnsweredError as error:
        _settle(run, note=str(error.message))
        return
    except Exception as error:  # whatever a system answers: seen by an operator, and not asked for ever
        _fail(run, _problem(client, error))
        return
    _write(client, own, compared)
    found, note = [compared], ""
    for span in compared_days.in_turn(older, run.until):
        _hold(run)
        at_most = LOOKED_UP_AT_MOST - sum(len(each.looked_at or ()) for each in found)
        try:
            compared = other.compare(span, at_most=at_most)
        except Exception as error:  # as above
            words = _("Chưa so được hết hồ sơ nộp trước ngày %(day)s: %(why)s")
            note = words % {"day": f"{run.since:%d/%m/%Y}", "why": _problem(client, error)}
            if isinstance(error, asking.NotAnsweredError):
                continue  # it may keep newer ones
            break
        _write(client, span, compared)
        found.append(compared)
    _settle(
        run,
        compared=sum(each.compared for each in found),
        differing=sum(len(each.differing) for each in found),
        note=note,
    )


def _hold(run: Reconciliation) -> None:
    """Say that it is being worked on: another worker takes it only where this one has died."""
    Reconciliation.objects.filter(pk=run.pk).update(next_try_at=timezone.now() + COMPARE_LEASE)


def _problem(client: ApiClient, error: Exception) -> str:
    if isinstance(error, UpstreamError):
        return str(error.message)
    log.error("reconciliation.failed", client_id=client.pk, exc_info=error)
    return _("Câu trả lời không đọc được (%(kind)s).") % {"kind": type(error).__name__}


@transaction.atomic
def _fail(run: Reconciliation, reason: str) -> None:
    run.mark_failed(reason, now=timezone.now(), budget=COMPARE_BUDGET)
    run.save(update_fields=["work_state", "next_try_at", "last_error"])


def _settle(run: Reconciliation, *, compared: int = 0, differing: int = 0, note: str = "") -> None:
    run.compared, run.differing, run.note = compared, differing, note
    run.mark_done(timezone.now())
    run.save(update_fields=["work_state", "done_at", "last_error", "compared", "differing", "note"])
    log.info("reconciliation.done", client_id=run.client_id, compared=compared, differing=differing)


@transaction.atomic
def _write(client: ApiClient, span: Span, found: Comparison) -> None:
    still = Difference.objects.filter(client=client).exclude(work_state=WorkState.DONE).select_for_update(of=("self",))
    known, pairs = {row.code: row for row in still.order_by("pk")}, found.differing
    for code, row in known.items():
        if code in pairs:
            row.ours, row.theirs = pairs[code]
            row.save(update_fields=["ours", "theirs"])
    equal = known.keys() - pairs.keys()
    if found.looked_at is not None:
        equal &= found.looked_at
    inside = digests.within(digests.held(client), span.since, span.until).filter(code__in=equal)
    for code in inside.values_list("code", flat=True):
        _close(known[code or ""], _("Hai bên đã bằng nhau."))
    fresh = [
        Difference(client=client, code=code, ours=pair[0], theirs=pair[1])
        for code, pair in pairs.items()
        if code not in known
    ][: max(0, DIFFERENCES_AT_MOST - len(known))]
    Difference.objects.bulk_create(fresh, ignore_conflicts=True)


def _close(difference: Difference, outcome: str) -> None:
    difference.outcome = outcome
    difference.mark_done(timezone.now())
    difference.save(update_fields=["work_state", "done_at", "last_error", "outcome", "ours", "theirs"])


def heal(difference: Difference) -> None:
    """Make both sides equal about one dossier where that is possible; settles the row."""
    client = ApiClient.objects.select_related("agency").get(pk=difference.client_id)
    other = counterparts.of(client)
    try:
        seen = other.look(difference.code) if other is not None else None
    except UpstreamError as error:
        _wait(difference, str(error.message))
        return
    if other is None:
        _give_up(difference, str(asking.NotAnsweredError.message))
        return
    problem = _take_in(client, difference.code, seen)
    with transaction.atomic():
        dossier = _locked(client, difference.code)
        difference.ours = digests.status_of(dossier) if dossier is not None else None
        difference.theirs = seen.status if seen is not None else None
        if difference.ours == difference.theirs:
            _close(difference, _("Đã bằng nhau sau khi ghi những gì hệ thống biết."))
        elif dossier is None:
            _give_up(difference, _("Hệ thống có hồ sơ này, Cổng chưa có. Hãy đề nghị hệ thống đồng bộ hồ sơ."))
        elif problem:
            _give_up(difference, problem)
        elif difference.sent_again >= SENT_AGAIN_AT_MOST or not _send_again(client, dossier, difference):
            _give_up(difference, _words(difference))
        else:
            _wait(difference, _("Đã gửi lại hồ sơ cho hệ thống, chờ hệ thống ghi."))


def _take_in(client: ApiClient, code: str, seen: Seen | None) -> str:
    """Apply what the system knows of a dossier; return what stood in the way, in words."""
    dossier = access.visible_to(Actor.partner(client)).filter(code=code).first()
    if seen is None or dossier is None:
        return ""
    if seen.unmapped:
        code_tables.note_gap(client, codebook.STATUS, seen.unmapped, example=code)
    if seen.refused or digests.status_of(dossier) == seen.status:
        return seen.refused
    try:
        permitted.require(client, has_result=False)
        if seen.events and not dossier.is_reported:
            for event in seen.events:
                permitted.require(client, event.event, has_result=bool(event.data.get("result")))
                _apply(client, event)
        elif dossier.is_reported or portal_born.leads_to(dossier, seen.status):
            reported.report_progress(client, _line(code, seen))
    except PortalError as error:
        return _("Không ghi được điều hệ thống cho biết: %(why)s") % {"why": str(error.message)}
    return ""


def _apply(client: ApiClient, event: PartnerEvent) -> None:
    apply_partner_event(
        event.code,
        client=client,
        event=event.event,
        occurred_at=event.occurred_at,
        reference=event.reference,
        reason=event.reason,
        data=event.data,
    )


def _line(code: str, seen: Seen) -> ProgressLine:
    """A status without its history, as a line of progress."""
    at = seen.at or timezone.now()
    return ProgressLine(
        code=code,
        status=seen.status,
        occurred_at=at,
        content=_("Đối soát với hệ thống"),
        official="",
        official_title="",
        unit="",
        reference=f"DS:{at:%Y%m%d%H%M%S}:{seen.status}",
    )


def _locked(client: ApiClient, code: str) -> Dossier | None:
    mine = access.visible_to(Actor.partner(client)).filter(code=code)
    return mine.select_for_update(of=("self",)).select_related("agency", "procedure_version").first()


def _send_again(client: ApiClient, dossier: Dossier, difference: Difference) -> bool:
    """Send the system what it may have missed: what lies dead in the outbox, or the dossier as it stands now."""
    if dossier.handled_by_id != client.pk or not client.webhook_url:
        return False
    sent = OutboxMessage.objects.filter(client=client, subject=dossier.code)
    difference.sent_again += 1
    difference.save(update_fields=["sent_again"])
    dead = list(sent.filter(work_state=WorkState.DEAD).values_list("pk", flat=True))
    if dead:
        exchange.redrive(dead)
        return True
    if sent.filter(work_state=WorkState.PENDING).exists():
        return True  # it is on its way
    last = sent.order_by("-pk").values_list("type", flat=True).first()
    kind = "dossier.submitted" if difference.theirs is None or last is None else last
    exchange.enqueue(
        client=client,
        type=kind,
        subject=dossier.code or "",
        message_id=f"{dossier.code}.again.{difference.pk}.{difference.sent_again}"[:60],
        payload={
            "type": kind,
            "timestamp": timezone.now().isoformat(),
            "data": {"reason": "", "details": {"is_repeat": True}, "dossier": envelope.dossier_payload(dossier)},
        },
    )
    return True


def _words(difference: Difference) -> str:
    told = {"ours": _label(difference.ours), "theirs": _label(difference.theirs), "count": difference.sent_again}
    return (
        _("Cổng: %(ours)s; hệ thống: %(theirs)s; đã gửi lại %(count)s lần. Hãy trao đổi với đơn vị vận hành hệ thống.")
        % told
    )


def _label(status: int | None) -> str:
    return str(STATE_OF_NATIONAL_STATUS[status].label) if status else _("không có hồ sơ")


def _wait(difference: Difference, reason: str) -> None:
    difference.mark_failed(reason, now=timezone.now(), budget=HEAL_BUDGET)
    difference.save(update_fields=["work_state", "next_try_at", "last_error", "ours", "theirs"])


def _give_up(difference: Difference, reason: str) -> None:
    difference.mark_failed(reason, now=timezone.now(), budget=HEAL_BUDGET, permanent=True)
    difference.save(update_fields=["work_state", "next_try_at", "last_error", "ours", "theirs"])
