"""How many calls of a system were refused, by kind, over the last week (lỗi theo loại): numbers in the cache.

One a day, and one an hour of the last two days: whoever mended a fault looks at what came since. Every dialect has its
own codes; what an official asks is of which kind the errors are.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DAYS, HOURS = 7, 48
KINDS: dict[str, tuple[Promise, frozenset[str]]] = {
    "access": (_("Phiên hoặc mã truy cập đã hết hạn"), frozenset({"-1", "-2", "401"})),
    "claimed": (_("Chỉ xưng tên hệ thống, sai mật khẩu hoặc khóa (có thể do người khác gửi)"), frozenset()),
    "foreign": (_("Ngoài phạm vi hoặc thiếu quyền"), frozenset({"-6", "403"})),
    "address": (_("Sai địa chỉ, sai tên dịch vụ hoặc hồ sơ chưa có"), frozenset({"-4", "404", "405"})),
    "field": (_("Nội dung không đọc được, thiếu hoặc sai trường"), frozenset({"-5", "400", "413", "415", "422"})),
    "step": (_("Bước không hợp trạng thái, hoặc lời gọi trùng"), frozenset({"409", "412", "428"})),
    "pace": (_("Gọi quá nhanh"), frozenset({"429"})),
    "ours": (_("Lỗi của Cổng"), frozenset({"-99", "500", "502", "503", "504"})),
}
"""Each kind in an official's words, and the codes that mean it: of the wire format, and of HTTP."""
OTHER, CLAIMED = "field", "claimed"
_KIND_OF = {code: kind for kind, (_words, codes) in KINDS.items() for code in codes}


def count(client_id: int, code: str, *, is_claimed: bool = False) -> None:
    """Count one refused call; a cache that is away counts nothing.

    A call that only claims to be the system's own, by a name that anybody may know, says nothing of the system: it is
    of a kind of its own, whatever the code.
    """
    kind, now = CLAIMED if is_claimed else _KIND_OF.get(code, OTHER), timezone.localtime()
    for span, kept in ((_day(now), timedelta(days=DAYS)), (_hour(now), timedelta(hours=HOURS + 1))):
        key = _key(client_id, kind, span)
        if cache.add(key, 1, timeout=int(kept.total_seconds())):
            continue
        try:
            cache.incr(key)
        except ValueError:
            return


def of(client_id: int, *, days: int = DAYS) -> Counter[str]:
    """How many there were of each kind, today and on the days before, so many days in all."""
    now = timezone.localtime()
    return _sum(client_id, [_day(now - timedelta(days=day)) for day in range(days)])


def since(client_id: int, moment: datetime) -> tuple[Counter[str], datetime]:
    """How many there were of each kind since a moment, and since when they are counted: its hour, or its day.

    What lies more than HOURS back is counted by the day, and no more than DAYS of them.
    """
    now, first = timezone.localtime(), timezone.localtime(moment).replace(minute=0, second=0, microsecond=0)
    if now - moment <= timedelta(hours=HOURS):
        hours = int((now - first) / timedelta(hours=1)) + 1
        return _sum(client_id, [_hour(now - timedelta(hours=hour)) for hour in range(hours)]), first
    days = min((now.date() - first.date()).days + 1, DAYS)
    begins = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days - 1)
    return of(client_id, days=days), begins


def _sum(client_id: int, spans: Iterable[str]) -> Counter[str]:
    keys = {_key(client_id, kind, span): kind for span in spans for kind in KINDS}
    found: Counter[str] = Counter()
    for key, number in cache.get_many(keys).items():
        found[keys[key]] += int(number)
    return found


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _hour(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H}"


def _key(client_id: int, kind: str, span: str) -> str:
    return f"refused:{client_id}:{kind}:{span}"
