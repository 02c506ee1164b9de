"""What the page of a system's exchange shows of one call: read from the answer, in each dialect's own words."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from portal.agencies.credentials import SUCCESS_LITERALS
from portal.exchange import refusals, watching

_WORDS = ("detail", "message", "code", "fields", "error", "error_description")
"""What says why in an answer of the API, and of the token endpoint (RFC 6749 §5.2)."""


def note(request: HttpRequest, response: HttpResponseBase) -> None:
    """Count the call of a system where it was refused, and keep it where somebody watches."""
    client_id = watching.caller.get()
    if client_id is None:
        return
    if refused := watching.refused.get() or (str(response.status_code) if response.status_code >= 400 else ""):
        refusals.count(client_id, refused, is_claimed=watching.is_claimed.get() and watching.is_named.get())
    if not watching.is_watched(client_id):
        return
    told = _told(response)
    if "error_code" in told:  # the wire format, whose status is always 200
        code, words = str(told["error_code"]), told.get("message")
        is_good = code in SUCCESS_LITERALS
    elif of_batch := _refused(told):  # it is answered with 200 whatever became of its items
        code, is_good, words = str(response.status_code), False, of_batch
    else:
        code, is_good = str(response.status_code), response.status_code < 400
        words = "" if is_good else " ".join(str(told.get(name) or "") for name in _WORDS)
    what = watching.asked.get() or f"{request.method} {_place(request)}"
    watching.note(
        client_id,
        what=what,
        is_good=is_good,
        code=code,
        words=str(words or "").strip(),
        is_proven=response.status_code != 401 and not watching.is_claimed.get(),
    )


def _refused(told: dict[str, Any]) -> str:
    """How many items of a batch were refused, and why the first one was; nothing where all were taken."""
    rows = told.get("results")
    if not told.get("refused") or not isinstance(rows, list):
        return ""
    first = next((row for row in rows if isinstance(row, dict) and row.get("error")), {})
    error = first.get("error") or {}
    why = " ".join(str(error.get(name) or "") for name in ("detail", "code", "fields"))
    counts = _("Từ chối %(refused)d trên %(all)d") % {"refused": told["refused"], "all": len(rows)}
    return f"{counts}: {first.get('code', '')} {why}"


def _place(request: HttpRequest) -> str:
    """The address, but for those that may hold a key: of them the pattern."""
    if request.path.startswith("/api/v1/"):
        return request.path
    return str(getattr(getattr(request, "resolver_match", None), "route", ""))


def _told(response: HttpResponseBase) -> dict[str, Any]:
    if not isinstance(response, HttpResponse) or "json" not in response.headers.get("Content-Type", ""):
        return {}
    try:
        told = json.loads(response.content)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
