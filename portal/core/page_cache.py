"""Whole pages for people who have not signed in, kept in the process until what they show changes.

Without a session a page is the same for everybody: it depends on address, host, the chosen colour scheme, the edition
of what it shows, and for some views on a choice that a cookie remembers; with such a cookie it is kept here alone:
shared caches have no business with what one reader chose. The middleware stands outermost, so that a kept page costs
one look into a dictionary and one at the edition.
Browsers and proxies may keep the page too, but ask every time whether it still holds (ETag).
"""

from __future__ import annotations

import gzip
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

MOST_BYTES = 32 * 1024 * 1024
LONGEST_SECONDS = 60.0
"""However sure the edition is, no page is kept longer: dates on it move with the day."""
VARYING_COOKIE = "portal_theme"
CACHE_CONTROL = "public, max-age=0, must-revalidate"
OWN_CACHE_CONTROL = "private, max-age=0, must-revalidate"
MOST_PATHS = 20_000

GetResponse = Callable[[HttpRequest], HttpResponse]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What the pages of one view depend on."""

    edition: Callable[[], str | None]
    """Changes whenever what the pages show changes; None while that cannot be known."""
    parameters: frozenset[str]
    """Query parameters that the view reads; an address with any other is not kept."""
    cookies: tuple[str, ...] = ()
    """Cookies that the view reads, besides the colour scheme's."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A finished page."""

    rule: Rule
    edition: str
    until: float
    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str


class Shelf:
    """Finished pages by key, the oldest leaving first when there are too many bytes."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._pages: OrderedDict[Key, Kept] = OrderedDict()
        self._cookies: dict[str, tuple[str, ...]] = {}
        self._lock = Lock()

    def get(self, key: Key) -> Kept | None:
        """The page, unless it is gone, too old, or shows an older edition."""
        page = self._pages.get(key)
        if page is None or page.until < time.monotonic() or page.edition != page.rule.edition():
            return None
        return page

    def cookies_of(self, path: str) -> tuple[str, ...]:
        """The cookies that the page at a path is known to follow."""
        return self._cookies.get(path, ())

    def learn(self, path: str, cookies: tuple[str, ...]) -> None:
        """Remember which cookies the page at a path follows; then it has other keys."""
        if len(self._cookies) >= MOST_PATHS:
            self._cookies.clear()
        self._cookies[path] = cookies

    def put(self, key: Key, page: Kept) -> None:
        """Keep a page."""
        with self._lock:
            self._drop(key)
            self._pages[key] = page
            self.bytes += len(page.body)
            while self.bytes > self.most_bytes:
                self._drop(next(iter(self._pages)))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._pages.clear()
            self._cookies.clear()
            self.bytes = 0

    def _drop(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self.bytes -= len(page.body)


def _etag(response: HttpResponse) -> str:
    """The digest of the page itself: compressing puts in something random, which must not make a page look new."""
    is_gzipped = response.headers.get("Content-Encoding") == "gzip"
    page = gzip.decompress(response.content) if is_gzipped else response.content
    return f'"{hashlib.sha256(page).hexdigest()[:32]}{"-gzip" if is_gzipped else ""}"'


shelf = Shelf()


def cached_for_anonymous(
    edition: Callable[[], str | None], *, parameters: tuple[str, ...] = (), cookies: tuple[str, ...] = ()
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let the middleware keep this view's pages for readers without a session, for one ``edition``."""
    rule = Rule(edition, frozenset(parameters), cookies)

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            before = rule.edition()  # read first: what is published meanwhile makes the page old at once
            response = view(request, *args, **kwargs)
            if before is not None and set(request.GET) <= rule.parameters:
                response.page_rule = (rule, before)  # type: ignore[attr-defined]
            return response

        return wrapped

    return decorate


class AnonymousPageMiddleware:
    """Answer from the shelf, or put on it what a marked view made."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.session_cookie = f"{settings.SESSION_COOKIE_NAME}="

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        cookies = request.META.get("HTTP_COOKIE", "")
        if self.session_cookie in cookies or "messages=" in cookies:
            return self._private(self.get_response(request))
        page = shelf.get(self._key(request, has_cookies=bool(cookies)))
        if page is None:
            response = self.get_response(request)
            page = self._keep(request, response)
            if page is None:
                return response
        return self._answer(request, page)

    def _key(self, request: HttpRequest, *, has_cookies: bool) -> Key:
        return (
            request.META.get("HTTP_HOST", ""),
            request.scheme or "",
            request.path_info,
            request.META.get("QUERY_STRING", ""),
            "gzip" if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "") else "",
            request.COOKIES.get(VARYING_COOKIE, "") if has_cookies else "",
            *(request.COOKIES.get(name, "") if has_cookies else "" for name in shelf.cookies_of(request.path_info)),
        )

    def _private(self, response: HttpResponse) -> HttpResponse:
        """The same page drawn for somebody: shared caches must know the two apart."""
        if hasattr(response, "page_rule"):
            patch_vary_headers(response, ["Cookie"])
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    def _keep(self, request: HttpRequest, response: HttpResponse) -> Kept | None:
        rule, edition = getattr(response, "page_rule", (None, ""))
        if rule is None or response.status_code != 200 or response.streaming or response.cookies:
            return None
        patch_vary_headers(response, ["Cookie"])
        etag = _etag(response)
        is_own = any(request.COOKIES.get(name) for name in rule.cookies)
        response.headers["Cache-Control"] = OWN_CACHE_CONTROL if is_own else CACHE_CONTROL
        response.headers["ETag"] = etag
        page = Kept(
            rule=rule,
            edition=edition,
            until=time.monotonic() + LONGEST_SECONDS,
            body=response.content,
            headers=tuple(response.headers.items()),
            etag=etag,
        )
        if shelf.cookies_of(request.path_info) != rule.cookies:
            shelf.learn(request.path_info, rule.cookies)
        shelf.put(self._key(request, has_cookies=bool(request.COOKIES)), page)
        return page

    def _answer(self, request: HttpRequest, page: Kept) -> HttpResponse:
        wanted = request.META.get("HTTP_IF_NONE_MATCH", "")
        if wanted and (wanted.strip() == "*" or page.etag in wanted):
            response = HttpResponse(status=304)
            del response.headers["Content-Type"]
            for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy"):
                response.headers[name] = dict(page.headers).get(name, "")
            return response
        return HttpResponse(page.body, headers=dict(page.headers))
