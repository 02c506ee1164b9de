"""The place a reader looks from: in the address, remembered in a cookie of her browser, or from her profile.

An address with a place is the same for everybody and may be cached by anyone. A page that follows the cookie is kept
apart for each place by this process and by nobody else (portal.core.page_cache); one from the profile by nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from portal.accounts.models import CitizenProfile
from procedures.local import NOWHERE, Where
from procedures.territory import Territory

COOKIE = "portal_place"
COOKIE_AGE = timedelta(days=365)
PROVINCE, COMMUNE = "tinh", "xa"
"""Names in addresses and forms."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A place and where it comes from."""

    where: Where
    source: str = ""
    """``address``, ``cookie`` or ``profile``; empty where there is no place."""


def chosen(request: HttpRequest, territory: Territory) -> Chosen:
    """The reader's place; codes that are no place in force are no place."""
    if PROVINCE in request.GET:
        return _checked(request.GET[PROVINCE], request.GET.get(COMMUNE, ""), territory, "address")
    if remembered := request.COOKIES.get(COOKIE, ""):
        province, _dot, commune = remembered.partition(".")
        found = _checked(province, commune, territory, "cookie")
        if found.where != NOWHERE:
            return found
    if request.user.is_authenticated:
        profile = CitizenProfile.objects.filter(user=request.user).only("province_code", "commune_code").first()
        if profile is not None:
            return _checked(profile.province_code, profile.commune_code, territory, "profile")
    return Chosen(NOWHERE)


def _checked(province: str, commune: str, territory: Territory, source: str) -> Chosen:
    if not territory.is_province(province):
        return Chosen(NOWHERE)
    return Chosen(Where(province, commune if territory.is_commune_of(commune, province) else ""), source)


def remember(request: HttpRequest, response: HttpResponse, where: Where) -> None:
    """Keep a place in the reader's browser."""
    response.set_cookie(
        COOKIE,
        f"{where.province_code}.{where.commune_code}",
        max_age=COOKIE_AGE,
        samesite="Lax",
        secure=request.is_secure(),
        httponly=True,
    )


def forget(response: HttpResponse) -> None:
    """Forget the place."""
    response.delete_cookie(COOKIE, samesite="Lax")
