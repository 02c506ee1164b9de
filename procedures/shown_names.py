"""Names of procedures as lists and headings show them: tidied, while the record keeps them as they came.

The national catalogue opens a quarter of its names with “Thủ tục”, some with a colon, and writes a few whole names in
capitals, which are slow to read and stand out of every list for no reason.
"""

from __future__ import annotations

import re

from portal.core.text import fold

_OPENING = re.compile(r"^\s*thủ\s+tục\s*(?P<colon>[:\-–])?\s*(?=\S)", re.IGNORECASE)
_KIND = re.compile(r"(?:hải quan|biên phòng|hành chính|điện tử|đối với|rút gọn|về)(?!\w)", re.IGNORECASE)
"""Behind “thủ tục” these say which kind of it: without the word the rest is no name."""
_NEXT_PART = re.compile(r"(?<=\S)\s+\(?\d{0,2}[.)]?\s*Trình tự thực hiện\s*:?$", re.IGNORECASE)
"""The heading of the part that follows a name in the decision it was copied from."""
_VOWELS = re.compile(r"[aeiouy]", re.IGNORECASE)
_ROMAN = re.compile(r"[IVX]+")
_WORD = re.compile(r"[^\W\d_]+")
LEAST_LETTERS, MOSTLY = 12, 0.8
"""A shorter name in capitals may be an abbreviation, and one of which a fifth is small has capitals of its own."""
KEPT = frozenset(
    {
        "ABTC",
        "AIDS",
        "AIS",
        "APEC",
        "ASEAN",
        "ATM",
        "ATTP",
        "BHTN",
        "BHXH",
        "BHYT",
        "CITES",
        "EU",
        "FDI",
        "GCN",
        "GDP",
        "GMP",
        "HACCP",
        "HIV",
        "HĐND",
        "IMO",
        "ISO",
        "KCN",
        "KKT",
        "NGO",
        "OCOP",
        "ODA",
        "QSDĐ",
        "TNHH",
        "UBND",
        "USD",
        "VNEID",
        "VNPT",
        "WTO",
    }
)
"""Abbreviations that could be read as words."""
PROPER = {
    "việt nam": "Việt Nam",
    "hà nội": "Hà Nội",
    "đà nẵng": "Đà Nẵng",
    "hồ chí minh": "Hồ Chí Minh",
    "hải phòng": "Hải Phòng",
    "cần thơ": "Cần Thơ",
    "quốc hội": "Quốc hội",
    "chính phủ": "Chính phủ",
    "nhà nước": "Nhà nước",
}
"""Names that keep their capitals when the rest goes small."""


def tidied(name: str) -> str:
    """A name without “Thủ tục” in front and not in capitals throughout; abbreviations stay as they are."""
    words = _NEXT_PART.sub("", " ".join(name.split()))
    opening = _OPENING.match(words)
    if opening and (rest := words[opening.end() :]) and (opening["colon"] or not _KIND.match(rest)) and " " in rest:
        words = rest
    letters = [each for each in words if each.isalpha()]
    is_loud = len(letters) > LEAST_LETTERS and sum(each.isupper() for each in letters) > MOSTLY * len(letters)
    if is_loud and " " in words:
        words = _small(words)
    return words[:1].upper() + words[1:]


def _small(words: str) -> str:
    small = _WORD.sub(lambda each: each[0] if _is_abbreviation(each[0]) else each[0].lower(), words)
    for said, proper in PROPER.items():
        small = re.sub(rf"(?<!\w){said}(?!\w)", proper, small)
    return small


def _is_abbreviation(word: str) -> bool:
    if not word.isupper():
        return False
    return word in KEPT or _ROMAN.fullmatch(word) is not None or (len(word) > 1 and not _VOWELS.search(fold(word)))
