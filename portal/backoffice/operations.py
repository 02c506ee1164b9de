"""Background work that waits or stopped (vận hành): rows by kind, within an administrator's agencies, and redriving."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from datastore import import_jobs
from datastore.models import ImportJob
from dossiers import person_numbers
from dossiers.models import Difference, Letter, PersonNumber, ResultIssue
from dossiers.partners import reconciling
from payments.models import Receipt
from portal.agencies.scopes import within
from portal.backoffice.models import BulkJob
from portal.backoffice.officials import Official
from portal.core.work import QueuedWork, WorkState, ring
from portal.exchange import services as exchange
from portal.exchange.models import InboxMessage, OutboxMessage
from portal.notifications.models import Message

PAGE_SIZE = 100


@dataclass(frozen=True)
class Kind:
    """One kind of background work."""

    name: str
    label: str | Promise
    hint: str | Promise
    model: type[QueuedWork]
    agency_path: str
    """Lookup to the path of the agency it belongs to; empty: only the whole system's administrator sees it."""
    bell: str
    related: tuple[str, ...] = ()
    deferred: tuple[str, ...] = ()
    subject: Callable[[Any], str] = str
    dossier_code: Callable[[Any], str] = lambda work: ""
    redrive: Callable[[Iterable[int]], int] | None = None
    """The app's own service where it has one; otherwise the common one here."""


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "thong-diep-di",
            _("Thông điệp gửi đi"),
            _("Tới hệ thống của bộ, tỉnh; giữ thứ tự theo hồ sơ."),
            OutboxMessage,
            "client__agency__path",
            exchange.DELIVER_BELL,
            related=("client",),
            deferred=("payload",),
            subject=lambda work: f"{work.client.name}: {work.type}",
            dossier_code=lambda work: work.subject,
            redrive=exchange.redrive,
        ),
        Kind(
            "thong-diep-den",
            _("Thông điệp nhận được"),
            _("Báo cáo của hệ thống kết nối, chờ ghi vào hồ sơ."),
            InboxMessage,
            "client__agency__path",
            exchange.APPLY_BELL,
            related=("client",),
            deferred=("payload",),
            subject=lambda work: f"{work.client.name}: {work.service}",
            dossier_code=lambda work: work.subject,
            redrive=exchange.redrive_received,
        ),
        Kind(
            "doi-soat",
            _("Hồ sơ lệch khi đối soát"),
            _("Trạng thái trên Cổng và ở hệ thống kết nối khác nhau."),
            Difference,
            "client__agency__path",
            reconciling.BELL,
            related=("client",),
            subject=lambda work: work.client.name,
            dossier_code=lambda work: work.code,
        ),
        Kind(
            "van-ban",
            _("Văn bản của hồ sơ"),
            _("Giấy tiếp nhận, phiếu yêu cầu, thông báo dưới dạng PDF."),
            Letter,
            "dossier__agency__path",
            "dossiers.write_letters",
            related=("dossier",),
            subject=lambda work: work.get_kind_display(),
            dossier_code=lambda work: work.dossier.code or "",
        ),
        Kind(
            "so-dinh-danh",
            _("Số định danh khi đăng ký"),
            _("Lấy số định danh cá nhân từ Cơ sở dữ liệu dân cư cho người được đăng ký."),
            PersonNumber,
            "dossier__agency__path",
            person_numbers.BELL,
            related=("dossier",),
            deferred=("number",),
            subject=lambda work: work.dossier.procedure_name,
            dossier_code=lambda work: work.dossier.code or "",
        ),
        Kind(
            "ket-qua",
            _("Cấp kết quả"),
            _("Lập, ký số và gửi kết quả vào kho dữ liệu."),
            ResultIssue,
            "dossier__agency__path",
            "dossiers.issue_results",
            related=("dossier",),
            subject=lambda work: work.document_number,
            dossier_code=lambda work: work.dossier.code or "",
        ),
        Kind(
            "bien-lai",
            _("Biên lai điện tử"),
            _("Biên lai thu phí, lệ phí."),
            Receipt,
            "agency__path",
            "payments.write_receipts",
            related=("order__dossier",),
            subject=str,
            dossier_code=lambda work: work.content.get("dossier_code") or "",
        ),
        Kind(
            "hang-loat",
            _("Việc hàng loạt"),
            _("Tiếp nhận, phân công, chuyển hoặc duyệt nhiều hồ sơ một lần."),
            BulkJob,
            "agency__path",
            "backoffice.run_bulk_jobs",
            related=("agency",),
            subject=lambda work: f"{work.get_kind_display()}: {work.total}",
        ),
        Kind(
            "nhap-giay-to",
            _("Nhập giấy tờ theo danh sách"),
            _("Đưa giấy tờ đã quét của cơ quan vào kho của người dân, theo danh sách CSV."),
            ImportJob,
            "agency__path",
            import_jobs.RUN_TASK,
            related=("batch",),
            subject=lambda work: work.batch.name,
        ),
        Kind(
            "thong-bao",
            _("Thông báo cho người dân"),
            _("Thư điện tử và các kênh khác; không hiện nội dung."),
            Message,
            "",
            "notifications.send_due",
            deferred=("body",),
            subject=lambda work: f"{work.get_channel_display()}: {work.kind}",
            dossier_code=lambda work: work.reference,
        ),
    )
}


def kinds_for(official: Official) -> list[Kind]:
    """The kinds an administrator looks after."""
    return [kind for kind in KINDS.values() if official.user.is_superuser or kind.agency_path]


def rows(official: Official, kind: Kind) -> "QuerySet[Any]":
    """All rows of a kind that belong to the administrator's agencies."""
    manager: Any = kind.model._default_manager
    everything: QuerySet[Any] = manager.all()
    if official.user.is_superuser:
        return everything
    if not kind.agency_path:
        return everything.none()
    return everything.filter(within(official.administered_paths, kind.agency_path))


def unfinished(official: Official, kind: Kind) -> list[Any]:
    """Stopped rows first, then those that wait, oldest first."""
    wanted = rows(official, kind).exclude(work_state=WorkState.DONE).select_related(*kind.related).defer(*kind.deferred)
    return list(wanted.order_by("work_state", "next_try_at", "pk")[:PAGE_SIZE])


def stuck_counts(official: Official) -> list[dict[str, Any]]:
    """Each kind with how many of its rows stopped, failed at least once, or simply wait."""
    found = []
    for kind in kinds_for(official):
        counts = (
            rows(official, kind)
            .exclude(work_state=WorkState.DONE)
            .aggregate(
                dead=Count("pk", filter=Q(work_state=WorkState.DEAD)),
                failing=Count("pk", filter=Q(work_state=WorkState.PENDING) & ~Q(last_error="")),
                waiting=Count("pk", filter=Q(work_state=WorkState.PENDING, last_error="")),
            )
        )
        found.append({"kind": kind, **counts})
    return found


def redrive(official: Official, kind: Kind, ids: Iterable[int]) -> int:
    """Put stopped rows of the administrator's agencies back in the queue; return how many there were.

    Rows that wait for their next try are hurried; those of other agencies are left alone without a word.
    """
    mine = list(rows(official, kind).filter(pk__in=list(ids)).values_list("pk", "work_state"))
    dead = [pk for pk, state in mine if state == WorkState.DEAD]
    waiting = [pk for pk, state in mine if state == WorkState.PENDING]
    count = kind.redrive(dead) if kind.redrive is not None else _redrive(kind, dead)
    return count + _hurry(kind, waiting)


@transaction.atomic
def _redrive(kind: Kind, ids: list[int]) -> int:
    now = timezone.now()
    locked = kind.model._default_manager.select_for_update(of=("self",)).filter(pk__in=ids, work_state=WorkState.DEAD)
    count = 0
    for work in locked.order_by("pk"):
        work.redrive(now)
        work.save(update_fields=["work_state", "next_try_at", "created_at", "attempts"])
        count += 1
    ring(kind.bell)
    return count


@transaction.atomic
def _hurry(kind: Kind, ids: list[int]) -> int:
    now = timezone.now()
    later = kind.model._default_manager.filter(pk__in=ids, work_state=WorkState.PENDING, next_try_at__gt=now)
    count = later.update(next_try_at=now)
    if count:
        ring(kind.bell)
    return count
