"""The content security policy of every answer: django-csp's own, put together once where a page has no wish."""

from typing import Any

import pytest
from csp.constants import HEADER, NONE, SELF
from csp.decorators import csp_update
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse

from portal.core.middleware import ContentSecurityMiddleware


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@csp_update({"img-src": ["https://example.test"]})
def with_a_wish(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def with_a_nonce(request: HttpRequest) -> HttpResponse:
    request._csp_nonce = "abc"  # type: ignore[attr-defined]  # what reading request.csp_nonce leaves
    return HttpResponse()


def with_its_own(request: HttpRequest) -> HttpResponse:
    return HttpResponse(headers={HEADER: "sandbox"})


@pytest.mark.parametrize("view", [plain, with_a_wish, with_a_nonce, with_its_own])
def test_header_is_the_one_of_django_csp(view: Any) -> None:
    ours, theirs = ContentSecurityMiddleware(view), CSPMiddleware(view)
    for _again in range(2):
        assert ours(HttpRequest())[HEADER] == theirs(HttpRequest())[HEADER] != ""


def test_header_follows_the_setting(settings: Any) -> None:
    middleware = ContentSecurityMiddleware(plain)
    middleware(HttpRequest())
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"default-src": [NONE]}}
    assert middleware(HttpRequest())[HEADER] == "default-src 'none'"
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"default-src": [SELF]}, "EXCLUDE_URL_PREFIXES": ["/"]}
    request = HttpRequest()
    request.path_info = "/x"
    assert HEADER not in middleware(request)
