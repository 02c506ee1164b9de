"""What every page's frame shows: the section of the menu, the other language, unread letters, the chosen scheme."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.notifications import context as notifications

THEME_COOKIE = "portal_theme"
THEMES = ("light", "dark")


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html; what costs a query is lazy, because fragments do not draw the frame."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "theme": theme if theme in THEMES else "",
        "section": _section(request),
        "other_language_url": SimpleLazyObject(lambda: _other_language_url(request)),
        "alternates": SimpleLazyObject(lambda: _alternates(request)),
        "unread_count": SimpleLazyObject(lambda: notifications.unread(request)),
        "environment_notice": _("Bản dùng thử, dữ liệu không có thật.") if settings.IS_DEVELOPMENT else "",
    }


def _section(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None:
        return ""
    return "track" if match.view_name == "dossiers:track" else (match.namespace or "")


def _alternates(request: HttpRequest) -> list[tuple[str, str]]:
    """The page in each language by absolute address, for search engines; empty where an address has no language."""
    if request.resolver_match is None:
        return []
    path = request.path
    vietnamese, english = translate_url(path, "vi"), translate_url(path, "en")
    if vietnamese == english:
        return []
    addresses = (("vi", vietnamese), ("en", english), ("x-default", vietnamese))
    return [(language, request.build_absolute_uri(address)) for language, address in addresses]


def _other_language_url(request: HttpRequest) -> str:
    """The same page in the other language; empty where there is none (error pages, addresses without a language)."""
    if request.resolver_match is None:
        return ""
    path = request.get_full_path()
    other = translate_url(path, "vi" if get_language() == "en" else "en")
    return "" if other == path else other
