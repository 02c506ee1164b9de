"""Forms that a paper is written on (mẫu đơn, tờ khai), as its note names them: in words, with the file if linked.

A record of the national catalogue has names of files and no file (``form_template``); they stand in the note of the
paper as “Mẫu: a.doc, b.docx”. An official who has the file writes its address behind the name: “Mẫu: Đơn https://…”.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

MARKS = ("Mẫu:", "Form:")
"""What the part of a note begins with that names forms; another part begins behind a semicolon."""
CALLED = ("Mẫu", "Form")
"""How a name begins that says that it is a form's."""
LONGEST_WORD = 12
"""Longer ones are words run together, whose marks were lost: nobody can read them."""
_PARTS = re.compile(r";\s+|\n+")
_NAMES = re.compile(
    r"(?:(?<=\.doc)|(?<=\.pdf)|(?<=\.xls)|(?<=\.rtf)|(?<=\.zip)|(?<=\.docx)|(?<=\.xlsx)),\s*|(?<=\S),\s+(?=Mẫu\b)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https://[^\s<>\"“”]+[^\s<>\"“”.,;:)]")
_ENDING = re.compile(r"(?:\.(?:docx?|pdf|xlsx?|rtf|odt|zip|rar|jpe?g|png))+$", re.IGNORECASE)
_COPY = re.compile(r"\s*\(\d+\)$")
_ACT = re.compile(r"(?<!\d)(\d{1,4})[._/](\d{4})[._/](TT|NĐ|ND|QĐ|QD|NQ|TTLT)[-_]([A-ZĐ]{2,}(?:-[A-ZĐ]{2,})*)")
_DAY = re.compile(r"(?<!\d)(\d{1,2})[._](\d{1,2})[._]((?:19|20)\d{2})(?!\d)")
_NUMBERED = re.compile(r"^m[aâẫ]u(?:[ _.-]*s[oôố])?[ _.-]*(?=\d)", re.IGNORECASE)
_MARKED = (
    (re.compile(r"\bphu ?luc(?=[IVX\d]*\b) ?", re.IGNORECASE), "Phụ lục "),
    (re.compile(r"\bto khai\b", re.IGNORECASE), "Tờ khai"),
    (re.compile(r"\bdon de nghi\b", re.IGNORECASE), "Đơn đề nghị"),
    (re.compile(r"\bbieu mau\b", re.IGNORECASE), "Biểu mẫu"),
    (re.compile(r"^don\b", re.IGNORECASE), "Đơn"),
    (re.compile(r"^m[aâ]u\b", re.IGNORECASE), "Mẫu"),
)
"""Words that forms are called by, which names of files lose their marks of."""


@dataclass(frozen=True, slots=True)
class PaperForm:
    """One form."""

    name: str
    url: str
    """Where its file is; empty where nobody linked one."""
    is_named: bool = True
    """Whether the name is its own: what nobody can read is called what it is."""

    @property
    def label(self) -> str:
        """The name, called a form."""
        if not self.is_named or self.name.startswith(CALLED):
            return self.name
        return _("Mẫu: %(name)s") % {"name": self.name}

    @property
    def host(self) -> str:
        """From where its file comes, which whoever follows the link reads first: an imported record may name any."""
        return _host_of(self.url)


def told(note: str) -> tuple[str, list[PaperForm]]:
    """What a note says besides, and the forms it names: one a file, whoever can read its name."""
    rest: list[str] = []
    files: dict[tuple[str, str], PaperForm] = {}
    for part in filter(None, (each.strip() for each in _PARTS.split(note))):
        mark = next((mark for mark in MARKS if part.startswith(mark)), "")
        if not mark and not (part.startswith(("Mẫu", "Form")) and _ADDRESS.search(part)):
            rest.append(part)
            continue
        for each in _NAMES.split(part.removeprefix(mark)):
            found = _ADDRESS.search(each)
            name = (each.replace(found[0], "") if found else each).strip(" ():,.")
            url = found[0] if found and _host_of(found[0]) else ""
            if not name and not url:
                continue
            said = _as_said(name, is_english=part.startswith(MARKS[1].rstrip(":")))
            files.setdefault((said or name, url), PaperForm(said or _("Mẫu theo bản công bố"), url, bool(said)))
    return "; ".join(rest), _apart(list(files.values()))


def _apart(forms: list[PaperForm]) -> list[PaperForm]:
    """Several files that nobody can read by name are numbered, so that a reader knows how many she needs."""
    unnamed = [form for form in forms if not form.is_named]
    if len(unnamed) < 2:
        return forms
    words = _("Mẫu theo bản công bố, tệp %(number)d")
    numbers = {id(form): number for number, form in enumerate(unnamed, start=1)}
    return [
        replace(form, name=words % {"number": numbers[id(form)]}) if id(form) in numbers else form for form in forms
    ]


def _host_of(url: str) -> str:
    """The host of an address as browsers look it up; empty where it has none that can be shown."""
    try:
        return (urlsplit(url).hostname or "").encode("idna").decode()
    except ValueError:
        return ""


def readable(name: str) -> str:
    """The name of a file as people say it: “Mau 36 - Phu luc II_36.2025.TT-BTP.doc” is Mẫu số 36, Phụ lục II …"""
    return _as_said(name) or _("Mẫu theo bản công bố")


def _as_said(name: str, *, is_english: bool = False) -> str:
    """The same, empty for a name that nobody can read."""
    words = _COPY.sub("", _ENDING.sub("", name.strip(" ()\t:,")))
    words = _ACT.sub(r" \1/\2/\3-\4 ", words)
    words = _DAY.sub(r" \1/\2/\3 ", words)
    words = _NUMBERED.sub("Mẫu số ", words).replace("_", " , ")
    words = re.sub(r"\s+-+\s*|\s*-+\s+|(?<=\d)-(?=[A-ZĐ][a-z])", " , ", words)
    if " " not in words:
        words = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", words)
    for pattern, marked in _MARKED:
        words = pattern.sub(marked, words)
    words = ", ".join(filter(None, (" ".join(each.split()) for each in words.split(" , "))))
    is_long = not is_english and any(len(each) > LONGEST_WORD for each in re.findall(r"[^\W\d_]+", words))
    if is_long or not re.search(r"[^\W\d_]{2}|\d", words):
        return ""
    return words[:1].upper() + words[1:]
