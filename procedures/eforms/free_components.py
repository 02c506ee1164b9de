"""Components as the national catalogue writes them: free text under headings that may be a case, a remark or neither.

Source: thanhPhanHoSo of the national database of procedures. Which heading is what is read from its first words and its
key words only; a paper under a heading that says nothing about a case is asked of everybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from portal.core.text import clean_line, fold

_BULLET = re.compile(r"^(?:[-*+•(]+|\d+[.)]|[a-zđ]\d?[.)])\s*")


class Role(StrEnum):
    """What a component, or the heading above it, is for somebody who files online."""

    FILED = "filed"
    SHOWN = "shown"
    REMARK = "remark"
    CASE = "case"


def bare(text: str) -> str:
    """The text without bullets and numbering in front."""
    line = clean_line(text)
    while (shorter := _BULLET.sub("", line)) != line:
        line = shorter
    return line


def heading_words(heading: str) -> str:
    """A heading as it stands over its papers: never cut, since often only its end says which case it is."""
    return bare(heading).rstrip(":; ")


def role_of_heading(heading: str) -> Role:
    """What a heading says about the papers under it."""
    words = fold(bare(heading))
    if words.startswith(("luu y", "ghi chu")):
        return Role.REMARK
    if _is_only_shown(words):
        return Role.SHOWN
    if "truong hop" in words or words.startswith("doi voi"):
        return Role.CASE
    return Role.FILED


def _is_only_shown(words: str) -> bool:
    return "xuat trinh" in words and not re.search(r"\b(nop|gui)\b", words)


def role_of_component(name: str, heading: str) -> Role:
    """Whether a paper is filed, shown at the desk, filed in a case only, or no paper at all but a remark."""
    words = fold(bare(name))
    if words.startswith(("luu y", "ghi chu")):
        return Role.REMARK
    if words.startswith("xuat trinh") and _is_only_shown(words):
        return Role.SHOWN
    return role_of_heading(heading)


def cases_of(components: Iterable[Any]) -> dict[str, str]:
    """The headings that are cases, each once and in order, by the value they have in the form: ``case_1`` …

    By position, since a draft keeps its version; what outlives one, such as an address, uses ``own_case.value_of``.
    """
    cases: dict[str, str] = {}
    for component in components:
        heading = component.when_text
        if heading and role_of_component(component.name, heading) == Role.CASE and heading not in cases.values():
            cases[f"case_{len(cases) + 1}"] = heading
    return cases


def is_filed(component: Any, cases: dict[str, str], chosen: Iterable[str]) -> bool:
    """Whether a component is asked of somebody who chose these cases."""
    role = role_of_component(component.name, component.when_text)
    if role == Role.CASE:
        return any(cases.get(value) == component.when_text for value in chosen)
    return role == Role.FILED
