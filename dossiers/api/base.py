"""What all views of the dossier API share: who is acting, and answers that a repeated request gets again."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from portal.agencies.actors import Actor
from portal.agencies.models import ApiClient
from portal.exchange.idempotency import Holds, answer_once


class PlainRequest:
    """What views and the classes of the settings ask of a request, for JSON posted in the plainest way.

    REST framework's own asks each request which parser, renderer and version it means; a push is applied in not much
    more time than that takes.
    """

    auth: Any = None
    user = None
    raw_body = b""
    accepted_renderer, accepted_media_type = JSONRenderer(), "application/json"

    def __init__(self, request: HttpRequest, parser: BaseParser) -> None:
        self._request, self._parser = request, parser
        self.META, self.method, self.path = request.META, request.method, request.path

    @cached_property
    def data(self) -> Any:
        """The value of the body; raises what the parser raises."""
        return self._parser.parse(self._request, "application/json", {"request": self})

    def force_plaintext_errors(self, value: bool) -> None:
        """Errors are plain text anyway; REST framework asks for it while DEBUG is on, before it raises the error."""

    @staticmethod
    def is_meant_by(request: HttpRequest) -> bool:
        """Whether nothing about a request is out of the ordinary."""
        meta = request.META
        return (
            request.method == "POST"
            and meta.get("CONTENT_TYPE") in _JSON
            and meta.get("HTTP_ACCEPT", "") in _ANYTHING
            and not meta.get("QUERY_STRING")
            and meta.get("CONTENT_LENGTH") not in _NO_BODY
        )


_NO_BODY = frozenset({None, "", "0"})
_JSON = frozenset({"application/json", "application/json; charset=utf-8", "application/json;charset=utf-8"})
_ANYTHING = frozenset({"", "*/*", "application/json"})


class PartnerView(APIView):
    """A view for agencies' systems; the settings name authentication, permission and errors."""

    metadata_class = None
    is_asked_often = False
    """Whether its POST also takes a PlainRequest: status events, which come by the hundred a second."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As REST framework: authentication, permission, throttle, handler; the plainest requests by a shorter way."""
        if not (self.is_asked_often and PlainRequest.is_meant_by(request)):
            return super().dispatch(request, *args, **kwargs)
        self.args, self.kwargs, self.headers = args, kwargs, self.default_response_headers
        self.request: Any = PlainRequest(request, self.parser_classes[0]())
        try:
            for authenticator in self.get_authenticators():
                if (found := authenticator.authenticate(self.request)) is not None:
                    self.request.user, self.request.auth = found
                    break
            self.check_permissions(self.request)
            self.check_throttles(self.request)
            handler = getattr(self, (request.method or "").lower())
            answered = handler(self.request, *args, **kwargs)
        except Exception as error:
            answered = self.handle_exception(error)
        self.response = self.finalize_response(self.request, answered, *args, **kwargs)
        return self.response

    @property
    def allowed_methods(self) -> list[str]:
        """What the class answers; every answer says so, and no request changes it."""
        return _methods_of(type(self))

    @property
    def client(self) -> ApiClient:
        """The calling system."""
        client: ApiClient = self.request.auth.client
        return client

    @property
    def actor(self) -> Actor:
        """The calling system as an actor of services and access rules."""
        return Actor.partner(self.client)


@cache
def _methods_of(view: type[APIView]) -> list[str]:
    return [name.upper() for name in view.http_method_names if hasattr(view, name)]


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def rendered(body: Any) -> str:
    """The text of a JSON answer."""
    return _ENCODER.encode(body)


def operation_of(request: Request) -> str:
    """What a request asks for, as it is kept beside its answer."""
    return f"{request.method} {request.path}"[:200]


def body_of(request: Request) -> bytes:
    """The body as it came (portal.api.parsers keeps it)."""
    return getattr(request, "raw_body", b"")


def in_json(status: int, text: str) -> HttpResponse:
    """An answer of JSON that is a text already; its charset need not be looked for in its type."""
    return HttpResponse(text, status=status, content_type="application/json", charset="utf-8")


def answer(
    request: Request,
    perform: Callable[[], tuple[int, Any]],
    *,
    asked: bytes | None = None,
    respond: Callable[[int, str], HttpResponse] = in_json,
    holds: Holds | None = None,
) -> HttpResponse:
    """Run a change and answer; with Idempotency-Key the same key gets the same answer, marked as a repeat.

    `asked` is what must be the same under the same key, where that is not the body. `respond` makes the answer of a
    status and the JSON of what `perform` returned. An answer that does not hold any more is made anew.
    """

    def run() -> tuple[int, str]:
        status, body = perform()
        return status, rendered(body)

    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return respond(*run())
    given = answer_once(
        client=request.auth.client,
        key=key,
        operation=operation_of(request),
        body=body_of(request) if asked is None else asked,
        perform=run,
        holds=holds,
    )
    response = respond(given.status, given.body)
    if given.is_replay:
        response.headers["Idempotent-Replayed"] = "true"
    return response
