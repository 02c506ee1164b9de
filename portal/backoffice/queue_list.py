"""Which queues the desk has (hàng đợi): each with its words, its rows, its order, and whose first concern it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from django.db.models import Q
from django.db.models.lookups import GreaterThanOrEqual, LessThan, LessThanOrEqual
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers import correspondence, delegated, paper_results
from dossiers.lifecycle import DUE_STATES, FINISHED_STATES, NATIONAL_STATUS, OPEN_STATES, DossierState
from dossiers.models import ACTS_BY, ENDED_AT, Side
from portal.agencies.models import MembershipRole as R
from portal.agencies.scopes import within
from portal.backoffice.officials import SIGNER, Official
from portal.backoffice.queue_marks import Order
from portal.core.moments import start_of_today

S = DossierState
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
        start = start_of_today(now)
        return cls(now, start + timedelta(days=1), start.replace(day=1))


class Scope(Enum):
    """Of which dossiers a queue takes its rows."""

    OURS = auto()
    """Of the agency, decided here."""
    OURS_ALWAYS = auto()
    """Of the agency, decided here, finished ones too; few at any time."""
    OF_ALL = auto()
    """Whatever the agency has, decided here or in a system of its own."""
    OF_OTHERS = auto()
    """Of other agencies that ask this one."""
    ELSEWHERE = auto()
    """Of the agency, decided by another system."""
    AT_STAGE = auto()
    """Of the agency, decided here, in a stage of its internal process."""
    PAPER = auto()
    """Decided, and their paper waits to be collected."""

    @property
    def rows(self) -> Q:
        """What holds of the rows beside the queue's own; apart from them, so that an index with it in itself does."""
        return OURS if self in {Scope.OURS, Scope.OURS_ALWAYS, Scope.AT_STAGE} else Q()

    @property
    def is_apart(self) -> bool:
        """Whether the rows are not among the open dossiers that the desk decides."""
        return self in {Scope.OURS_ALWAYS, Scope.OF_OTHERS, Scope.ELSEWHERE, Scope.AT_STAGE, Scope.PAPER}


@dataclass(frozen=True)
class Queue:
    """One queue: its address, words, rows, and whose first concern it is."""

    name: str
    label: str | Promise
    hint: str | Promise
    rows: Callable[[Official, Moment], Q]
    """Which of the rows of its scope."""
    first_for: frozenset[str] = frozenset()
    order: Order = Order.URGENT
    """What comes first where nobody chose."""
    icon: str = "inbox"
    is_counted: bool = True
    in_rail: bool = True
    scope: Scope = Scope.OURS
    to_do: Callable[[Official], Q] | None = None
    """Which of its rows wait for the reader herself, and not for the applicant, the leader or another agency."""
    states: frozenset[str] = frozenset(OPEN_STATES)
    """States that its rows may be in: what can be done to many of them follows from it."""

    def is_there_for(self, official: Official) -> bool:
        """Whether it has a place on her pages: one of stages where some agency of hers may have any."""
        return self.scope is not Scope.AT_STAGE or official.has_stages


def _late(official: Official, at: Moment) -> Q:
    return (
        Q(state=S.SUBMITTED, intake_due_at__lt=at.now)
        | Q(state__in=AT_WORK, clock_stopped_at__isnull=True, due_at__lt=at.now)
    ) & Q(LessThan(ACTS_BY, at.now))  # says the same, in the words of the desk's index


def _today(official: Official, at: Moment) -> Q:
    span = (at.now, at.day_ends)
    return (
        Q(state=S.SUBMITTED, intake_due_at__range=span)
        | Q(state__in=AT_WORK, clock_stopped_at__isnull=True, due_at__range=span)
    ) & Q(GreaterThanOrEqual(ACTS_BY, at.now), LessThanOrEqual(ACTS_BY, at.day_ends))


def _for_signature(official: Official) -> Q:
    """Of the agencies that she leads all; of where she signs in the head's stead what is not her own work."""
    led = [post.agency.path for post in official.working_posts if post.role == R.LEADER]
    if len(led) == len(official.working_posts):
        return Q()
    return within(led) | delegated.proposed_to(official.signing, official.user)


def _at_her_stage(official: Official, at: Moment) -> Q:
    """In a stage of a post of hers: given to her or to who is away, or to nobody where her post is the nearest.

    Who is told of a stage that nobody has finds it here (memberships.nearest_holders). Of anybody's what she has.
    """
    hers = Q(assignee__in=[official.user, *official.stands_in_for])
    stage = Q(stage__role="") & hers
    for role, agencies in official.nearest_by_role.items():
        there = within(post.agency.path for post in official.working_posts if post.role == role)
        stage |= Q(stage__role=role) & (hers & there | Q(assignee__isnull=True, agency__in=agencies))
    return Q(state=S.PROCESSING, proposed_at__isnull=True, stage__name__gt="") & stage


QUEUES: dict[str, Queue] = {
    queue.name: queue
    for queue in (
        Queue(
            "moi-nop",
            _("Mới nộp"),
            _("Chờ tiếp nhận trong 8 giờ làm việc."),
            lambda official, at: Q(state=S.SUBMITTED),
            frozenset({R.DESK}),
            icon="inbox",
            states=frozenset({S.SUBMITTED}),
        ),
        Queue(
            "cua-toi",
            _("Của tôi"),
            _("Hồ sơ giao cho bạn, hoặc cho người bạn đang làm thay; chưa xong."),
            lambda official, at: Q(assignee__in=[official.user, *official.stands_in_for], state__in=OPEN_STATES),
            frozenset({R.SPECIALIST}),
            icon="user-round",
            to_do=lambda official: Q(
                state__in=[S.ACCEPTED, S.PROCESSING], proposed_at__isnull=True, clock_stopped_at__isnull=True
            ),
        ),
        Queue(
            "cho-duyet",
            _("Chờ duyệt"),
            _("Chuyên viên đã trình, chờ lãnh đạo quyết định."),
            lambda official, at: Q(state=S.PROCESSING, proposed_at__isnull=False),
            frozenset({R.LEADER, SIGNER}),
            icon="file-check",
            to_do=_for_signature,
            states=frozenset({S.PROCESSING}),
        ),
        Queue(
            "den-buoc",
            _("Đến bước của tôi"),
            _("Đang ở bước của vai bạn, giao cho bạn hoặc chưa giao cho ai."),
            _at_her_stage,
            frozenset({R.DESK, R.SPECIALIST, R.LEADER}),
            icon="route",
            scope=Scope.AT_STAGE,
            to_do=lambda official: Q(clock_stopped_at__isnull=True),
            states=frozenset({S.PROCESSING}),
        ),
        Queue(
            "chua-phan-cong",
            _("Chưa phân công"),
            _("Đã tiếp nhận, chưa có người thụ lý."),
            lambda official, at: Q(state__in=AT_WORK, assignee__isnull=True),
            frozenset({R.SPECIALIST, R.LEADER}),
            icon="users",
            states=frozenset(AT_WORK),
        ),
        Queue(
            "dang-xu-ly",
            _("Đang xử lý"),
            _("Đã tiếp nhận, chưa xong."),
            lambda official, at: Q(state__in=[S.ACCEPTED, S.PROCESSING]),
            icon="files",
            states=frozenset({S.ACCEPTED, S.PROCESSING}),
        ),
        Queue(
            "cho-nguoi-nop",
            _("Chờ người nộp"),
            _("Chờ bổ sung giấy tờ hoặc nộp phí; thời hạn tạm dừng."),
            lambda official, at: Q(state__in=[S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT]),
            icon="hourglass",
            states=frozenset({S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT}),
        ),
        Queue(
            "cho-co-quan-khac",
            _("Chờ cơ quan khác"),
            _("Đang lấy ý kiến cơ quan khác."),
            lambda official, at: Q(state=S.CONSULTING),
            icon="building-2",
            states=frozenset({S.CONSULTING}),
        ),
        Queue(
            "duoc-hoi-y-kien",
            _("Được hỏi ý kiến"),
            _("Cơ quan khác hỏi ý kiến cơ quan bạn về hồ sơ của họ."),
            lambda official, at: Q(),
            frozenset({R.SPECIALIST, R.LEADER}),
            icon="message-square",
            scope=Scope.OF_OTHERS,
        ),
        Queue(
            "tin-chua-doc",
            _("Tin chưa đọc"),
            _("Người nộp nhắn, chưa ai đọc hoặc trả lời; hồ sơ đã xong cũng ở đây đến khi có người đọc."),
            lambda official, at: Q(pk__in=correspondence.unread(Side.AGENCY).values("dossier")),
            icon="mail",
            scope=Scope.OURS_ALWAYS,
            states=frozenset(NATIONAL_STATUS),
        ),
        Queue(
            "xin-rut",
            _("Xin rút"),
            _("Người nộp yêu cầu rút hồ sơ."),
            lambda official, at: Q(state=S.WITHDRAWAL_REQUESTED),
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
            scope=Scope.PAPER,
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
            order=Order.LAST_DONE,
            icon="circle-check",
            is_counted=False,
            scope=Scope.OF_ALL,
            states=FINISHED_STATES,
        ),
        Queue(
            "nhan-thang-nay",
            _("Nhận trong tháng"),
            _("Nộp từ đầu tháng; mới nhất trước."),
            lambda official, at: Q(submitted_at__gte=at.month_begins),
            order=Order.NEWEST,
            is_counted=False,
            scope=Scope.OF_ALL,
            in_rail=False,
            states=frozenset(NATIONAL_STATUS),
        ),
        Queue(
            "xong-thang-nay",
            _("Xong trong tháng"),
            _("Kết thúc từ đầu tháng; mới nhất trước."),
            lambda official, at: (
                Q(state__in=FINISHED_STATES, finished_at__gte=at.month_begins)
                & Q(GreaterThanOrEqual(ENDED_AT, at.month_begins))  # the same, in the words of its index
            ),
            order=Order.LAST_DONE,
            is_counted=False,
            scope=Scope.OF_ALL,
            in_rail=False,
            states=FINISHED_STATES,
        ),
        Queue(
            "he-thong-rieng",
            _("Ở hệ thống khác"),
            _("Do hệ thống riêng của cơ quan giải quyết; ở đây chỉ xem."),
            lambda official, at: ELSEWHERE & Q(state__in=OPEN_STATES),
            icon="plug",
            scope=Scope.ELSEWHERE,
        ),
    )
}
