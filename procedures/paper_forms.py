"""Forms that a paper is written on (mẫu đơn, tờ khai), as its note names them: in words, with the file if linked.

A record of the national catalogue has names of files and no file (``form_template``); they stand in the note of the
paper as “Mẫu: a.doc, b.docx”. An official who has the file writes its address behind the name: “Mẫu: Đơn https://…”.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

MARKS = ("Mẫu:", "Form:")
"""What the part of a note begins with that names forms; another part begins behind a semicolon."""
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

    @property
    def label(self) -> str:
        """The name, called a form."""
        return self.name if self.name.startswith("Mẫu") else _("Mẫu: %(name)s") % {"name": self.name}


def told(note: str) -> tuple[str, list[PaperForm]]:
    """What a note says besides, and the forms it names."""
    rest: list[str] = []
    forms: list[PaperForm] = []
    for part in filter(None, (each.strip() for each in _PARTS.split(note))):
        mark = next((mark for mark in MARKS if part.startswith(mark)), "")
        if not mark and not (part.startswith(("Mẫu", "Form")) and _ADDRESS.search(part)):
            rest.append(part)
            continue
        for each in _NAMES.split(part.removeprefix(mark)):
            found = _ADDRESS.search(each)
            name = each.replace(found[0], "") if found else each
            form = PaperForm(readable(name), found[0] if found else "")
            if (name.strip(" ():") or found) and form not in forms:
                forms.append(form)
    return "; ".join(rest), forms


def readable(name: str) -> str:
    """The name of a file as people say it: “Mau 36 - Phu luc II_36.2025.TT-BTP.doc” is Mẫu số 36, Phụ lục II …"""
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
    is_long = any(len(each) > LONGEST_WORD for each in re.findall(r"[^\W\d_]+", words))
    if is_long or not re.search(r"[^\W\d_]{2}|\d", words):
        return _("Mẫu theo bản công bố")
    return words[:1].upper() + words[1:]
