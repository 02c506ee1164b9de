"""The queues of the desk (hàng đợi): which rows, in which order, how many; keyset pages, no offsets."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Value
from django.db.models.lookups import GreaterThanOrEqual, LessThan, LessThanOrEqual
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers import correspondence, paper_results
from dossiers.lifecycle import DUE_STATES, FINISHED_STATES, NATIONAL_STATUS, OPEN_STATES, DossierState
from dossiers.models import ACTS_BY, Dossier, DossierEvent, DossierQuerySet, Side
from portal.agencies.models import MembershipRole as R
from portal.backoffice import queue_columns, queue_marks
from portal.backoffice.narrowing import EVERYTHING, Narrowing
from portal.backoffice.officials import Official
from portal.backoffice.queue_marks import Order

S = DossierState
PAGE_SIZE = 50
AT_WORK = (S.ACCEPTED, S.PROCESSING, S.CONSULTING)
OURS = Q(handled_by__isnull=True, source__isnull=True)
"""Decided here, not in the agency's own system."""
ELSEWHERE = Q(handled_by__isnull=False) | Q(source__isnull=False)


@dataclass(frozen=True)
class Moment:
    """Now, the end of today and the first of the month, as the queues see them."""

    now: datetime
    day_ends: datetime
    month_begins: datetime

    @classmethod
    def current(cls) -> "Moment":
        """The moment of this request."""
        return cls.at(timezone.now())

    @classmethod
    def at(cls, now: datetime) -> "Moment":
        """The moment of an earlier page."""
        start = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(now, start + timedelta(days=1), start.replace(day=1))


@dataclass(frozen=True)
class Queue:
    """One queue: its address, words, rows, and whose first concern it is."""

    name: str
    label: str | Promise
    hint: str | Promise
    rows: Callable[[Official, Moment], Q]
    first_for: frozenset[str] = frozenset()
    newest_first: bool = False
    icon: str = "inbox"
    is_counted: bool = True
    in_rail: bool = True
    is_of_others: bool = False
    """Rows are dossiers of other agencies that ask this one."""
    is_elsewhere: bool = False
    """Rows are dossiers that another system decides."""
    is_of_paper: bool = False
    """Rows are decided, and their paper waits to be collected."""
    to_do: Q = Q()
    """Which of its rows wait for the reader herself, and not for the applicant, the leader or another agency."""
    states: frozenset[str] = frozenset(OPEN_STATES)
    """States that its rows may be in: what can be done to many of them follows from it."""

    @property
    def is_apart(self) -> bool:
        """Whether its rows are not among the open dossiers that the desk decides."""
        return self.is_of_others or self.is_elsewhere or self.is_of_paper


def _late(official: Official, at: Moment) -> Q:
    return (
        OURS
        & (
            Q(state=S.SUBMITTED, intake_due_at__lt=at.now)
            | Q(state__in=AT_WORK, clock_stopped_at__isnull=True, due_at__lt=at.now)
        )
        & Q(LessThan(ACTS_BY, at.now))
    )  # says the same, in the words of the desk's index


def _today(official: Official, at: Moment) -> Q:
    span = (at.now, at.day_ends)
    return (
        OURS
        & (
            Q(state=S.SUBMITTED, intake_due_at__range=span)
            | Q(state__in=AT_WORK, clock_stopped_at__isnull=True, due_at__range=span)
        )
        & Q(GreaterThanOrEqual(ACTS_BY, at.now), LessThanOrEqual(ACTS_BY, at.day_ends))
    )


QUEUES: dict[str, Queue] = {
    queue.name: queue
    for queue in (
        Queue(
            "moi-nop",
            _("Mới nộp"),
            _("Chờ tiếp nhận trong 8 giờ làm việc."),
            lambda official, at: OURS & Q(state=S.SUBMITTED),
            frozenset({R.DESK}),
            icon="inbox",
            states=frozenset({S.SUBMITTED}),
        ),
        Queue(
            "cua-toi",
            _("Của tôi"),
            _("Hồ sơ giao cho bạn, hoặc cho người bạn đang làm thay; chưa xong."),
            lambda official, at: OURS & Q(assignee__in=[official.user, *official.stands_in_for], state__in=OPEN_STATES),
            frozenset({R.SPECIALIST}),
            icon="user-round",
            to_do=Q(state__in=[S.ACCEPTED, S.PROCESSING], proposed_at__isnull=True, clock_stopped_at__isnull=True),
        ),
        Queue(
            "cho-duyet",
            _("Chờ duyệt"),
            _("Chuyên viên đã trình, chờ lãnh đạo quyết định."),
            lambda official, at: OURS & Q(state=S.PROCESSING, proposed_at__isnull=False),
            frozenset({R.LEADER}),
            icon="file-check",
            states=frozenset({S.PROCESSING}),
        ),
        Queue(
            "chua-phan-cong",
            _("Chưa phân công"),
            _("Đã tiếp nhận, chưa có người thụ lý."),
            lambda official, at: OURS & Q(state__in=AT_WORK, assignee__isnull=True),
            frozenset({R.SPECIALIST, R.LEADER}),
            icon="users",
            states=frozenset(AT_WORK),
        ),
        Queue(
            "dang-xu-ly",
            _("Đang xử lý"),
            _("Đã tiếp nhận, đồng hồ đang chạy."),
            lambda official, at: OURS & Q(state__in=[S.ACCEPTED, S.PROCESSING]),
            icon="files",
            states=frozenset({S.ACCEPTED, S.PROCESSING}),
        ),
        Queue(
            "cho-nguoi-nop",
            _("Chờ người nộp"),
            _("Chờ bổ sung giấy tờ hoặc nộp phí; đồng hồ dừng."),
            lambda official, at: OURS & Q(state__in=[S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT]),
            icon="hourglass",
            states=frozenset({S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT}),
        ),
        Queue(
            "cho-co-quan-khac",
            _("Chờ cơ quan khác"),
            _("Đang lấy ý kiến cơ quan khác."),
            lambda official, at: OURS & Q(state=S.CONSULTING),
            icon="building-2",
            states=frozenset({S.CONSULTING}),
        ),
        Queue(
            "duoc-hoi-y-kien",
            _("Được hỏi ý kiến"),
            _("Cơ quan khác hỏi ý kiến cơ quan bạn về hồ sơ của họ."),
            lambda official, at: Q(),
            icon="message-square",
            is_of_others=True,
        ),
        Queue(
            "tin-chua-doc",
            _("Tin chưa đọc"),
            _("Người nộp nhắn, chưa ai đọc hoặc trả lời."),
            lambda official, at: OURS & Q(pk__in=correspondence.unread(Side.AGENCY).values("dossier")),
            icon="mail",
        ),
        Queue(
            "xin-rut",
            _("Xin rút"),
            _("Người nộp yêu cầu rút hồ sơ."),
            lambda official, at: OURS & Q(state=S.WITHDRAWAL_REQUESTED),
            frozenset({R.DESK}),
            icon="rotate-ccw",
            states=frozenset({S.WITHDRAWAL_REQUESTED}),
        ),
        Queue(
            "cho-tra",
            _("Chờ trả kết quả"),
            _("Đã có kết quả, người nộp đặt bản giấy: in, trao hoặc gửi bưu chính, ghi ai nhận."),
            lambda official, at: paper_results.WAITING,
            frozenset({R.DESK}),
            icon="printer",
            is_of_paper=True,
            states=frozenset({S.DECIDED}),
        ),
        Queue(
            "tre-han",
            _("Trễ hạn"),
            _("Đã quá hạn tiếp nhận hoặc hạn trả."),
            _late,
            icon="triangle-alert",
            states=DUE_STATES,
        ),
        Queue(
            "hom-nay",
            _("Đến hạn hôm nay"),
            _("Phải xong trong hôm nay."),
            _today,
            icon="clock",
            states=DUE_STATES,
        ),
        Queue(
            "da-xong",
            _("Đã xong"),
            _("Đã trả kết quả, dừng hoặc từ chối; mới nhất trước."),
            lambda official, at: Q(state__in=FINISHED_STATES),
            newest_first=True,
            icon="circle-check",
            is_counted=False,
            states=FINISHED_STATES,
        ),
        Queue(
            "nhan-thang-nay",
            _("Nhận trong tháng"),
            _("Nộp từ đầu tháng; mới nhất trước."),
            lambda official, at: Q(submitted_at__gte=at.month_begins),
            newest_first=True,
            is_counted=False,
            in_rail=False,
            states=frozenset(NATIONAL_STATUS),
        ),
        Queue(
            "xong-thang-nay",
            _("Xong trong tháng"),
            _("Kết thúc từ đầu tháng; mới nhất trước."),
            lambda official, at: Q(state__in=FINISHED_STATES, finished_at__gte=at.month_begins),
            newest_first=True,
            is_counted=False,
            in_rail=False,
            states=FINISHED_STATES,
        ),
        Queue(
            "he-thong-rieng",
            _("Ở hệ thống khác"),
            _("Do hệ thống riêng của cơ quan giải quyết; ở đây chỉ xem."),
            lambda official, at: ELSEWHERE & Q(state__in=OPEN_STATES),
            icon="plug",
            is_elsewhere=True,
        ),
    )
}


@dataclass(frozen=True)
class Page:
    """One page of a queue and the mark from which the next one starts."""

    rows: list[Dossier]
    next_mark: str


def rows_of(official: Official, queue: Queue, at: Moment, narrowed: Narrowing = EVERYTHING) -> DossierQuerySet:
    """All rows of a queue, narrowed where asked, unordered."""
    scope = official.asked() if queue.is_of_others else official.dossiers()
    return scope.filter(queue.rows(official, at) & narrowed.rows)


def page(
    official: Official,
    queue: Queue,
    at: Moment,
    *,
    after: str = "",
    narrowed: Narrowing = EVERYTHING,
    limit: int = PAGE_SIZE,
) -> Page:
    """One page in the order that is wanted, or the queue's own; a mark that cannot be read starts at the top."""
    own = Order.LAST_DONE if queue.newest_first else Order.URGENT
    rows = queue_columns.slim(rows_of(official, queue, at, narrowed), with_answers=queue.is_of_paper)
    rows = queue_marks.in_order(rows, Order(narrowed.order or own), after=after)
    found: list[Any] = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], queue_marks.write(last) if last is not None else "")


def to_do(official: Official, queue: Queue, at: Moment, *, limit: int) -> list[Dossier]:
    """The first rows of a queue that wait for the reader herself, most urgent first."""
    rows = queue_columns.slim(rows_of(official, queue, at).filter(queue.to_do), with_answers=queue.is_of_paper)
    return list(queue_marks.in_order(rows, Order.URGENT)[:limit])


def first_marks(
    official: Official, queue: Queue, at: Moment, *, limit: int, narrowed: Narrowing = EVERYTHING
) -> list[tuple[str, int]]:
    """Code and last event of the first rows of a queue, most urgent first."""
    ordered = queue_marks.in_order(rows_of(official, queue, at, narrowed), Order.URGENT)
    return [(code or "", sequence) for code, sequence in ordered.values_list("code", "last_sequence")[:limit]]


@dataclass(frozen=True)
class Gathered:
    """Some marks of a queue and where the next ones begin; nothing there once all were gathered."""

    marks: list[tuple[str, int]]
    next_mark: str


def marks_unchanged_since(
    official: Official, queue: Queue, at: Moment, since: datetime, *, limit: int, after: str, narrowed: Narrowing
) -> Gathered:
    """Code and last event of a queue's rows after a mark, most urgent first, without those that changed meanwhile."""
    ordered = queue_marks.in_order(rows_of(official, queue, at, narrowed), Order.URGENT, after=after)
    changed = DossierEvent.objects.filter(dossier=OuterRef("pk"), received_at__gt=since).order_by()
    found = list(ordered.filter(~Exists(changed)).only("code", "last_sequence")[:limit])
    marks = [(row.code or "", row.last_sequence) for row in found]
    return Gathered(marks, queue_marks.write(found[-1]) if len(found) == limit else "")


def search(official: Official, condition: Q, *, limit: int = PAGE_SIZE) -> list[Dossier]:
    """Dossiers of the official's agencies that fit, newest first."""
    return list(queue_columns.slim(official.dossiers().filter(condition)).order_by("-id")[:limit])


def counts(official: Official, at: Moment) -> dict[str, int]:
    """How many rows each queue has: one pass over the desk's index, and one query for the queues beside it."""
    counted = {
        name.replace("-", "_"): queue for name, queue in QUEUES.items() if queue.is_counted and not queue.is_apart
    }
    if not official.working_posts:
        return dict.fromkeys((queue.name for queue in QUEUES.values() if queue.is_counted), 0)
    ours = official.dossiers().filter(OURS, state__in=OPEN_STATES)
    found = ours.aggregate(**{key: Count("pk", filter=queue.rows(official, at)) for key, queue in counted.items()})
    apart = dict.fromkeys((queue.name for queue in QUEUES.values() if queue.is_apart), 0)
    beside = [
        rows_of(official, QUEUES[name], at)
        .order_by()
        .annotate(queue=Value(name))
        .values("queue")
        .annotate(number=Count("pk"))
        .values_list("queue", "number")
        for name in apart
    ]
    return (
        {queue.name: found[key] for key, queue in counted.items()}
        | apart
        | dict(beside[0].union(*beside[1:], all=True))
    )
