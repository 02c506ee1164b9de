"""Text as people type it: one Unicode form, no control characters, and folding for search."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any

_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{3,}")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
# Invisible marks that reorder or hide text: they let one name look like another.
_INVISIBLE = frozenset(
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad"
)


def nfc(text: str) -> str:
    """The composed Unicode form (NFC), the one form in which the portal stores Vietnamese."""
    return unicodedata.normalize("NFC", text)


def has_control_characters(text: str) -> bool:
    """Whether the text holds NUL, other control characters (line breaks and tabs aside) or lone surrogates."""
    if text.isprintable():
        return False
    return any(unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\r\t" for character in text)


class _Kept(dict[int, str | None]):
    """For ``str.translate``: each character or nothing, found out once for each character there is."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        is_kept = character not in _INVISIBLE and (
            character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cs", "Cn", "Co"}
        )
        self[code] = character if is_kept else None
        return self[code]


_KEPT = _Kept()


def _without_controls(text: str) -> str:
    if text.replace("\n", "").isprintable() and _INVISIBLE.isdisjoint(text):
        return text
    return text.translate(_KEPT)


def clean_block(text: str) -> str:
    """Several lines of text: NFC, ``\\n`` line breaks, no control or invisible characters, no trailing blanks.

    NUL in particular is dropped, since PostgreSQL refuses it.
    """
    if text.isprintable() and "  " not in text and (text.isascii() or _INVISIBLE.isdisjoint(text)):
        return nfc(text).strip(" ")  # nothing to drop or to fold: most codes and names, and every sentence of ours
    unified = (
        nfc(text)
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n")
        .replace("\x85", "\n")
    )
    lines = (_SPACES.sub(" ", line).strip() for line in _without_controls(unified).split("\n"))
    # Dropping characters can bring a letter and its mark together, hence NFC once more.
    return nfc(_BLANK_LINES.sub("\n\n", "\n".join(lines)).strip())


def clean_line(text: str) -> str:
    """One line of text, such as a name: like :func:`clean_block`, with every run of white space made one space."""
    return " ".join(clean_block(text).split())


_WORD_STARTS = re.compile(r"(?:^|(?<=[\s'’-]))\w")


def with_capitals(name: str) -> str:
    """A person's name that was typed without any capital, with one at each word; any other stays as it was typed.

    Civil status papers print names in capitals and data keep them with marks and capitals, so that "nguyễn văn an"
    is nobody's spelling; who writes "de la Cruz" or "H’Hen Niê" knows why.
    """
    return _WORD_STARTS.sub(lambda found: found.group().upper(), name) if name == name.lower() else name


def with_small_first_letter(text: str) -> str:
    """Words that begin a line as they stand inside a sentence: ``phường Hải Châu``; what is a name is not asked."""
    return text[:1].lower() + text[1:]


class _Bare(dict[int, str | None]):
    """For ``str.translate``: each character, or nothing for a mark above or below one; found out once for each."""

    def __missing__(self, code: int) -> str | None:
        bare = None if unicodedata.combining(chr(code)) else chr(code)
        if code < _MOST_KEPT:  # Vietnamese lies below; what strangers type beyond is not kept
            self[code] = bare
        return bare


_MOST_KEPT = 0x2000
_BARE = _Bare({ord("đ"): "d"})


def fold(text: str) -> str:
    """The text without case and tone marks, for comparing and searching: ``Đổi bằng lái`` → ``doi bang lai``."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", decomposed.translate(_BARE))


_FORMS_OF = {
    "a": "aàáảãạăằắẳẵặâầấẩẫậ",
    "d": "dđ",
    "e": "eèéẻẽẹêềếểễệ",
    "i": "iìíỉĩị",
    "o": "oòóỏõọôồốổỗộơờớởỡợ",
    "u": "uùúủũụưừứửữự",
    "y": "yỳýỷỹỵ",
}


def loose_pattern(text: str) -> str:
    """A regular expression for a database that finds the text in any case, without its marks where none were typed.

    A letter that was typed with a mark stands for itself only: `nguyen` finds Nguyễn and Nguyên, `nguyễn` one of them.
    No collation is asked, so that it finds the same in all of them.
    """
    return "".join(_one_of(letter) for letter in nfc(text).casefold())


def _one_of(letter: str) -> str:
    forms = _FORMS_OF.get(letter, letter)
    return f"[{forms}{forms.upper()}]" if letter.isalpha() else re.escape(letter)


def whole_number(text: str, *, most_figures: int = 18) -> int | None:
    """The number that a form or an address gives in plain figures, else None; 18 figures fit every column.

    A longer one is none rather than cut: cut, it would name another row.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most_figures else None


def slug(text: str, *, limit: int = 80) -> str:
    """A piece of an address: lower-case letters without marks, figures and single hyphens, at most ``limit`` long.

    >>> slug("Có con nhỏ")
    'co-con-nho'
    """
    return _NOT_SLUG.sub("-", fold(text)).strip("-")[:limit].rstrip("-")


# Letters of the alphabet that are letters of their own, after the one they look like: a ă â, d đ, e ê, o ô ơ, u ư.
_LETTER_RANK = {"a\u0306": "a1", "a\u0302": "a2", "e\u0302": "e1", "o\u0302": "o1", "o\u031b": "o2", "u\u031b": "u1"}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_OWN_MARKS = frozenset("\u0306\u0302\u031b")


def vietnamese_order(text: str) -> str:
    """A key that sorts names as a Vietnamese dictionary does, in any database collation: letters first, then tones.

    >>> sorted(["Đà Nẵng", "Dĩ An", "Ân", "An"], key=vietnamese_order)
    ['An', 'Ân', 'Dĩ An', 'Đà Nẵng']
    """
    letters: list[str] = []
    tones: list[str] = []
    for character in unicodedata.normalize("NFC", text).casefold():
        decomposed = unicodedata.normalize("NFD", character)
        base, marks = decomposed[0], decomposed[1:]
        if not base.isalnum():
            letters.append("00")
            continue
        own = next((mark for mark in marks if mark in _OWN_MARKS), "")
        letters.append("d1" if base == "đ" else _LETTER_RANK.get(base + own, f"{base}0"))
        tones.append(next((_TONES[mark] for mark in marks if mark in _TONES), "0"))
    return "".join(letters) + "0000" + "".join(tones)


def storable(value: Any) -> Any:
    """A JSON value as PostgreSQL keeps it: without NUL and lone surrogates, in names, too.

    A number beyond all numbers (``1e999`` is valid JSON and reads as infinity) becomes its name.
    """
    if isinstance(value, str):
        return value if value.isprintable() else value.replace("\x00", "").encode(errors="ignore").decode()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {storable(name): storable(inner) for name, inner in value.items()}
    return [storable(inner) for inner in value] if isinstance(value, list) else value
