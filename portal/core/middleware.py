"""Middleware of every request: clean input, language from the address, log context, and errors in words."""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

import structlog
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language_from_path
from django_prometheus.middleware import PrometheusAfterMiddleware
from django_prometheus.utils import Time

from portal.core.errors import NotFoundError, PortalError, TooManyRequestsError
from portal.core.text import whole_number

GetResponse = Callable[[HttpRequest], HttpResponse]


SESSION_KEY = re.compile(r"[0-9a-z]{32}", re.ASCII)
"""What Django makes (django.contrib.sessions.backends.base)."""
TOKEN_DOOR = "/identity/"  # noqa: S105 - a path
"""Where partners' systems ask for tokens; the library behind it looks everything up as it comes."""


class CleanInputMiddleware:
    """Refuse NUL at the door: PostgreSQL cannot hold it and nobody means it. A session key not of ours is none."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return render(request, "400.html", status=400)
        # a quoted cookie may hold any character, written as \\000
        if not SESSION_KEY.fullmatch(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        if request.path_info.startswith(TOKEN_DOOR) and _holds_nul(request):
            return JsonResponse({"error": "invalid_request"}, status=400)
        return self.get_response(request)


class UploadAnswerMiddleware:
    """Tell the script that sent a whole form where to go on, instead of letting it follow the redirect unseen.

    A request of a script reads the page behind a redirect before the person does, and the messages that wait for her on
    it would be gone (static/js/uploads.js).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.META.get("HTTP_X_UPLOAD") == "whole" and response.status_code in (301, 302, 303):
            response.status_code, response.content = 204, b""
        return response


def _holds_nul(request: HttpRequest) -> bool:
    """Whether a form field or the name and password of HTTP Basic hold NUL."""
    _scheme, _separator, credentials = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    try:
        basic = base64.b64decode(credentials, validate=True)
    except (binascii.Error, ValueError):
        basic = b""
    fields = [*request.POST.keys(), *(value for values in request.POST.lists() for value in values[1])]
    return b"\x00" in basic or any("\x00" in text for text in fields)


class ContentSecurityMiddleware(CSPMiddleware):
    """django-csp, with the header of a page that asks for nothing special put together once, not at every answer."""

    _plain: tuple[Any, str] = (None, "")
    """The setting and the header made of it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Write the header; a page with a wish of its own (a decorator's, a nonce) has it made for itself."""
        policy = settings.CONTENT_SECURITY_POLICY
        has_wish = getattr(request, "_csp_nonce", None) or any(name.startswith("_csp_") for name in vars(response))
        if has_wish or set(policy) != {"DIRECTIVES"}:
            return super().process_response(request, response)
        if self._plain[0] is not policy:
            self._plain = policy, build_policy()
        response.headers.setdefault(HEADER, self._plain[1])
        return response


class CountingMiddleware(PrometheusAfterMiddleware):
    """django-prometheus, with the counter of each set of labels found once: it asks for eight of them a request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known: dict[tuple[Any, ...], Any] = {}

    def label_metric(self, metric: Any, request: HttpRequest, response: Any = None, **labels: str) -> Any:
        """The counter of these labels, which the library keeps as long as the process; each caller has one order."""
        if not labels:
            return metric
        key = (metric, *labels.values())
        if (counter := self._known.get(key)) is None:
            counter = self._known[key] = super().label_metric(metric, request, response, **labels)
        return counter

    def process_request(self, request: HttpRequest) -> None:
        """As the library, without its count of scripts: that asks `request.headers`, a copy of them all made for it."""
        metrics = self.metrics
        self.label_metric(metrics.requests_by_method, request, method=self._method(request)).inc()
        self.label_metric(metrics.requests_by_transport, request, transport=self._transport(request)).inc()
        metrics.requests_body_bytes.observe(whole_number(request.META.get("CONTENT_LENGTH") or "") or 0)
        request.prometheus_after_middleware_event = Time()  # type: ignore[attr-defined]  # where the library looks


class LanguageMiddleware(LocaleMiddleware):
    """The address alone decides the language: /en/… is English, anything else Vietnamese (cacheable, shareable)."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate the language of the path."""
        language = get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()


class RequestContextMiddleware:
    """Bind what a log line may carry: method and matched route, never the path's values or the person."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # every request binds both anew (machines: portal.api.middleware), and nothing else outlives what it is about
        structlog.contextvars.bind_contextvars(method=request.method, route="")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """Bind the route's pattern once it is known."""
        match = request.resolver_match
        structlog.contextvars.bind_contextvars(route=match.route if match else "")


class ErrorPageMiddleware:
    """Show a PortalError that a page let out as an error page in words, with the right status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Render the error; anything that is not a PortalError stays Django's.

        A field with NUL that a page handed on as it came is refused by the database: a bad request, no fault of ours.
        """
        if isinstance(exception, ValueError | DataError) and _holds_nul(request):
            return render(request, "400.html", status=400)
        if not isinstance(exception, PortalError):
            return None
        if isinstance(exception, NotFoundError):
            return render(request, "404.html", status=404)
        template = {403: "403.html", 503: "503.html"}.get(exception.status, "error.html")
        response = render(request, template, {"error": exception}, status=exception.status)
        if isinstance(exception, TooManyRequestsError):
            response["Retry-After"] = str(exception.retry_after_seconds)
        return response
