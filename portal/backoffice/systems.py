"""Partner systems as their operator runs them (hệ thống kết nối): how they are, shut, opened, given new credentials.

Every change is a row of Django's own log of administration with the reason, written in the same transaction.
"""

from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers.lifecycle import DUE_STATES, OPEN_STATES, DossierState
from dossiers.models import Dossier
from dossiers.partners import code_tables
from portal.accounts.models import User
from portal.agencies import credentials
from portal.agencies.models import ApiClient, ClientKind
from portal.agencies.scopes import within
from portal.backoffice.officials import Official
from portal.core.errors import ConflictError, NotFoundError, Text
from portal.core.text import clean_line
from portal.core.work import WorkState
from portal.exchange import pulling, request_keys
from portal.exchange.models import InboxMessage, OutboxMessage, PullSource

log = structlog.get_logger(__name__)
REASON_LENGTH = 300
SHOWN_CHANGES = 20


@dataclass(frozen=True)
class Change:
    """What an operator does with a system: its button, what it means, what is said afterwards and kept in the log."""

    name: str
    label: Text
    effects: tuple[Text, ...]
    done: Text
    logged: str
    """In Vietnamese whoever does it: the log has one language."""
    for_active: bool
    tone: str = "secondary"


CHANGES: dict[str, Change] = {
    change.name: change
    for change in (
        Change(
            "doi-khoa",
            _("Cấp khóa mới"),
            (
                _("Khóa hoặc mật khẩu đang dùng mất hiệu lực ngay; phiên, mã truy cập và khóa ký yêu cầu cũng hết."),
                _("Hệ thống không gọi được Cổng cho đến khi kỹ sư của họ nhập khóa mới."),
                _("Khóa mới hiện đúng một lần ở trang sau, Cổng chỉ giữ bản băm."),
            ),
            _("Đã cấp khóa mới. Khóa cũ không dùng được nữa."),
            "Cấp khóa mới",
            for_active=True,
        ),
        Change(
            "khoa-ky",
            _("Cấp khóa ký yêu cầu"),
            (
                _("Hệ thống ký từng yêu cầu theo RFC 9421, không cần xin mã truy cập; phạm vi như của hệ thống."),
                _(
                    "Khóa ký trước đó dùng được thêm 24 giờ để kỹ sư thay khóa không gián đoạn; "
                    "khóa cũ hơn hết hiệu lực ngay."
                ),
                _("Khóa mới hiện đúng một lần ở trang sau."),
            ),
            _("Đã cấp khóa ký yêu cầu."),
            "Cấp khóa ký yêu cầu",
            for_active=True,
        ),
        Change(
            "thu-khoa-ky",
            _("Thu hồi khóa ký yêu cầu"),
            (
                _("Mọi khóa ký của hệ thống hết hiệu lực ngay, kể cả khóa cũ còn trong 24 giờ thay khóa."),
                _("Khóa hoặc mật khẩu khác, phiên và mã truy cập vẫn dùng được."),
            ),
            _("Đã thu hồi mọi khóa ký yêu cầu."),
            "Thu hồi khóa ký yêu cầu",
            for_active=True,
            tone="warning",
        ),
        Change(
            "tat",
            _("Tắt hệ thống"),
            (
                _("Hệ thống mất quyền truy cập ngay: phiên và mã truy cập đã cấp hết, không đăng nhập lại được."),
                _("Thông điệp gửi hệ thống này nằm chờ, không mất."),
                _("Hồ sơ mới của cơ quan về bàn làm việc của Cổng. Hồ sơ hệ thống đang giữ chờ đến khi bật lại."),
            ),
            _("Đã tắt hệ thống."),
            "Tắt hệ thống",
            for_active=True,
            tone="warning",
        ),
        Change(
            "bat",
            _("Bật lại hệ thống"),
            (
                _("Hệ thống đăng nhập lại được bằng khóa hiện có. Nếu tắt vì lộ khóa, hãy cấp khóa mới ngay sau đó."),
                _("Thông điệp đang chờ được gửi tiếp; hồ sơ mới lại đến hệ thống này."),
            ),
            _("Đã bật lại hệ thống."),
            "Bật lại hệ thống",
            for_active=False,
        ),
    )
}


def systems(official: Official) -> QuerySet[ApiClient]:
    """The systems that an administrator looks after: of her agencies and those below, or all."""
    everything = ApiClient.objects.select_related("agency").defer("webhook_secret", "wire_password_hash")
    if official.user.is_superuser:
        return everything
    return everything.filter(within(official.administered_paths))


def listed(official: Official) -> list[dict[str, Any]]:
    """All of them, active ones first, with how many messages wait for each and how many stopped."""
    rows = list(systems(official).order_by("-is_active", "name", "pk"))
    unfinished = OutboxMessage.objects.filter(client__in=rows).exclude(work_state=WorkState.DONE)
    found = {
        row["client"]: row
        for row in unfinished.order_by()
        .values("client")
        .annotate(
            waiting=Count("pk", filter=Q(work_state=WorkState.PENDING)),
            stopped=Count("pk", filter=Q(work_state=WorkState.DEAD)),
        )
    }
    nothing = {"waiting": 0, "stopped": 0}
    return [{**nothing, **found.get(client.pk, {}), "client": client} for client in rows]


def get(official: Official, pk: int) -> ApiClient:
    """A system the administrator looks after; raises NotFoundError for others, existing or not."""
    found = systems(official).filter(pk=pk).first()
    if found is None:
        raise NotFoundError
    return found


def counts(client: ApiClient) -> dict[str, int]:
    """What waits for a system: its open dossiers, messages to it, and reports of it that are not written yet."""
    unfinished = Q(work_state=WorkState.PENDING)
    held = Dossier.objects.filter(handled_by=client, state__in=sorted(OPEN_STATES))
    now = timezone.now()
    late = Q(state=DossierState.SUBMITTED, intake_due_at__lt=now) | Q(
        state__in=sorted(DUE_STATES - {DossierState.SUBMITTED}), due_at__lt=now, clock_stopped_at__isnull=True
    )
    return {
        "late": held.filter(late).count(),
        "open": held.count(),
        "outgoing": OutboxMessage.objects.filter(unfinished, client=client).count(),
        "stopped": OutboxMessage.objects.filter(client=client, work_state=WorkState.DEAD).count(),
        "incoming": InboxMessage.objects.filter(unfinished, client=client).count(),
        "gaps": len(code_tables.unmapped(client)),
    }


def changes_of(client: ApiClient) -> list[LogEntry]:
    """What was done with a system, newest first."""
    kind = ContentType.objects.get_for_model(ApiClient)
    rows = LogEntry.objects.filter(content_type=kind, object_id=str(client.pk)).select_related("user")
    return list(rows.order_by("-action_time", "-pk")[:SHOWN_CHANGES])


def offered(client: ApiClient) -> list[Change]:
    """What may be done with it now."""
    now = [change for change in CHANGES.values() if change.for_active == client.is_active]
    return now if request_keys.in_force(client) else [change for change in now if change.name != "thu-khoa-ky"]


@transaction.atomic
def change(official: Official, pk: int, name: str, *, reason: str, with_webhook: bool = False) -> dict[str, str]:
    """Do it, log it, and return the credentials that are shown this once (empty unless new ones were made).

    Raises NotFoundError for a system that is not the official's and ConflictError where it is done already.
    """
    wanted = CHANGES.get(name)
    mine = systems(official).filter(pk=pk)
    client = ApiClient.objects.select_for_update(of=("self",)).filter(pk__in=mine.values("pk")).first()
    if client is None or wanted is None:
        raise NotFoundError
    if client.is_active != wanted.for_active:
        raise ConflictError(_("Hệ thống này vừa được đổi ở cửa sổ khác. Hãy xem lại tình trạng."))
    shown: dict[str, str] = {}
    if name == "tat":
        credentials.switch_off(client)
    elif name == "bat":
        credentials.switch_on(client)
    elif name == "khoa-ky":
        shown = request_keys.issue(client, scopes=credentials.scopes_of(client))
        if client.kind == ClientKind.WIRE:
            shown["proxy_url"] = f"{settings.BASE_URL}/truc-mc/{request_keys.address_part(shown)}/"
    elif name == "thu-khoa-ky":
        request_keys.end_all(client)
    else:
        shown = credentials.renew(client, with_webhook=with_webhook)
        request_keys.end_all(client)
    note(official.user, client, f"{wanted.logged}: {clean_line(reason)[:REASON_LENGTH]}")
    log.info("partner.changed", client_id=client.pk, change=name, by=official.user.pk)
    return shown


@transaction.atomic
def set_pull(user: User, client: ApiClient, wanted: pulling.Settings) -> None:
    """Set how a system that cannot push is asked, and log where; never the secret."""
    pulling.set_source(client.pk, wanted)
    note(user, client, f"Nguồn kéo: {wanted.provider} {wanted.address}"[:300])


def note(user: User, client: ApiClient, message: str) -> None:
    """Write a line into the log of a system, in Vietnamese whoever did it."""
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(ApiClient),
        object_id=str(client.pk),
        object_repr=str(client)[:200],
        action_flag=CHANGE,
        change_message=message,
        action_time=timezone.now(),
    )


def facts(client: ApiClient) -> dict[str, Any]:
    """Everything its page shows."""
    return {
        "client": client,
        "counts": counts(client),
        "changes": changes_of(client),
        "offered": offered(client),
        "request_keys": request_keys.in_force(client),
        "scopes": credentials.scopes_of(client),
        "pull": PullSource.objects.filter(client=client).defer("secret").first(),
    }
