"""Texts in templates: long ones in paragraphs, codes of procedures as links."""

import re
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from procedures import sheet_texts

register = template.Library()


@register.filter
def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, long lines broken between sentences."""
    return sheet_texts.paragraphs(str(text))


_CODE = re.compile(r"(?<![\d.])(\d\.\d{6})(?!\.?\d)")
"""The code of a procedure in a sentence: ``1.000689``; an amount such as 1.000.689 is none."""


@register.filter
def procedure_links(text: Any) -> SafeString:
    """A sentence in which the code of a procedure leads to its sheet; escaped."""
    pieces = _CODE.split(str(conditional_escape(str(text))))
    linked = (
        format_html('<a href="{}">{}</a>', reverse("procedures:detail", args=[piece]), piece) if number % 2 else piece
        for number, piece in enumerate(pieces)
    )
    return mark_safe("".join(linked))  # noqa: S308 - every piece is escaped above
