"""Published fees as rules: what cannot be sure keeps its words and has no amount, and is never read as free.

Traps of the national catalogue: 0 with a note means "see the note"; "20" with "20.000 vnđ" is not twenty đồng; currency
may be missing; a note that speaks of exemptions ("Miễn lệ phí đối với …") frees those it names and nobody else; several
rows are cases, of which only a person knows which one holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from procedures.models import FeeKind
from procedures.national.checking import Flaws, block, items, line, quick_fold

LEAST_VND = 1_000
"""No published fee in đồng is lower: such an amount was typed in thousands."""
MOST_VND = 10**12
KINDS = {"FEE": FeeKind.CHARGE, "SERVICE_FEE": FeeKind.FEE, "PRICE_LEVEL": FeeKind.PRICE}
_DONG = re.compile(r"(?:viet nam )?(?:vnd|dong|d)(?: viet nam| vn)?(?:\W.*)?")
"""How records write the currency that is charged here, after a stroke also for what: ``VNĐ/hồ sơ``."""
MOST_FEES = 500
"""Rows of one procedure; the longest published list has fewer than a hundred."""
_FREE = re.compile(
    r"(?:mien(?: nop| thu)?|khong(?: co| thu| mat| phai nop| quy dinh)?)(?: phi| le phi)*|0(?: dong| d| vnd)?"
)
"""A note that says nothing else: one that goes on says for whom, until when, or what else there is to pay."""
_CITED = re.compile(r"\([^()]*\b(?:thong tu|nghi dinh|nghi quyet|quyet dinh|luat)\b[^()]*\)")
_WITH_UNIT = re.compile(r"(\d[\d.,\s]*?)\s*(?:(vnd|dong|d)|(usd|us\$|do la(?: my)?))\W*")
_IN_WORDS = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)\s*(nghin|ngan|trieu|ty|ti)\b")
_TIMES = {"nghin": 10**3, "ngan": 10**3, "trieu": 10**6, "ty": 10**9, "ti": 10**9}
"""Amounts as notes write them in words: ``1,5 triệu đồng``."""
_DOLLARS = re.compile(r"\d\s*(?:usd|us\$|do la)")
_GROUPED = re.compile(r"\d{1,3}(?:[.,\s]\d{3})+|\d+")
_PROVINCE = re.compile(r"hoi dong nhan dan|hdnd")
_MONEY = re.compile(r"\bphi\b|\ble phi\b|\bdong\b|\bvnd\b|\d\s*d\b")


@dataclass(frozen=True, slots=True)
class Fee:
    """One published row of one way of filing."""

    channel: str
    kind: str
    amount_vnd: int | None
    foreign_amount: str
    note: str
    decided_by: str


def read(methods: list[dict[str, Any]], flaws: Flaws) -> list[Fee]:
    """The fees of the ways of filing; rows that are the same for every way stand once, with channel ``all``."""
    by_channel: dict[str, dict[Fee, None]] = {"online": {}, "direct": {}}
    for method in methods:
        channel = "online" if method.get("channel") == "online" else "direct"
        says_money = bool(_MONEY.search(quick_fold(str(method.get("description") or "")[:2_000])))
        for row in items(method, "fee", flaws):
            by_channel[channel].setdefault(_read(row, channel, flaws, says_money=says_money))
    if any(len(rows) > MOST_FEES for rows in by_channel.values()):
        flaws.note("fee", f"nhiều hơn {MOST_FEES} mức phí khác nhau, bỏ phần sau; bản ghi gốc giữ nguyên")
    online, direct = (list(by_channel[channel])[:MOST_FEES] for channel in ("online", "direct"))
    same = [_on(fee, "all") for fee in online] == [_on(fee, "all") for fee in direct]
    if same or not online or not direct:
        return [_on(fee, "all") for fee in online or direct]
    return online + direct


def _on(fee: Fee, channel: str) -> Fee:
    return Fee(channel, fee.kind, fee.amount_vnd, fee.foreign_amount, fee.note, fee.decided_by)


def _read(row: dict[str, Any], channel: str, flaws: Flaws, *, says_money: bool) -> Fee:
    note = block(row, "note", flaws)
    currency = line(row, "currency", flaws, limit=20).upper()
    decided_by = "province" if _PROVINCE.search(quick_fold(note)) else ""
    if row.get("type") not in (None, "") and str(row["type"]) not in KINDS:
        flaws.note("fee.type", f"loại “{str(row['type'])[:40]}” không biết, coi là phí")
    kind = KINDS.get(str(row.get("type")), FeeKind.CHARGE)
    value = row.get("amount")
    if isinstance(value, str):
        value, currency, note = _told(value.strip(), currency, note)
    amount = _number(value, flaws)
    is_dong = not currency or _DONG.fullmatch(quick_fold(currency)) is not None
    if not is_dong or _is_in_dollars(amount, currency, note):
        if not is_dong and amount and _is_in_dong(note):
            flaws.note("fee.currency", f"ghi {currency[:8]} nhưng lời ghi chú là đồng, giữ lời ghi chú")
            return Fee(channel, kind, None, "", note, decided_by)
        currency = "USD" if is_dong else currency
        foreign = f"{_plain(amount)} {currency[:8]}" if amount and amount <= MOST_VND else ""
        return Fee(channel, kind, None, foreign, note, decided_by)
    return Fee(
        channel, kind, _vnd(amount, note, flaws, decided_by=decided_by, says_money=says_money), "", note, decided_by
    )


def _vnd(amount: float | None, note: str, flaws: Flaws, *, decided_by: str, says_money: bool) -> int | None:
    if amount is None or decided_by:
        return None
    if amount == 0:
        return None if says_money or (note and not _says_free(note)) else 0
    if amount != int(amount) or not LEAST_VND <= amount <= MOST_VND:
        flaws.note("fee.amount", f"{_plain(amount)} không thể là số tiền bằng đồng, giữ lời ghi chú")
        return None
    told = [int(re.sub(r"\D", "", text)[:15]) for text in _GROUPED.findall(note)] + _told_in_words(note)
    is_shorter = any(number in (amount * 10, amount * 100, amount * 1000) for number in told)
    if int(amount) not in told and (is_shorter or _DOLLARS.search(quick_fold(note))):
        flaws.note("fee.amount", f"{_plain(amount)} khác số trong ghi chú, giữ lời ghi chú")
        return None
    return int(amount)


def _told_in_words(note: str) -> list[int]:
    """Amounts that a note writes with their thousands or millions in words."""
    found = _IN_WORDS.findall(quick_fold(note))
    return [round(float(number.replace(",", ".")) * _TIMES[times]) for number, times in found]


def _is_in_dong(note: str) -> bool:
    """Whether a note tells an amount in đồng."""
    return bool(re.search(r"\d\s*(?:nghin |ngan |trieu )?(?:vnd|dong|d\b)", quick_fold(note)))


def _plain(amount: float) -> str:
    """An amount without an exponent."""
    return str(int(amount)) if amount == int(amount) and amount < 10**15 else f"{amount:g}"


def _says_free(note: str) -> bool:
    words = re.sub(r"[^a-z0-9]+", " ", _CITED.sub(" ", quick_fold(note)))
    return bool(_FREE.fullmatch(words.strip()))


def _told(text: str, currency: str, note: str) -> tuple[str | None, str, str]:
    """An amount written with its unit, apart from it; words that are no amount go to the note, to be read there."""
    written = _WITH_UNIT.fullmatch(quick_fold(text))
    if written and _GROUPED.fullmatch(written[1]):
        return written[1], currency or ("USD" if written[3] else "VND"), note
    if not text or _GROUPED.fullmatch(text):
        return text, currency, note
    return text, currency, "\n".join(part for part in (block({"amount": text}, "amount", Flaws()), note) if part)


def _is_in_dollars(amount: float | None, currency: str, note: str) -> bool:
    """Whether the note counts an amount without a currency in dollars: “155 USD/thẻ”."""
    if not amount or currency:
        return False
    told = rf"(?<![\d.,]){re.escape(_plain(amount))}\s*(?:usd|us\$|do la)"
    return bool(re.search(told, quick_fold(note)))


def _number(value: Any, flaws: Flaws) -> float | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        text = value.strip()
        if text.isascii() and (_GROUPED.fullmatch(text)) and len(text) < 20:
            return float(re.sub(r"\D", "", text))
        flaws.note("fee.amount", f"“{text[:40]}” không phải số tiền, giữ lời ghi chú")
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        flaws.note("fee.amount", "không phải số tiền, bỏ qua")
        return None
    return float(value)
