"""What paper needs to lead back to a page."""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode
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


@register.simple_tag
def tracking_qr(code: str) -> SafeString:
    """Where the dossier with this code is tracked without signing in, as a QR; its phone number is asked for."""
    address = f"{settings.BASE_URL}{reverse('dossiers:track')}?{urlencode({'code': code})}"
    return qr.draw(address, label=_("Mã QR để tra cứu hồ sơ này")).svg


@lru_cache(maxsize=1024)
def _drawn(address: str, language: str) -> SafeString:
    return qr.draw(address, label=_("Mã QR mở trang này")).svg
