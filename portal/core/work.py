"""Background work as rows (docs/adr/0003): the database is the queue of record, Celery only rings the bell.

A row is written in the transaction of the change that caused it. A worker claims due rows one by one with a lease, so
that a killed worker's row falls due again; a row that used up its budget is dead and shows its reason to an official.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Self, TypeVar

import structlog
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core import lock_waits, writes
from portal.core.bell import ring_now
from portal.core.errors import PortalError

log = structlog.get_logger(__name__)


class WorkState(models.TextChoices):
    """State of a piece of background work (trạng thái việc nền)."""

    PENDING = "pending", _("Chờ thực hiện")
    DONE = "done", _("Đã xong")
    DEAD = "dead", _("Dừng, cần người xử lý")


class WorkQuerySet(models.QuerySet[Any]):
    """Reads over background work."""

    def due(self, now: datetime) -> Self:
        """Rows whose turn has come, oldest first."""
        return self.filter(work_state=WorkState.PENDING, next_try_at__lte=now).order_by("next_try_at", "pk")

    def dead(self) -> Self:
        """Rows that need a person."""
        return self.filter(work_state=WorkState.DEAD)


class QueuedWork(models.Model):
    """One piece of background work: state, attempts, next try, last error in words an official can act on."""

    work_state = models.CharField(_("trạng thái việc"), max_length=8, choices=WorkState, default=WorkState.PENDING)
    attempts = models.PositiveIntegerField(_("số lần thử"), default=0)
    next_try_at = models.DateTimeField(_("lần thử tiếp"), default=timezone.now)
    last_error = models.TextField(_("lỗi gần nhất"), blank=True, default="")
    created_at = models.DateTimeField(_("tạo lúc"), default=timezone.now, editable=False)
    done_at = models.DateTimeField(_("xong lúc"), null=True, blank=True)

    class Meta:
        abstract = True

    def mark_done(self, now: datetime) -> None:
        """Say that the work is done; the caller saves within its own transaction."""
        self.work_state = WorkState.DONE
        self.done_at = now
        self.last_error = ""

    def mark_failed(self, error: str, *, now: datetime, budget: timedelta, permanent: bool = False) -> None:
        """Plan the next try with exponential backoff and jitter, or declare the work dead when its budget is spent."""
        self.last_error = error[:2000]
        if permanent or now - self.created_at >= budget:
            self.work_state = WorkState.DEAD
            return
        wait = min(3600.0, 2.0 ** min(self.attempts, 12))
        self.next_try_at = now + timedelta(seconds=wait * random.uniform(0.75, 1.25))  # noqa: S311 - jitter, no secret

    def redrive(self, now: datetime) -> None:
        """Put dead work back in the queue with tries and budget anew, by an official's hand."""
        self.work_state = WorkState.PENDING
        self.attempts = 0
        self.next_try_at = now
        self.created_at = now

    def mark_more_to_do(self, now: datetime) -> None:
        """Say that this turn went well and another is due at once: what fails then is the first failure.

        The caller saves MORE_TO_DO within its own transaction.
        """
        self.redrive(now)
        self.last_error = ""


MORE_TO_DO = ("work_state", "attempts", "next_try_at", "created_at", "last_error")
"""Fields that a turn with more to follow changes."""

Work = TypeVar("Work", bound=QueuedWork)


def claim_next(model: type[Work], **filters: Any) -> Work | None:
    """Claim one due row with a lease, in a transaction of its own, or return None when nothing is due.

    The lease moves next_try_at ahead, so a worker that dies in the middle loses only time.
    """
    now = timezone.now()
    rows: Any = model._default_manager  # each model's own, made of WorkQuerySet
    with transaction.atomic():
        work: Work | None = rows.due(now).filter(**filters).select_for_update(skip_locked=True, of=("self",)).first()
        if work is None:
            return None
        work.attempts += 1
        work.next_try_at = now + timedelta(seconds=settings.WORK_LEASE_SECONDS)
        work.save(update_fields=["attempts", "next_try_at"])
    return work


def drain(
    model: type[Work],
    perform: Callable[[Work], None],
    *,
    limit: int = 200,
    **filters: Any,
) -> int:
    """Perform due rows until none is left or `limit` is reached; return how many were claimed.

    `perform` settles the row itself (mark_done or mark_failed); an exception it lets out is recorded and retried.
    """
    count = 0
    while count < limit:
        work = claim_next(model, **filters)
        if work is None:
            break
        count += 1
        try:
            perform(work)
        except Exception as error:  # the row must say what went wrong, whatever it was
            if lock_waits.is_database_away(error):
                raise  # the database is away: leave the lease to run out
            log.exception("work.failed", model=model._meta.label, work_id=work.pk)
            with transaction.atomic():
                fresh = model._default_manager.select_for_update(of=("self",)).filter(pk=work.pk).first()
                if fresh is None:
                    continue  # it was called off meanwhile
                fresh.mark_failed(
                    _words(error),
                    now=timezone.now(),
                    budget=timedelta(days=1),
                )
                fresh.save(update_fields=["work_state", "next_try_at", "last_error"])
    return count


def _words(error: Exception) -> str:
    """What an official may read of it: another error's own text can hold people's data, or a path of this machine."""
    if isinstance(error, PortalError):
        return error.words
    if lock_waits.is_row_held(error):
        return str(_("Một việc khác đang giữ hồ sơ này. Cổng tự thử lại."))
    words = _("Lỗi phần mềm của Cổng (%(kind)s), chi tiết nằm trong nhật ký máy chủ. Nhờ quản trị hệ thống xem giúp.")
    return words % {"kind": type(error).__name__}


def ring(task_name: str) -> None:
    """Wake a worker after commit; a lost bell is harmless because beat sweeps the rows."""
    # what a savepoint takes back rings for nobody: the next one under another savepoint rings again
    key = (task_name, *transaction.get_connection().savepoint_ids)
    writes.once(key, lambda: transaction.on_commit(lambda: ring_now(task_name), robust=True))
