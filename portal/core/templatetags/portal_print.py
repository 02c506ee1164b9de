"""What only paper needs."""

from functools import lru_cache
from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.core import qr

register = template.Library()


@register.simple_tag(takes_context=True)
def page_qr(context: dict[str, Any]) -> SafeString:
    """The page's address, without what was asked of it, as a QR: who holds the paper finds the living page.

    Only for public pages.
    """
    request = context["request"]
    return _drawn(request.build_absolute_uri(request.path), get_language() or "")


@lru_cache(maxsize=1024)
def _drawn(address: str, language: str) -> SafeString:
    return qr.draw(address, label=_("Mã QR mở trang này")).svg
