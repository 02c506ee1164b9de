"""What the views of the open catalogue share: no sign-in, a conditional answer, a cursor that is a plain value."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.views import APIView

from portal.core.errors import InvalidInputError
from procedures import changes
from procedures.publication import edition_or_none

DEFAULT_SIZE, LARGEST_SIZE = 50, 200
CACHE_CONTROL = "public, max-age=60"


class OpenView(APIView):
    """A view that anybody may call; how often is the settings' throttle's matter."""

    authentication_classes = ()
    permission_classes = ()
    metadata_class = None


def size_of(request: Request) -> int:
    """How many rows a page has. Raises InvalidInputError("page_size")."""
    text = request.query_params.get("page_size", str(DEFAULT_SIZE))
    if not text.isascii() or not text.isdigit() or len(text) > 4 or not 1 <= int(text) <= LARGEST_SIZE:
        raise InvalidInputError(fields={"page_size": [_("Phải là số từ 1 đến %(most)d.") % {"most": LARGEST_SIZE}]})
    return int(text)


def next_url(request: Request, cursor: str) -> str:
    """The same question from a cursor on."""
    query = request.query_params.copy()
    query["cursor"] = cursor
    return f"{request.build_absolute_uri(request.path)}?{query.urlencode()}"


def origin_of(request: Request) -> str:
    """Scheme and host."""
    return request.build_absolute_uri("/").rstrip("/")


def conditional(
    request: Request,
    make: Callable[[], tuple[Any, datetime | None]],
    *,
    content_type: str = "application/json",
) -> HttpResponseBase:
    """The answer, or 304 where the caller has it.

    The tag follows from the edition of the catalogue, the day and the question, so that a caller who has the answer
    costs no query; while the edition is unknown, from the answer itself.
    """
    edition = edition_or_none()
    etag = ""
    if edition is not None:
        asked = f"{edition} {timezone.localdate()} {content_type} {request.build_absolute_uri()}"
        etag = f'"{hashlib.sha256(asked.encode()).hexdigest()[:32]}"'
        if (known := get_conditional_response(request._request, etag=etag)) is not None and known.status_code == 304:
            return _dressed(known, etag, None)
    body, changed_at = make()
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    etag = etag or f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    response = _dressed(HttpResponse(text, content_type=content_type), etag, changed_at)
    moment = int(changed_at.timestamp()) if changed_at else None
    return get_conditional_response(request._request, etag=etag, last_modified=moment, response=response) or response


def _dressed(response: Any, etag: str, changed_at: datetime | None) -> Any:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.headers["Access-Control-Allow-Origin"] = "*"
    if changed_at is not None:
        response.headers["Last-Modified"] = http_date(changed_at.timestamp())
    patch_vary_headers(response, ["Accept"])
    return response


def newest_change() -> datetime | None:
    """When the catalogue last changed, for Last-Modified."""
    return changes.newest_at()
