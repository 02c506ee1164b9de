"""Grading a system that calls the portal (chấm điểm hệ thống gọi đến): what it sent, held against what is asked.

Nothing is asked of the system and nothing is written: its calls of a few hours are read from what they left behind, as
after a trial run of a new connection. Steps and cures are as in portal.exchange.conformance, which grades addresses.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierEvent
from dossiers.partners import code_tables, wire, wire_names
from dossiers.partners.reported_events import BESIDES, UNREAD
from dossiers.partners.reported_standing import LINE
from portal.agencies.models import ApiClient, ClientKind
from portal.core.errors import ConflictError, NotFoundError
from portal.core.moments import vn_datetime
from portal.core.work import WorkState
from portal.exchange import refusals
from portal.exchange.conformance import Grade
from portal.exchange.models import InboundRequest, InboxMessage

NEWS_IS_LATE = timedelta(hours=1)
LATE_SHARE_AT_MOST = 0.05
"""Of the reports: a line that broke once an hour ago is no habit, news gathered until the evening is one."""
SAMPLE = 2000
"""Events and dossiers that are looked at, newest first; a trial run has fewer."""
NAMED, SAME_AT_MOST = 3, 10

Text = str | Promise

CURES: dict[str, Text] = {
    "access": _("Đăng nhập lại khi phiên hoặc mã hết hạn (30 phút); kiểm tra tài khoản, mật khẩu hoặc client_secret."),
    "foreign": _(
        "Chỉ báo hồ sơ của cơ quan mình và cấp dưới, bằng đúng tài khoản đã đồng bộ hồ sơ; xin thêm phạm vi nếu thiếu."
    ),
    "address": _("Sửa địa chỉ hoặc tên dịch vụ; đồng bộ hồ sơ trước khi báo tiến độ của nó."),
    "field": _("Sửa trường mà câu trả lời đã nêu tên (trang “Đồng bộ” của hệ thống ghi nguyên văn từng câu trả lời)."),
    "step": _("Báo các bước theo thứ tự của bảng trạng thái; gửi lại thì giữ nguyên reference và Idempotency-Key."),
    "pace": _("Gộp sự kiện thành lô, giãn lời gọi và chờ hết Retry-After."),
    "ours": _("Gửi lại sau ít phút; nếu còn, báo đơn vị vận hành Cổng."),
}
"""What to do about calls that were refused, by their kind (portal.exchange.refusals)."""

REFUSED, REPORTS = _("%(count)d lời gọi từ %(since)s"), _("%(count)d báo cáo")
STEPS, DOSSIERS = _("%(count)d bước"), _("%(count)d hồ sơ")
CODES, FIELDS = _("%(count)d mã"), _("%(count)d trường")


def named(text: str) -> ApiClient:
    """The system with this name, account of the wire format, client id or number.

    Raises NotFoundError where there is none, ConflictError that lists them where several are meant.
    """
    same = Q(name=text) | Q(wire_username=text) | Q(oidc_client_id=text)
    if text.isascii() and text.isdigit() and len(text) < 10:
        same |= Q(pk=int(text))
    found = list(ApiClient.objects.select_related("agency").filter(same).order_by("pk")[:SAME_AT_MOST]) if text else []
    if not found:
        raise NotFoundError(_("Không có hệ thống này. Hãy nêu tên, tài khoản, client_id hoặc số của hệ thống."))
    if len(found) > 1:
        shown = "; ".join(f"{each.pk}: {each.name} ({each.wire_username or each.oidc_client_id})" for each in found)
        raise ConflictError(
            _("Nhiều hệ thống có tên, tài khoản hoặc số này. Hãy nêu điều chỉ một hệ thống có: %(shown)s")
            % {"shown": shown}
        )
    return found[0]


def run(client: ApiClient, *, since: datetime) -> Iterator[Grade]:
    """Every step for what a system sent since then; the first says whether it called at all."""
    is_heard = client.last_seen_at is not None and client.last_seen_at >= since
    yield Grade(
        _("Hệ thống gọi được Cổng bằng tài khoản của mình"),
        is_heard,
        client.last_seen_at.isoformat(timespec="seconds") if client.last_seen_at else gettext("chưa gọi lần nào"),
        _("Kiểm tra địa chỉ gốc, cổng mạng, chứng thư và tài khoản; gọi một lần rồi chấm lại."),
    )
    if not is_heard:
        return
    yield from _refused(client, since)
    told = DossierEvent.objects.filter(source=client.event_source, received_at__gte=since)
    events = list(told.order_by("-received_at", "-pk").defer("reason")[:SAMPLE])
    yield Grade(
        _("Có báo cáo về hồ sơ"),
        bool(events),
        _count(len(events), REPORTS),
        _("Gửi thử ít nhất một hồ sơ từ tiếp nhận đến trả kết quả rồi chấm lại."),
    )
    if not events:
        return
    yield from _moments(events)
    yield from _waiting(client, since)
    if client.kind == ClientKind.WIRE:
        yield from _wire(client, events)
    else:
        yield from _rest(client, told, since)


def _refused(client: ApiClient, since: datetime) -> Iterator[Grade]:
    """What was refused of its calls; who only claims to be the system says nothing of it.

    They are counted by the hour, of days before yesterday by the day, for a week: since when is told, as that may be
    more than was asked for.
    """
    counts, first_at = refusals.since(client.pk, since)
    first = {"since": vn_datetime(first_at)}
    for kind, cure in CURES.items():
        if number := counts[kind]:
            yield Grade(refusals.KINDS[kind][0], False, _count(number, REFUSED, **first), cure)
    if not any(counts[kind] for kind in CURES):
        yield Grade(_("Không lời gọi nào bị từ chối"), True, _count(0, REFUSED, **first), "")


def _moments(events: list[DossierEvent]) -> Iterator[Grade]:
    late = [event for event in events if _is_dated(event) and event.received_at - event.occurred_at > NEWS_IS_LATE]
    yield Grade(
        _("Ít nhất 19 trên 20 báo cáo đến trong vòng một giờ sau khi việc xảy ra"),
        len(late) <= LATE_SHARE_AT_MOST * len(events),
        gettext("%(late)d trên %(all)d báo cáo đến muộn") % {"late": len(late), "all": len(events)},
        _("Gửi ngay khi trạng thái đổi, đừng gom cuối ngày: tin muộn làm hồ sơ trông như quá hạn."),
    )
    ahead = [event for event in events if "clock_ahead" in event.data]
    yield Grade(
        _("Không báo cáo nào mang thời điểm ở tương lai"),
        not ahead,
        _count(len(ahead), REPORTS),
        _("Đặt giờ máy chủ theo NTP và múi giờ Việt Nam; kiểm tra định dạng 24 giờ."),
    )
    jumps = Counter(event.data["unexpected"] for event in events if "unexpected" in event.data)
    yield Grade(
        _("Các bước đi theo bảng trạng thái"),
        not jumps,
        _named(jumps, STEPS),
        _("Kiểm tra bảng ánh xạ trạng thái: hồ sơ đã kết thúc không xử lý lại, đã tiếp nhận không về mới đăng ký."),
    )


def _is_dated(event: DossierEvent) -> bool:
    return not event.data.keys() & {"undated", "clock_ahead"}


def _waiting(client: ApiClient, since: datetime) -> Iterator[Grade]:
    waiting = InboxMessage.objects.filter(client=client, work_state__in=[WorkState.PENDING, WorkState.DEAD])
    kept = waiting.filter(created_at__gte=since)
    orphans = Counter(kept.filter(service=wire.PROGRESS).order_by("pk").values_list("subject", flat=True)[:SAMPLE])
    yield Grade(
        _("Tiến độ nào cũng có hồ sơ của nó"),
        not orphans,
        _named(orphans, DOSSIERS),
        _("Gửi DongBoHoSoMC của hồ sơ trước CapNhatTienDoHoSoMC; mã hồ sơ ở hai lời gọi phải như nhau."),
    )
    gaps = Counter(gap.told for gap in code_tables.unmapped(client))
    yield Grade(
        _("Mã nào Cổng cũng biết, kể cả mã gửi từ trước"),
        not gaps,
        _named(gaps, CODES),
        _("Gửi mã quốc gia, hoặc ánh xạ mã riêng trong bảng mã của hệ thống; báo cáo đang giữ sẽ tự chạy tiếp."),
    )


def _wire(client: ApiClient, events: list[DossierEvent]) -> Iterator[Grade]:
    unread, unknown = Counter[str](), Counter[str]()
    for event in events:
        unread.update(event.data.get(UNREAD, ()))
        unknown.update(name for name in event.data.get(BESIDES, ()) if not wire_names.is_known(name))
    yield Grade(
        _("Giá trị nào cũng đọc được"),
        not unread,
        _named(unread, FIELDS),
        _("Viết ngày giờ là yyyyMMddHHmmss theo giờ Việt Nam; để trống khi không có, đừng viết năm 1970."),
    )
    yield Grade(
        _("Không có trường ngoài giao thức"),
        not unknown,
        _named(unknown, FIELDS),
        _("Cổng giữ nguyên văn mà không dùng: kiểm tra chính tả tên trường theo docs/api/wire.md."),
    )
    lines = [event for event in events if event.source_reference.startswith(LINE)]
    undated = [event for event in lines if "undated" in event.data]
    yield Grade(
        _("Dòng tiến độ nào cũng có ThoiDiemXuLy"),
        not undated,
        gettext("%(bad)d trên %(all)d dòng thiếu") % {"bad": len(undated), "all": len(lines)},
        _("Gửi ThoiDiemXuLy của chính bước đó: thiếu nó thì gửi lại và đổi thật trông như nhau."),
    )
    mine = Dossier.objects.filter(source=client, pk__in={event.dossier_id for event in events}).order_by("-pk")
    yield _of(
        mine.exclude(pk__in={event.dossier_id for event in lines}).exclude(state=DossierState.SUBMITTED),
        _("Sau DongBoHoSoMC có CapNhatTienDoHoSoMC"),
        _("Gửi một dòng tiến độ sau mỗi lần đồng bộ thành công (giao thức §3.1)."),
    )
    yield _of(
        mine.filter(is_catalogue_gap=True),
        _("Thủ tục nào cũng có trong danh mục quốc gia"),
        _("Lấy MaTTHC bằng LayThuTuc hoặc LayDanhSachTTHC; mã riêng thì ánh xạ trong bảng mã."),
    )
    yield _of(
        mine.filter(state__in=[DossierState.ACCEPTED, DossierState.PROCESSING], due_at__isnull=True),
        _("Hồ sơ đã tiếp nhận nào cũng có ngày hẹn trả"),
        _("Gửi NgayHenTra cùng NgayTiepNhan: không có nó thì không ai biết hồ sơ đúng hạn hay không."),
    )


def _rest(client: ApiClient, told: "QuerySet[DossierEvent]", since: datetime) -> Iterator[Grade]:
    posted = InboundRequest.objects.filter(client=client, operation__startswith="POST ")
    keyed = posted.filter(received_at__gte=since).exists()
    yield Grade(
        _("Lời gọi POST mang Idempotency-Key"),
        keyed,
        gettext("có") if keyed else gettext("không"),
        _("Sinh một khóa cho mỗi yêu cầu và giữ nguyên khi gửi lại: mất câu trả lời thì gửi lại không tạo thêm gì."),
    )
    nameless = told.filter(Q(data__official__name__isnull=True) | Q(data__official__name="")).count()
    yield Grade(
        _("Sự kiện nào cũng nêu cán bộ xử lý"),
        not nameless,
        gettext("%(bad)d sự kiện thiếu") % {"bad": nameless},
        _("Điền official.name, official.title, official.unit: người nộp hồ sơ thấy ai đang giải quyết."),
    )
    reads = bool(client.webhook_url) or DossierEvent.objects.filter(partner=client, journal_number__gt=0).exists()
    yield Grade(
        _("Hệ thống nghe tin từ Cổng"),
        reads,
        gettext("có") if reads else gettext("không"),
        _("Nhận webhook, hoặc đọc GET /api/v1/events/ từ next_cursor lần trước: bổ sung, thanh toán, rút hồ sơ ở đó."),
    )


def _of(found: "QuerySet[Dossier]", name: Text, cure: Text) -> Grade:
    codes = Counter(code or "" for code in found.values_list("code", flat=True)[:SAMPLE])
    return Grade(name, not codes, _named(codes, DOSSIERS), cure)


def _named(found: "Counter[str]", words: Text) -> str:
    """How many of what there are, and the first few of them."""
    shown = ", ".join(str(name)[:60] for name, _number in found.most_common(NAMED))
    return f"{_count(len(found), words)}: {shown}" if found else _count(0, words)


def _count(number: int, words: Text, **more: str) -> str:
    return str(words) % {"count": number, **more}
