"""How an agency's name stands at the head of a paper (tên cơ quan ban hành) – NĐ 30/2020/NĐ-CP annex I."""

import re
from itertools import pairwise

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()

# Where a long name may break: after the kind of agency, before its place.
KINDS = ("Ủy ban nhân dân", "Hội đồng nhân dân", "Công an", "Bảo hiểm xã hội")
ONE_LINE = 24
ONE_LINE_NUMBER = 22
"""Characters of a number that stand on one line beside the QR at 13 pt."""


@register.filter
def letterhead(name: str | None, parent: str | None = "") -> SafeString | str:
    """The name on one line, or on two where it is long: the kind of agency, then its place.

    Below its `parent` it does not name that one's place again: “… phường Cửa Nam” below “… Thành phố Hà Nội”.
    """
    bare, _comma, place = (name or "").rpartition(", ")
    is_told_above = bool(bare) and (parent or "").casefold().endswith(f" {place.casefold()}")
    text = _tied(bare if is_told_above else name or "")
    for kind in KINDS:
        if len(text) > ONE_LINE and text.startswith(kind + " "):
            return format_html("{}<br>{}", kind, text[len(kind) + 1 :])
    return text


@register.filter
def in_parts(number: str) -> SafeString | str:
    """A paper's number; a long one stands below its label and may go on after each stroke, and is copied as written."""
    if len(number) <= ONE_LINE_NUMBER:
        return number
    parts = [(part,) for part in re.findall(r"[^/]*/|[^/]+", number)]
    return format_html(
        '<span class="head__part">{}</span>', format_html_join("", '<span class="head__part">{}</span>', parts)
    )


def _tied(name: str) -> str:
    """The name with no-break spaces inside “thành phố” and between the syllables of a proper name, as in Đà Nẵng."""
    words = name.split(" ")
    joints = [
        "\N{NO-BREAK SPACE}"
        if (word, after) == ("thành", "phố") or (word[:1].isupper() and word.isalpha() and after[:1].isupper())
        else " "
        for word, after in pairwise(words)
    ]
    return "".join(word + joint for word, joint in zip(words, [*joints, ""], strict=True))
