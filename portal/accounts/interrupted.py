"""A form sent after the session had run out (hết phiên): what was typed is kept, and given back after signing in.

The words lie encrypted in the visitor's own new session, for half an hour, and only for the page they were typed on;
that page shows them again once it has checked that it is the reader's. Files cannot be kept, and the page says so.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from portal.core import tries
from portal.core.encryption import decrypt, encrypt

SESSION_KEY = "interrupted"
KEPT_SECONDS = 30 * 60
KEPT = 60
"""Forms kept for one address in that time: a counter with many people needs a few, a script would fill the disk."""
MOST_CHARACTERS = 300_000
"""A form of twenty fields of 10,000 characters; what is longer is not a form typed by hand."""

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Interrupted:
    """What was typed, and whether files were sent that have to be chosen again."""

    posted: QueryDict
    had_files: bool


def keeps_what_was_typed(view: View) -> View:
    """Ask to sign in, as every page does by default, but without losing what a person has just sent."""

    @login_not_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if "HTTP_X_AUTOSAVE" in request.META or "HTTP_X_REFRESH" in request.META:  # nobody pressed anything
            return JsonResponse({"code": "signed_out", "message": _("Phiên đăng nhập đã hết.")}, status=401)
        keep(request)
        return redirect_to_login(request.get_full_path(), resolve_url("accounts:sign_in"))

    return wrapped


def keep(request: HttpRequest) -> None:
    """Keep a form that was sent by nobody who is signed in, for who signs in next in this browser."""
    if request.method != "POST" or tries.is_one_too_many(request, "interrupted", most=KEPT, seconds=KEPT_SECONDS):
        return
    posted = request.POST.copy()
    posted.pop("csrfmiddlewaretoken", None)
    typed = posted.urlencode()
    request.session[SESSION_KEY] = {
        "path": request.path,
        "until": time.time() + KEPT_SECONDS,
        "typed": encrypt(typed if len(typed) <= MOST_CHARACTERS else ""),
        "had_files": bool(request.FILES),
    }


def is_waiting(request: HttpRequest) -> bool:
    """Whether something typed waits for its writer to sign in again."""
    return float(request.session.get(SESSION_KEY, {}).get("until", 0)) > time.time()


def take_back(request: HttpRequest, path: str = "") -> Interrupted | None:
    """Return, once, what was typed on this page; call it after checking that the page is the reader's.

    `path` is where a form of this page is sent to, if not to the page itself.
    """
    kept = request.session.get(SESSION_KEY)
    if not kept or kept.get("path") != (path or request.path) or request.method != "GET":
        return None
    fresh = is_waiting(request)
    del request.session[SESSION_KEY]
    if not fresh:
        return None
    try:
        typed = decrypt(kept["typed"])
    except ValueError:  # the keys were changed meanwhile
        typed = ""
    return Interrupted(QueryDict(typed), bool(kept["had_files"]))
