"""How many calls of a system were refused, by kind, over the last week (lỗi theo loại): a number a day, in the cache.

Every dialect has its own codes; what an official asks is of which kind the errors are.
"""

from collections import Counter
from datetime import timedelta

from django.core.cache import cache
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DAYS = 7
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
    key = _key(client_id, CLAIMED if is_claimed else _KIND_OF.get(code, OTHER), days_ago=0)
    if cache.add(key, 1, timeout=DAYS * 86400):
        return
    try:
        cache.incr(key)
    except ValueError:
        return


def of(client_id: int, *, days: int = DAYS) -> Counter[str]:
    """How many there were of each kind, today and on the days before, so many days in all."""
    keys = {_key(client_id, kind, days_ago=day): kind for kind in KINDS for day in range(days)}
    found: Counter[str] = Counter()
    for key, number in cache.get_many(keys).items():
        found[keys[key]] += int(number)
    return found


def _key(client_id: int, kind: str, *, days_ago: int) -> str:
    return f"refused:{client_id}:{kind}:{timezone.localdate() - timedelta(days=days_ago)}"
