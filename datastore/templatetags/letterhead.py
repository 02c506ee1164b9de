"""How an agency's name stands at the head of a paper (tên cơ quan ban hành) – NĐ 30/2020/NĐ-CP annex I."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# Where a long name may break: after the kind of agency, before its place.
KINDS = ("Ủy ban nhân dân", "Hội đồng nhân dân", "Công an", "Bảo hiểm xã hội")
ONE_LINE = 24


@register.filter
def letterhead(name: str | None) -> SafeString | str:
    """The name on one line, or on two where it is long: the kind of agency, then its place."""
    text = name or ""
    for kind in KINDS:
        if len(text) > ONE_LINE and text.startswith(kind + " "):
            return format_html("{}<br>{}", kind, text[len(kind) + 1 :])
    return text
