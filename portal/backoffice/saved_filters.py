"""Filters that an official saved (bộ lọc đã lưu): hers alone, counted as the queues are, kept a day after deleting."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers.lifecycle import OPEN_STATES
from portal.accounts.models import User
from portal.backoffice import narrowing, queue_list, queues
from portal.backoffice.models import SavedFilter
from portal.backoffice.narrowing import Known, Narrowing
from portal.backoffice.officials import Official
from portal.core.errors import InvalidInputError, NotFoundError
from portal.core.text import clean_line

MOST = 20
"""Saved filters of one official: each is counted on every page that shows the queues."""
NAME_LENGTH = 60
KEPT_FOR = timedelta(days=1)
"""How long one that was thrown away can be had back."""


def of(user: User) -> list[SavedFilter]:
    """Her filters by name."""
    return list(SavedFilter.objects.filter(official=user, deleted_at=None).order_by("name", "pk"))


def thrown_away(user: User) -> list[SavedFilter]:
    """Those she can have back, newest first."""
    since = timezone.now() - KEPT_FOR
    return list(SavedFilter.objects.filter(official=user, deleted_at__gt=since).order_by("-deleted_at"))


def get(pk: int, user: User) -> SavedFilter:
    """One of hers; raises NotFoundError for another's, existing or not."""
    found = SavedFilter.objects.filter(pk=pk, official=user, deleted_at=None).first()
    if found is None:
        raise NotFoundError(code="saved_filter.not_found")
    return found


def lost(saved: SavedFilter, official: Official, known: Known | None = None) -> str:
    """Why it shows nothing any more, in words; empty where it still does."""
    if saved.queue not in queue_list.QUEUES:
        return _("Hàng đợi của bộ lọc này không còn.")
    narrowed = narrowing.from_kept(saved.narrowed)
    return (known or Known(narrowed)).lost(narrowed, official)


def counts(official: Official, at: queue_list.Moment, saved: Iterable[SavedFilter]) -> dict[int, int]:
    """How many rows each has: one pass for all over the desk's open dossiers, one for each queue beside it.

    As in the list of queues, what grows for ever (finished dossiers) is not counted.
    """
    beside: dict[str, dict[str, Count]] = {}
    for one in saved:
        queue = queue_list.QUEUES.get(one.queue)
        if queue is None or not queue.is_counted or not official.working_posts:
            continue
        rows = narrowing.from_kept(one.narrowed).rows
        if queue.scope.is_apart:
            beside.setdefault(queue.name, {})[f"f{one.pk}"] = Count("pk", filter=rows) if rows else Count("pk")
        else:
            beside.setdefault("", {})[f"f{one.pk}"] = Count("pk", filter=queue.rows(official, at) & rows)
    found: dict[str, int] = {}
    for name, wanted in beside.items():
        if name:
            scope = queues.rows_of(official, queue_list.QUEUES[name], at)
        else:
            scope = official.dossiers().filter(queue_list.OURS, state__in=OPEN_STATES)
        found |= scope.aggregate(**wanted)
    return {int(key[1:]): number for key, number in found.items()}


@transaction.atomic
def save(user: User, *, name: str, queue: str, narrowed: Narrowing) -> SavedFilter:
    """Keep a queue as it is narrowed now; the second press of the button finds the first one's.

    Raises NotFoundError for a queue that there is not, InvalidInputError("name") without a name, with one that she has
    already, or where she has MOST of them.
    """
    if queue not in queue_list.QUEUES:
        raise NotFoundError
    _lock(user)
    cleaned = _named(name)
    same = SavedFilter.objects.filter(official=user, name=cleaned, deleted_at=None).first()
    if same is not None and (same.queue, same.narrowed) == (queue, narrowed.kept()):
        return same
    _check_room(user, cleaned)
    return SavedFilter.objects.create(official=user, name=cleaned, queue=queue, narrowed=narrowed.kept())


@transaction.atomic
def change(pk: int, user: User, *, name: str, is_start: bool) -> SavedFilter:
    """Rename it, and open the back office with it or no more; raises as `get` and `save`."""
    _lock(user)
    saved = get(pk, user)
    cleaned = _named(name)
    if cleaned != saved.name:
        _check_name(user, cleaned)
    if is_start:
        SavedFilter.objects.filter(official=user, is_start=True).exclude(pk=pk).update(is_start=False)
    saved.name, saved.is_start = cleaned, is_start
    saved.save(update_fields=["name", "is_start"])
    return saved


@transaction.atomic
def delete(pk: int, user: User) -> SavedFilter:
    """Throw it away, for a day with a way back; what was thrown away before that day is gone."""
    _lock(user)
    saved = get(pk, user)
    now = timezone.now()
    SavedFilter.objects.filter(official=user, deleted_at__lte=now - KEPT_FOR).delete()
    saved.deleted_at, saved.is_start = now, False
    saved.save(update_fields=["deleted_at", "is_start"])
    return saved


@transaction.atomic
def restore(pk: int, user: User) -> SavedFilter:
    """Have it back; raises NotFoundError after a day, InvalidInputError("name") where its name was given again."""
    _lock(user)
    saved = SavedFilter.objects.filter(pk=pk, official=user).first()
    if saved is None or (saved.deleted_at is not None and saved.deleted_at <= timezone.now() - KEPT_FOR):
        raise NotFoundError(code="saved_filter.not_found")
    if saved.deleted_at is None:  # the second press
        return saved
    _check_room(user, saved.name)
    saved.deleted_at = None
    saved.save(update_fields=["deleted_at"])
    return saved


def _lock(user: User) -> None:
    User.objects.select_for_update().get(pk=user.pk)  # two windows: names and number are looked at one by one


def _named(name: str) -> str:
    cleaned = clean_line(name)
    if not cleaned:
        raise InvalidInputError(fields={"name": [_("Hãy đặt tên cho bộ lọc.")]})
    if len(cleaned) > NAME_LENGTH:
        raise InvalidInputError(fields={"name": [_("Tên dài quá %(limit)d ký tự.") % {"limit": NAME_LENGTH}]})
    return cleaned


def _check_room(user: User, name: str) -> None:
    _check_name(user, name)
    if SavedFilter.objects.filter(official=user, deleted_at=None).count() >= MOST:
        words = _("Bạn đã có %(most)d bộ lọc. Hãy xóa bớt rồi lưu.") % {"most": MOST}
        raise InvalidInputError(fields={"name": [words]})


def _check_name(user: User, name: str) -> None:
    if SavedFilter.objects.filter(official=user, name=name, deleted_at=None).exists():
        raise InvalidInputError(fields={"name": [_("Bạn đã có bộ lọc tên này. Hãy đặt tên khác.")]})
