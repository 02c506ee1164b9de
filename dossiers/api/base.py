"""What all views of the dossier API share: who is acting, and answers that a repeated request gets again."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.views import APIView

from portal.agencies.actors import Actor
from portal.agencies.models import ApiClient
from portal.exchange.idempotency import answer_once


class PartnerView(APIView):
    """A view for agencies' systems; the settings name authentication, permission and errors."""

    metadata_class = None

    @property
    def client(self) -> ApiClient:
        """The calling system."""
        client: ApiClient = self.request.auth.client
        return client

    @property
    def actor(self) -> Actor:
        """The calling system as an actor of services and access rules."""
        return Actor.partner(self.client)


def rendered(body: Any) -> str:
    """The text of a JSON answer."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def operation_of(request: Request) -> str:
    """What a request asks for, as it is kept beside its answer."""
    return f"{request.method} {request.path}"[:200]


def body_of(request: Request) -> bytes:
    """The body as it came (portal.api.parsers keeps it)."""
    return getattr(request, "raw_body", b"")


def answer(request: Request, perform: Callable[[], tuple[int, Any]]) -> HttpResponse:
    """Run a change and answer; with Idempotency-Key the same key gets the same answer, marked as a repeat."""

    def run() -> tuple[int, str]:
        status, body = perform()
        return status, rendered(body)

    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        status, text = run()
        return HttpResponse(text, status=status, content_type="application/json")
    given = answer_once(
        client=request.auth.client,
        key=key,
        operation=operation_of(request),
        body=body_of(request),
        perform=run,
    )
    response = HttpResponse(given.body, status=given.status, content_type="application/json")
    if given.is_replay:
        response.headers["Idempotent-Replayed"] = "true"
    return response
