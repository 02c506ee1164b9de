"""Taking values out of a record whatever its types: what is wrong is noted, named and left out, never guessed."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.core.text import clean_block, clean_line, nfc

CODE = re.compile(r"\d\.\d{6}[0-9A-Za-z._-]{0,12}", re.ASCII)
"""What may follow the usual shape: the published catalogue has codes with a figure or a mark too many."""
USUAL_CODE = re.compile(r"\d\.\d{6}", re.ASCII)
LONGEST_TEXT = 400_000
"""Characters of one text; the longest published one has 170,000."""
MOST_ITEMS = 2_000
MOST_FLAWS = 50
"""Of one record; the first ones tell what is wrong with it."""
DEEPEST = 40
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_UNCLEAN = re.compile(r"[^\w\s!-~–—“”‘’…•·×≥≤±°²³µ½€£§¹«»−]|[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n{3,}")
_MARKS = re.compile("[\u0300-\u036f]")
_BROKEN = re.compile(
    "[ÃÄÆ][\u0080-\u00aa\u00ac-\u00af\u00b1-\u00b6\u00b8-\u00ba\u00bc-\u00bf‚ƒ„†‡ˆ‰Š‹Œ™š›œžŸŽ]"
    r"|[ÃÄÆ][«°·»‘’“”•–—˜…](?=\w)|á[º»](?=[^\s.,;:!?)])|Ä‘"
)
"""UTF-8 that somebody read as Latin-1 and saved again; a quotation mark that closes behind HỢP TÁC XÃ is none."""


class RecordError(ValueError):
    """A record cannot be imported: the field and the reason."""

    def __init__(self, field_name: str, reason: str, code: str = "") -> None:
        super().__init__(f"{field_name}: {reason}")
        self.field, self.reason, self.code = field_name, reason, code


@dataclass(slots=True)
class Flaws:
    """What of one record was left out or doubted, as (field, reason)."""

    found: list[tuple[str, str]] = field(default_factory=list)

    def note(self, field_name: str, reason: str) -> None:
        """Remember a flaw once."""
        if len(self.found) < MOST_FLAWS and (flaw := (_UNSTORABLE.sub("?", field_name), reason)) not in self.found:
            self.found.append(flaw)


def cleaned(value: Any, flaws: Flaws, place: str = "", depth: int = 0, *, is_nfc: bool = False) -> Any:
    """The record with texts in NFC and nothing in it that JSON of the database cannot hold.

    ``is_nfc``: the whole line was seen to be, and to have no escapes that hide something; texts are taken as they are.
    """
    if depth > DEEPEST:
        flaws.note(place, "lồng quá sâu, bỏ phần bên trong")
        return None
    if isinstance(value, str):
        if is_nfc or (value.isascii() and value.isprintable()):
            return value
        kept = nfc(value)
        if _UNSTORABLE.search(kept):
            flaws.note(place, "có ký tự không lưu được, đã bỏ")
            kept = _UNSTORABLE.sub("", kept)
        return kept
    if isinstance(value, dict):
        for key in getattr(value, "keys_twice", ()):
            named = f"{place}.{key}" if place else str(key)
            flaws.note(named[:60], "khóa ghi hai lần trong bản ghi, lấy lần sau cùng")
        return {
            (key if is_nfc else cleaned(str(key), flaws, place, depth + 1)): cleaned(
                part, flaws, place or str(key)[:60], depth + 1, is_nfc=is_nfc
            )
            for key, part in value.items()
        }
    if isinstance(value, list):
        if len(value) > MOST_ITEMS:
            flaws.note(place, f"nhiều hơn {MOST_ITEMS} mục, bỏ phần sau")
        return [cleaned(part, flaws, place, depth + 1, is_nfc=is_nfc) for part in value[:MOST_ITEMS]]
    if isinstance(value, float) and not math.isfinite(value):
        flaws.note(place, "số vô hạn, đã bỏ")
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**30:
        flaws.note(place, "số quá lớn, đã bỏ")
        return None
    return value


def code_of(record: Any) -> str:
    """The code of a record. Raises RecordError."""
    if not isinstance(record, dict):
        raise RecordError("", "bản ghi không phải một đối tượng JSON")
    code = record.get("code")
    if code is None or code == "":
        raise RecordError("code", "thiếu mã thủ tục")
    if not isinstance(code, str):
        # As a number 1.001190 is 1.00119: which code was meant cannot be told.
        raise RecordError("code", f"mã thủ tục phải là văn bản, không phải {type(code).__name__}")
    code = clean_line(code[:200])
    if not CODE.fullmatch(code):
        raise RecordError(
            "code",
            "mã thủ tục không hợp lệ: không bắt đầu theo dạng d.dddddd như 1.001193, hoặc dài quá 20 ký tự",
            code[:40],
        )
    return code


def name_of(record: dict[str, Any], code: str) -> str:
    """The name of a record. Raises RecordError."""
    name = record.get("name")
    if name is None:
        raise RecordError("name", "thiếu tên thủ tục", code)
    if not isinstance(name, str):
        raise RecordError("name", f"tên thủ tục phải là văn bản, không phải {type(name).__name__}", code)
    name = clean_line(name)
    if not name:
        raise RecordError("name", "tên thủ tục trống", code)
    if len(name) > 10_000:
        raise RecordError("name", "tên thủ tục dài quá 10.000 ký tự", code)
    if _BROKEN.search(name) or "\ufffd" in name:
        raise RecordError("name", "tên bị hỏng bảng mã (UTF-8 đọc nhầm thành bảng mã khác)", code)
    return name


def line(record: dict[str, Any], key: str, flaws: Flaws, *, limit: int = 1_000) -> str:
    """One line of text, cut at a limit; empty when absent."""
    text = " ".join(block(record, key, flaws).split())
    if len(text) > limit:
        flaws.note(key, f"dài quá {limit} ký tự, đã cắt ở chỗ hiển thị; bản ghi gốc giữ nguyên")
        text = text[: limit - 1].rstrip() + "…"
    return text


def block(record: dict[str, Any], key: str, flaws: Flaws) -> str:
    """Several lines of text; empty when absent."""
    value = record.get(key)
    if value is None or value == "":
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        flaws.note(key, f"không phải văn bản ({type(value).__name__}), bỏ qua")
        return ""
    if len(value) > LONGEST_TEXT:
        flaws.note(key, f"dài quá {LONGEST_TEXT} ký tự, bỏ phần sau ở chỗ hiển thị")
        value = value[:LONGEST_TEXT]
    return tidy(value)


def tidy(text: str) -> str:
    """What ``clean_block`` makes of a text, fast for the many that have nothing to clean."""
    if not text.replace("\n", "").isprintable() and _UNCLEAN.search(text):
        return clean_block(text)
    lines = [" ".join(part.split()) for part in text.split("\n")]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def quick_fold(text: str) -> str:
    """A text in small letters without marks, for looking for words in long texts."""
    return _MARKS.sub("", unicodedata.normalize("NFD", text.lower())).replace("đ", "d")


def items(record: dict[str, Any], key: str, flaws: Flaws, kind: type = dict) -> list[Any]:
    """The items of a list that are of the right kind; empty when absent."""
    value = record.get(key)
    if value is None or value == "":
        return []
    if not isinstance(value, list):
        if isinstance(value, kind):
            flaws.note(key, "một giá trị thay cho danh sách, đã đọc như danh sách một mục")
            return [value]
        flaws.note(key, f"không phải danh sách ({type(value).__name__}), bỏ qua")
        return []
    right = [item for item in value if isinstance(item, kind)]
    if len(right) < len(value):
        flaws.note(key, f"{len(value) - len(right)} mục sai kiểu, bỏ qua")
    return right


def group(record: dict[str, Any], key: str, flaws: Flaws) -> dict[str, Any]:
    """An object inside a record; empty when absent."""
    value = record.get(key)
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        flaws.note(key, f"không phải đối tượng ({type(value).__name__}), bỏ qua")
        return {}
    return value


def count(record: dict[str, Any], key: str, flaws: Flaws, *, most: int = 1_000) -> int:
    """A small whole number, nought when absent."""
    value = record.get(key, 0)
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value.strip()[:9])
    if value is None or value == "":
        return 0
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or not 0 <= value <= most:
        flaws.note(key, "số lượng không hợp lệ, bỏ qua")
        return 0
    return int(value)


def yes(record: dict[str, Any], key: str, flaws: Flaws) -> bool:
    """A yes or no, also written as text or number."""
    value = record.get(key)
    if isinstance(value, bool):
        return value
    if value in (None, "", 0, "0", "false", "False"):
        return False
    if value in (1, "1", "true", "True"):
        return True
    flaws.note(key, "không phải đúng/sai, coi là sai")
    return False


def day(record: dict[str, Any], key: str, flaws: Flaws) -> date | None:
    """A date as ``YYYY-MM-DD`` or ``DD/MM/YYYY``."""
    value = record.get(key)
    if value in (None, ""):
        return None
    text = str(value).strip()[:40]
    try:
        if parts := re.match(r"(\d{1,2})/(\d{1,2})/(\d{4})\b", text):
            found = date(int(parts[3]), int(parts[2]), int(parts[1]))
        else:
            found = date.fromisoformat(text[:10])
    except ValueError:
        flaws.note(key, f"“{text}” không phải ngày, bỏ qua")
        return None
    if not 1945 <= found.year <= 2100:
        flaws.note(key, f"ngày {found.isoformat()} không thể đúng, bỏ qua")
        return None
    return found
