"""The short way for machines: API, wire protocol, gateways' notices and probes need no session, page or redirect.

First in MIDDLEWARE. A machine's path is resolved and its view called at once; for every other path nothing changes.
That saves most of the time of a small request, and a wire client never sees a redirect or a status other than 200.
"""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

import structlog
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import ResolverMatch, resolve
from django.utils import translation
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _

from portal.api import bodies, errors, metrics, watched_calls
from portal.api.parsers import DRAIN_BYTES
from portal.api.wire import ministries, replies
from portal.core import lock_waits
from portal.core.errors import DATABASE_AWAY_SECONDS
from portal.core.language import speaking
from portal.exchange import watching

log = structlog.get_logger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]

_DOORS = ("mapi", "VXPAdapter", "XrdAdapter", "truc-mc", "KetNoiMotCuaQuocGia", "api/SynsTTHCC", "lgsp")
"""As portal.api.urls spells them; operators type these addresses, and other servers do not look at their case."""
# by ASCII alone: in Unicode "ı" is an "i" and "ſ" an "s" in another case, and neither is in a door's name
_SPELT = {door.lower(): door for door in _DOORS}
WIRE = re.compile(rf"/+({'|'.join(_DOORS[:-1])})(?:/|$)", re.IGNORECASE | re.ASCII)
PLATFORM = re.compile(rf"/+({_DOORS[-1]})(?:/|$)", re.IGNORECASE | re.ASCII)
API = re.compile(r"/api/v1(?:/|$)")
NOTICE = re.compile(r"/thanh-toan/[a-z0-9_-]+/ipn/?$")
PROBE = re.compile(r"/(?:healthz|readyz|metrics)/?$")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


_HEADERS = {name.lower(): (name, value) for name, value in HEADERS.items()}
"""As Django keeps the headers of an answer. Put there one by one, each is asked whether it is plain text."""


class WireFastPathMiddleware:
    """Answer machines directly; pass people's requests on."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        way = next((way for way in _WAYS if way.pattern.match(path)), None)
        if way is None:
            return self.get_response(request)
        bodies.take_in(request, most=way.body_bytes)
        structlog.contextvars.bind_contextvars(method=request.method, route="")
        with metrics.observed(request) as seen:
            watching.begin()
            response = way.answer(request)
            seen.answered(response)
            watched_calls.note(request, response)
        _put_common(response)
        return response


def _wire(request: HttpRequest) -> HttpResponseBase:
    with translation.override("vi"):
        try:
            if _holds_nul(request):
                return replies.failure(replies.INVALID_FIELD, _("Có ký tự NUL trong địa chỉ."))
            # address and endpoint are put together as text, and both may bring a slash (protocol §1.1)
            return _call(request, resolve(_spelt(WIRE, re.sub("/{2,}", "/", request.path_info))))
        except Http404:  # not logged: a mistyped address may hold a key
            return replies.failure(replies.UNKNOWN_SERVICE, _("Cổng không có địa chỉ này."))
        except Exception:
            _report(request)
            return replies.failure(replies.INTERNAL, _("Lỗi của Cổng, hãy gửi lại sau ít phút"))


def _platform(request: HttpRequest) -> HttpResponseBase:
    with translation.override("vi"):
        try:
            if _holds_nul(request):
                return ministries.answer(400, _("Có ký tự NUL trong địa chỉ."))
            return _call(request, resolve(_spelt(PLATFORM, re.sub("/{2,}", "/", request.path_info))))
        except Http404:
            return ministries.answer(404, _("Cổng không có địa chỉ này."))
        except Exception:
            _report(request)
            return ministries.answer(502, _("Lỗi của Cổng, hãy gửi lại sau ít phút"))


def _api(request: HttpRequest) -> HttpResponseBase:
    language = preferred_language(request)
    with speaking(language):
        response: HttpResponseBase
        try:
            if _holds_nul(request):
                response = errors.problem(400, "input.malformed", _("Có ký tự NUL trong địa chỉ."))
            else:
                response = _call(request, _resolve_api(request))
        except Http404:
            response = errors.problem(404, "not_found", _("Không có địa chỉ này trong API."))
        except (OperationalError, InterfaceError) as error:
            response = _not_now(request, error)
        except Exception:
            _report(request)
            response = errors.problem(500, "portal.internal", _("Lỗi của Cổng. Hãy gọi lại sau ít phút."))
        told = {"Vary": "Accept-Language, Authorization", "Content-Language": language}
    if rate := getattr(request, "rate_limit", None):
        told |= zip(("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"), map(str, rate), strict=True)
    _put(response, told)
    return response


def _not_now(request: HttpRequest, error: Exception) -> HttpResponseBase:
    """503 with when to come back: somebody else holds the row, or the database does not answer."""
    if lock_waits.is_row_held(error):
        log.warning("machine_request.row_held")
        words = _("Một yêu cầu khác đang giữ hồ sơ này. Hãy gọi lại sau ít giây, với cùng Idempotency-Key.")
        later = {"Retry-After": str(lock_waits.RETRY_AFTER_SECONDS)}
        return errors.problem(503, "portal.busy", words, headers=later)
    _report(request)
    words = _("Cơ sở dữ liệu của Cổng chưa trả lời. Hãy gọi lại sau ít phút, với cùng Idempotency-Key.")
    later = {"Retry-After": str(DATABASE_AWAY_SECONDS)}
    return errors.problem(503, "portal.unavailable", words, headers=later)


def _put(response: HttpResponseBase, headers: Mapping[str, str]) -> None:
    """Set headers of our own words and numbers, which Django need not look through for what no header may hold."""
    kept: dict[str, tuple[str, str]] | None = getattr(response.headers, "_store", None)
    if kept is None:  # a version of Django that keeps them elsewhere
        for name, value in headers.items():
            response.headers[name] = value
        return
    kept.update((name.lower(), (name, value)) for name, value in headers.items())


def _put_common(response: HttpResponseBase) -> None:
    """Set what every answer of ours has and this one does not say for itself."""
    kept: dict[str, tuple[str, str]] | None = getattr(response.headers, "_store", None)
    if kept is None:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return
    for lower, header in _HEADERS.items():
        kept.setdefault(lower, header)


def _spelt(door: re.Pattern[str], path: str) -> str:
    """The path with the door's name as the URL table has it."""
    return door.sub(lambda match: match[0].replace(match[1], _SPELT[match[1].lower()]), path, count=1)


def _holds_nul(request: HttpRequest) -> bool:
    """Whether the address has a character that no database takes."""
    return "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")


def _notice(request: HttpRequest) -> HttpResponseBase:
    with translation.override("vi"):
        try:
            return _call(request, _resolve_with_slash(request))
        except Http404:
            return HttpResponse(status=404)


def _resolve_with_slash(request: HttpRequest) -> ResolverMatch:
    """A machine's POST must not be redirected to the address with a slash: it would come back as an empty GET."""
    path = request.path_info
    return resolve(path if path.endswith("/") else f"{path}/")


def _resolve_api(request: HttpRequest) -> ResolverMatch:
    """As _resolve_with_slash; what the apps answer is looked for among itself first, two tables less deep."""
    path = request.path_info
    try:
        return resolve(path if path.endswith("/") else f"{path}/", "portal.api.urls_v1")
    except Http404:
        return _resolve_with_slash(request)


def _call(request: HttpRequest, match: ResolverMatch) -> HttpResponseBase:
    request.resolver_match = match
    structlog.contextvars.bind_contextvars(route=match.route)
    response = match.func(request, *match.args, **match.kwargs)
    if hasattr(response, "render") and callable(response.render):
        response = response.render()
    return response


def _report(request: HttpRequest) -> None:
    # what Django's own handler does for a view that fails, so that logs, counters and the test client see it
    got_request_exception.send(sender=None, request=request)
    log.exception("machine_request.failed")


def preferred_language(request: HttpRequest) -> str:
    """The first language of Accept-Language that the portal speaks; Vietnamese otherwise."""
    for part in request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:200].split(","):
        name = part.partition(";")[0].strip()
        try:
            return get_supported_language_variant(name) if name and name != "*" else "vi"
        except LookupError:
            continue
    return "vi"


def _probe(request: HttpRequest) -> HttpResponseBase:
    return _call(request, resolve(request.path_info.rstrip("/")))


class _Way(NamedTuple):
    pattern: re.Pattern[str]
    answer: GetResponse
    body_bytes: int  # the most that is read of a body without a length; what is kept of it the view says


_WAYS = [
    _Way(API, _api, DRAIN_BYTES),
    _Way(WIRE, _wire, DRAIN_BYTES),
    _Way(PLATFORM, _platform, DRAIN_BYTES),
    _Way(NOTICE, _notice, 1024 * 1024),
    _Way(PROBE, _probe, 0),
]
