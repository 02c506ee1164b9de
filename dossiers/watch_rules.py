"""Which deadlines are warned of, when, and who is told (quy tắc cảnh báo thời hạn): the table of dossiers.watch."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers.lifecycle import DossierState
from portal.agencies.models import MembershipRole

S = DossierState
R = MembershipRole
OURS = Q(source__isnull=True, handled_by__isnull=True)
"""Filed and decided here: deadlines of dossiers that another system reports are watched there."""
THEIRS = Q(source__isnull=True, handled_by__isnull=False)
"""Filed here, decided in the agency's own system: its officials act there, here nobody could."""
INTAKE = OURS & Q(state=S.SUBMITTED)
WORK = OURS & Q(state__in=[S.ACCEPTED, S.PROCESSING, S.CONSULTING], clock_stopped_at__isnull=True)
WITHDRAWAL = OURS & Q(state=S.WITHDRAWAL_REQUESTED)
"""The clock stands still for them, so that nothing else would ever tell that nobody answers."""
UNPAID = Q(state=S.AWAITING_PAYMENT)
WAITING = OURS & Q(state__in=[S.ACCEPTED, S.PROCESSING], clock_stopped_at__isnull=True)
SILENT = (
    OURS
    & Q(state=S.AWAITING_SUPPLEMENT)
    & (Q(rebased_to__closes_on_silence=False) | Q(rebased_to__isnull=True, procedure_version__closes_on_silence=False))
)
"""Of a procedure whose rule ends nothing by silence: no sweep stops it, somebody has to go on (dossiers.closing)."""
SUPPLEMENT_DUE = "supplement_due_at"
"""Not of the dossier: of the request to supplement that is open."""
BUNDLE_DUE = "bundle_due_at"
"""Not of the dossier: of the bundle that it is a part of; all of it is to be done by then."""
ASKING = OURS & Q(state=S.CONSULTING)
ANSWER_DUE, ASKED_AT = "answer_due_at", "asked_at"
"""Not of the dossier: of the question to another agency that is open. Several are often to be answered by the same
moment; when each was asked tells them apart."""


@dataclass(frozen=True)
class Gathered:
    """Words of one message for many dossiers."""

    subject: str | Promise
    body: str | Promise


@dataclass(frozen=True)
class Rule:
    """One warning: which deadline, how many office hours before (negative) or after it, and who is told."""

    name: str
    rows: Q
    limit: str
    hours: int
    roles: tuple[str, ...]
    text: str | Promise
    of_system: bool = False
    """Tell who looks after the system that decides, once a day for all its dossiers: it may have fallen silent."""
    gathered: Gathered | None = None
    """Tell each person once an hour in these words, however many dossiers there are."""
    forgets_after: timedelta | None = None
    """Of what was due so long ago nothing is said: where nobody acted for weeks, it is no news to anybody."""
    of_asked: bool = False
    """Tell the agency whose opinion is waited for instead of the one that decides."""
    levels_up: int = 0
    """Tell an agency above instead, so many levels up or the highest there is: nearer ones let the deadline pass."""
    of_applicant: bool = False
    """Remind who filed, and no official: it is her turn. The words are what officials read of it."""
    key: str = ""
    """What tells one time from another where the limit itself may be reckoned anew; the limit unless said."""
    offers_extension: bool = False
    """The message opens form 04, where it was not sent yet: the applicant is told before the day, not after it."""


FOUR_WEEKS = timedelta(weeks=4)


RULES: tuple[Rule, ...] = (
    Rule(
        "intake_new",
        INTAKE,
        "intake_due_at",
        -7,
        (R.DESK,),
        _("Hồ sơ %(code)s mới nộp, chờ tiếp nhận"),
        gathered=Gathered(_("Có hồ sơ mới chờ tiếp nhận"), _("Hàng đợi xếp theo hạn phải trả lời.")),
    ),
    Rule("intake_soon", INTAKE, "intake_due_at", -2, (R.DESK,), _("Hồ sơ %(code)s phải được trả lời trước %(limit)s")),
    Rule("intake_late", INTAKE, "intake_due_at", 0, (R.DESK, R.LEADER), _("Hồ sơ %(code)s quá hạn tiếp nhận")),
    Rule(
        "intake_escalated",
        INTAKE,
        "intake_due_at",
        8,
        (R.LEADER,),
        _("%(agency)s chưa tiếp nhận hồ sơ %(code)s, quá hạn một ngày làm việc"),
        levels_up=1,
    ),
    Rule(
        "intake_late_higher",
        INTAKE,
        "intake_due_at",
        24,
        (R.LEADER,),
        _("%(agency)s chưa tiếp nhận hồ sơ %(code)s, quá hạn ba ngày làm việc"),
        levels_up=2,
        gathered=Gathered(
            _("Có hồ sơ quá hạn tiếp nhận ba ngày làm việc"), _("Bảng điều hành cho biết ở cơ quan nào.")
        ),
        forgets_after=FOUR_WEEKS,
    ),
    Rule(
        "due_soon",
        WORK,
        "due_at",
        -8,
        (R.SPECIALIST,),
        _("Hồ sơ %(code)s hẹn trả %(limit)s"),
        offers_extension=True,
    ),
    Rule(
        "due_late",
        WORK,
        "due_at",
        0,
        (R.SPECIALIST, R.LEADER),
        _("Hồ sơ %(code)s quá hạn trả kết quả"),
        offers_extension=True,
    ),
    Rule(
        "due_escalated",
        WORK,
        "due_at",
        16,
        (R.LEADER,),
        _("%(agency)s chưa trả kết quả hồ sơ %(code)s, quá hạn hai ngày làm việc"),
        levels_up=1,
    ),
    Rule(
        "due_late_higher",
        WORK,
        "due_at",
        40,
        (R.LEADER,),
        _("%(agency)s chưa trả kết quả hồ sơ %(code)s, quá hạn năm ngày làm việc"),
        levels_up=2,
        gathered=Gathered(
            _("Có hồ sơ quá hạn trả kết quả năm ngày làm việc"), _("Bảng điều hành cho biết ở cơ quan nào.")
        ),
        forgets_after=FOUR_WEEKS,
    ),
    Rule(
        "bundle_late",
        OURS & Q(state__in=[S.SUBMITTED, S.ACCEPTED, S.PROCESSING, S.CONSULTING], clock_stopped_at__isnull=True),
        BUNDLE_DUE,
        0,
        (R.SPECIALIST, R.LEADER),
        _("Hồ sơ %(code)s thuộc hồ sơ liên thông đã quá thời hạn chung %(limit)s"),
        forgets_after=FOUR_WEEKS,
    ),
    Rule(
        "unassigned",
        WAITING & Q(assignee__isnull=True, proposed_at__isnull=True),
        "state_occurred_at",
        8,
        (R.LEADER,),
        _("Hồ sơ %(code)s đã tiếp nhận, chưa ai thụ lý"),
        gathered=Gathered(_("Có hồ sơ chưa ai thụ lý"), _("Hàng đợi “Chưa phân công” cho biết hồ sơ nào.")),
        forgets_after=FOUR_WEEKS,
    ),
    Rule(
        "no_limit_waits",
        WAITING & Q(due_at__isnull=True),
        "state_occurred_at",
        40,
        (R.SPECIALIST, R.LEADER),
        _("Hồ sơ %(code)s không có hạn trả, vẫn ở trạng thái này từ %(limit)s"),
        forgets_after=FOUR_WEEKS,
    ),
    Rule(
        "unpaid_reminder",
        OURS & UNPAID,
        "state_occurred_at",
        16,
        (),
        _("Đã nhắc người nộp phí, lệ phí của hồ sơ %(code)s"),
        of_applicant=True,
        forgets_after=FOUR_WEEKS,
    ),
    Rule(
        "unpaid_elsewhere",
        THEIRS & UNPAID,
        "state_occurred_at",
        16,
        (),
        _("Đã nhắc người nộp phí, lệ phí của hồ sơ %(code)s"),
        of_applicant=True,
        forgets_after=FOUR_WEEKS,
    ),
    Rule(
        "unpaid_waits",
        OURS & UNPAID,
        "state_occurred_at",
        40,
        (R.DESK,),
        _("Hồ sơ %(code)s chưa được nộp phí từ %(limit)s"),
        gathered=Gathered(
            _("Có hồ sơ chưa được nộp phí năm ngày làm việc"), _("Hàng đợi “Chờ người nộp” cho biết hồ sơ nào.")
        ),
        forgets_after=FOUR_WEEKS,
    ),
    Rule(
        "withdrawal_waits",
        WITHDRAWAL,
        "state_occurred_at",
        8,
        (R.DESK, R.LEADER),
        _("Hồ sơ %(code)s chờ trả lời yêu cầu rút từ %(limit)s"),
    ),
    Rule(
        "withdrawal_escalated",
        WITHDRAWAL,
        "state_occurred_at",
        24,
        (R.LEADER,),
        _("%(agency)s chưa trả lời yêu cầu rút hồ sơ %(code)s, đã quá ba ngày làm việc"),
        levels_up=1,
    ),
    Rule(
        "supplement_overdue",
        SILENT,
        SUPPLEMENT_DUE,
        0,
        (R.DESK, R.SPECIALIST),
        _("Hồ sơ %(code)s quá hạn bổ sung mà chưa có trả lời. Hãy giải quyết theo giấy tờ đã có."),
    ),
    Rule(
        "supplement_waits",
        SILENT,
        SUPPLEMENT_DUE,
        8,
        (R.LEADER,),
        _("Hồ sơ %(code)s hết hạn bổ sung từ %(limit)s mà chưa có bước tiếp"),
    ),
    Rule(
        "supplement_escalated",
        SILENT,
        SUPPLEMENT_DUE,
        24,
        (R.LEADER,),
        _("%(agency)s chưa làm tiếp hồ sơ %(code)s, hết hạn bổ sung đã quá ba ngày làm việc"),
        levels_up=1,
    ),
    Rule(
        "answer_soon",
        ASKING,
        ANSWER_DUE,
        -8,
        (R.SPECIALIST,),
        _("Hồ sơ %(code)s chờ ý kiến của cơ quan bạn trước %(limit)s"),
        of_asked=True,
        key=ASKED_AT,
    ),
    Rule(
        "answer_late",
        ASKING,
        ANSWER_DUE,
        0,
        (R.SPECIALIST, R.LEADER),
        _("Quá hạn cho ý kiến về hồ sơ %(code)s"),
        of_asked=True,
        key=ASKED_AT,
    ),
    Rule(
        "answer_missing",
        ASKING,
        ANSWER_DUE,
        0,
        (R.SPECIALIST,),
        _("Cơ quan được hỏi chưa cho ý kiến về hồ sơ %(code)s, đã quá hạn"),
        key=ASKED_AT,
    ),
    Rule(
        "system_intake_late",
        THEIRS & Q(state=S.SUBMITTED),
        "intake_due_at",
        0,
        (R.ADMINISTRATOR,),
        _("%(system)s chưa báo tiếp nhận hồ sơ %(code)s, đã quá hạn"),
        of_system=True,
    ),
    Rule(
        "system_due_late",
        THEIRS & Q(state__in=[S.ACCEPTED, S.PROCESSING, S.CONSULTING], clock_stopped_at__isnull=True),
        "due_at",
        0,
        (R.ADMINISTRATOR,),
        _("%(system)s chưa báo kết quả hồ sơ %(code)s, đã quá hạn"),
        of_system=True,
    ),
)
"""Office hours are those of the agency (NĐ 118/2025/NĐ-CP: intake in eight); the steps of warning are our choice, as
are one and three working days for a withdrawal, two and five for a payment, one until somebody has a dossier in hand
and five without a step where no time is prescribed, which no act that we read limits (docs/assumptions.md)."""
