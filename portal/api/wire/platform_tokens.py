"""An access token below the address that a ministry's operator typed (protocol §9.3, step 1), of the token endpoint."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from allauth.core.context import request_context
from django.http import HttpRequest, HttpResponse, QueryDict

from portal.api.tokens import issue
from portal.api.wire import dispatch

SERVICES = frozenset({"token", "gettoken", "accesstoken", "laytoken"})
"""No public client shows the name of this call; it is told by the last part of the address (docs/assumptions.md)."""
_FIELDS = {"clientid": "client_id", "clientsecret": "client_secret", "granttype": "grant_type", "scope": "scope"}


def give(request: HttpRequest) -> HttpResponse | None:
    """The reply of RFC 6749 §5.1 to an id and a secret in a form, in JSON or by HTTP Basic; None where they are wrong.

    These systems need not say `grant_type`: there is one. Raises WireError for a body that cannot be read.
    """
    has_body = request.META.get("CONTENT_LENGTH") not in (None, "", "0")
    told = dispatch.read_body_value(request) if has_body else {}
    form = QueryDict(mutable=True)
    for name, value in told.items() if isinstance(told, Mapping) else ():
        if (known := _FIELDS.get(name.lower().replace("_", ""))) and isinstance(value, str):
            form[known] = value
    form.setdefault("grant_type", "client_credentials")
    cast(Any, request).POST = form  # what the endpoint reads; the body was read just now
    with request_context(request):  # as its middleware does, which answers pages only
        answer = issue(request)
    return answer if answer.status_code == HTTPStatus.OK else None
