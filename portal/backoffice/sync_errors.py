"""What goes wrong with one system, by kind (lỗi theo loại): calls refused, what stopped, values that cannot be read."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, Q, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.models import DossierEvent
from dossiers.partners import result_files, wire_names
from dossiers.partners.reported_events import BESIDES, UNREAD
from portal.agencies.models import ApiClient
from portal.core.work import WorkState
from portal.exchange import refusals, services
from portal.exchange.models import InboxMessage, OutboxMessage

SAMPLE_EVENTS = 500
SHOWN = 30

_STOPPED = Case(
    When(waits_for__startswith=services.waits_for(""), then=Value("dossier")),
    When(~Q(waits_for=""), then=Value("code")),
    When(service=result_files.SERVICE, then=Value("file")),
    default=Value("report"),
)
_STOPPED_WORDS = {
    "dossier": gettext_lazy("Báo cáo về hồ sơ chưa có trên Cổng"),
    "code": gettext_lazy("Mã chưa ánh xạ"),
    "file": gettext_lazy("Tệp kết quả chưa lấy được"),
    "report": gettext_lazy("Báo cáo Cổng không ghi được"),
}


@dataclass(frozen=True)
class Row:
    """One kind of error: what it is, where it shows, how many there are."""

    words: str | Promise
    where: str
    count: int


def rows(client: ApiClient, newest: Sequence[int]) -> list[Row]:
    """Every kind that there is something of, the most first within its place; `newest` are ids of its dossiers."""
    return [*_refused(client), *_stopped(client), *_unread(client, newest)]


def _refused(client: ApiClient) -> Iterator[Row]:
    where = _("Lời gọi bị từ chối trong 7 ngày qua")
    for kind, count in refusals.of(client.pk).most_common():
        yield Row(refusals.KINDS[kind][0], where, count)


def _stopped(client: ApiClient) -> Iterator[Row]:
    where = _("Đã dừng, cần người xử lý")
    dead = InboxMessage.objects.filter(client=client, work_state=WorkState.DEAD)
    counts = dead.order_by().annotate(kind=_STOPPED).values_list("kind").annotate(count=Count("pk"))
    for kind, count in Counter(dict(counts)).most_common():
        yield Row(_STOPPED_WORDS[kind], where, count)
    if unsent := OutboxMessage.objects.filter(client=client, work_state=WorkState.DEAD).count():
        yield Row(_("Thông điệp hệ thống không nhận"), where, unsent)


def _unread(client: ApiClient, newest: Sequence[int]) -> Iterator[Row]:
    """Fields whose value says nothing to us, and fields that the protocol does not know, of these dossiers."""
    told = DossierEvent.objects.filter(dossier__in=newest, source=client.event_source)
    odd = told.filter(data__has_any_keys=[UNREAD, BESIDES]).order_by("-pk").values_list("data", flat=True)
    unread: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for data in odd[:SAMPLE_EVENTS]:
        unread.update(data.get(UNREAD, ()))
        unknown.update(name for name in data.get(BESIDES, ()) if not wire_names.is_known(name))
    for name, count in unread.most_common(SHOWN):
        yield Row(name, _("Trường có giá trị không đọc được, giữ nguyên văn"), count)
    for name, count in unknown.most_common(SHOWN):
        yield Row(name, _("Trường ngoài giao thức, giữ nguyên văn"), count)
