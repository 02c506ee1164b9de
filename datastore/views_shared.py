"""What somebody with a link sees, without signing in: a door that tells nothing, then one document for a while.

Opening the address counts nothing, since messengers fetch it to draw a preview; pressing the button does.
"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from datastore import sharing, views_files
from datastore.forms_sharing import CodeForm
from datastore.models import DocumentStatus
from portal.core import tries
from portal.core.errors import InvalidInputError, NotFoundError
from portal.core.language import in_language

COOKIE = "portal_share"
"""Carries the ticket of a counted view, so that no address does."""
WHAT, TRIES, SECONDS = "share", 20, 600


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether to see the document, and for the code where there is one."""
    tries.refuse_after(request, WHAT, tries=TRIES, seconds=SECONDS)
    try:
        share = sharing.find(token)
        form = CodeForm(request.POST or None) if share.code_hash else None
        if request.method == "POST" and (form is None or form.is_valid()):
            try:
                sharing.see(token, code=form.cleaned_data["code"] if form else "")
            except InvalidInputError as error:
                tries.note_failure(request, WHAT, seconds=SECONDS)
                if form is not None:
                    form.add_error("code", [str(text) for text in error.fields["code"]])
            else:
                return _let_in(request, share)
    except NotFoundError:
        tries.note_failure(request, WHAT, seconds=SECONDS)
        return _closed(request)
    status = 422 if request.method == "POST" else 200
    return _least(render(request, "datastore/shared_door.html", {"form": form}, status=status))


def _let_in(request: HttpRequest, share: Any) -> HttpResponse:
    response = redirect("datastore:shared")
    response.set_cookie(
        COOKIE,
        sharing.ticket(share),
        max_age=sharing.SEEN_SECONDS,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return _least(response)


@login_not_required
@never_cache
@require_GET
def shared(request: HttpRequest) -> HttpResponse:
    """The document: what it is, whether it holds, its files. Not whose it is, unless the paper says so."""
    try:
        share = sharing.seen(request.COOKIES.get(COOKIE, ""))
    except NotFoundError:
        return _closed(request)
    document = share.document
    context = {
        "share": share,
        "document": document,
        "type_name": in_language(document.type.name, document.type.name_en),
        "is_in_force": document.is_in_force(timezone.localdate()),
        "is_expired": document.status == DocumentStatus.VALID,
        "files": document.files.select_related("blob"),
    }
    return _least(render(request, "datastore/shared.html", context))


@login_not_required
@never_cache
@require_GET
def shared_file(request: HttpRequest, position: int) -> HttpResponse | FileResponse:
    """A file of the shared document."""
    try:
        share = sharing.seen(request.COOKIES.get(COOKIE, ""))
        stored, stream = sharing.open_file(share, position)
    except NotFoundError:
        return _closed(request)
    return _least(views_files.send(stored, stream, inline=request.GET.get("xem") == "1"))


def _closed(request: HttpRequest) -> HttpResponse:
    """One page for expired, closed, used up, locked and unknown."""
    return _least(render(request, "datastore/shared_closed.html", status=404))


def _least(response: Any) -> Any:
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
