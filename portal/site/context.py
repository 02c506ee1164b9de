"""What every page's frame shows: the section of the menu, the other language, unread letters, the chosen scheme."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.encoding import iri_to_uri
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.accounts import interrupted
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
        "something_typed": SimpleLazyObject(lambda: interrupted.is_waiting(request)),
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
    active = get_language()
    vietnamese, english = (_translated(request.path, language, active) for language in ("vi", "en"))
    if vietnamese == english:
        return []
    addresses = (("vi", vietnamese), ("en", english), ("x-default", vietnamese))
    return [(language, request.build_absolute_uri(address)) for language, address in addresses]


def _other_language_url(request: HttpRequest) -> str:
    """The same page in the other language; empty where there is none (error pages, addresses without a language)."""
    if request.resolver_match is None:
        return ""
    active = get_language()
    other = _translated(request.path, "vi" if active == "en" else "en", active)
    query = request.META.get("QUERY_STRING", "")
    return "" if other == request.path else f"{other}?{iri_to_uri(query)}" if query else other


@lru_cache(maxsize=2048)
def _translated(path: str, language: str, active: str) -> str:
    """The address of a page in a language. The active one is that of the path, and resolves it."""
    return translate_url(path, language)
