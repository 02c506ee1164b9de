"""The one way out for bytes: a view that checks the right to read, leaves the row, and sends the file locked in."""

from typing import Any

from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from datastore import access
from datastore.models import Credential, DocumentFile
from datastore.signed_in import SignedInRequest
from portal.agencies.actors import Actor
from portal.agencies.memberships import KIND_OF_ROLE, current_posts, official_name
from portal.agencies.models import MembershipRole
from portal.core.errors import NotFoundError

INLINE_TYPES = frozenset({"application/pdf", "image/jpeg", "image/png"})
# A served file is shown, never run: no script, no request, no form; only our own pages may frame it.
FILE_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
IMAGE_POLICY = f"{FILE_POLICY}; sandbox"
PDF_POLICY = f"{FILE_POLICY}; object-src 'self'"  # the browser's own viewer does not start in a sandbox


@require_GET
def file(request: SignedInRequest, file_id: int) -> FileResponse:
    """Send a file; `?xem=1` shows it in the page instead of saving it."""
    inline = request.GET.get("xem") == "1"
    stored, stream = _open(request, file_id)
    return send(stored, stream, inline=inline)


def send(stored: DocumentFile, stream: Any, *, inline: bool) -> FileResponse:
    """The response that carries a file of the store, under the name that says whether it still counts."""
    blob = stored.blob
    facts = {"content_type": blob.content_type, "size_bytes": blob.size_bytes}
    return send_bytes(stream, name=stored.sent_name, inline=inline, **facts)


def send_bytes(stream: Any, *, name: str, content_type: str, size_bytes: int, inline: bool) -> FileResponse:
    """The response that carries stored bytes: kept nowhere, shown only where the browser shows them safely."""
    shown = inline and content_type in INLINE_TYPES
    response = FileResponse(stream, as_attachment=not shown, filename=name, content_type=content_type)
    response["Content-Length"] = size_bytes
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Content-Security-Policy"] = PDF_POLICY if shown and content_type == "application/pdf" else IMAGE_POLICY
    return response


@require_GET
def first_file(request: SignedInRequest, pk: int) -> HttpResponseRedirect:
    """Send to the first file of a document, whose own address leaves the row; who may not read it learns nothing."""
    if not any(access.may_read(pk, actor=actor) for actor in _actors(request)):
        raise NotFoundError(access.NOT_FOUND)
    file_id = DocumentFile.objects.filter(document=pk).order_by("position").values_list("pk", flat=True).first()
    if file_id is None:
        raise NotFoundError(access.NOT_FOUND)
    query = "?xem=1" if request.GET.get("xem") == "1" else ""
    return HttpResponseRedirect(reverse("datastore:file", args=[file_id]) + query)


@require_GET
def signed_content(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send the owner of a result what it states, as its QR digests it, for a program that checks it (verifier.py)."""
    document = access.get_document(pk, actor=Actor.citizen(request.user), purpose="")
    credential = Credential.objects.filter(document=document).first()
    if credential is None or not credential.content:
        raise NotFoundError(access.NOT_FOUND)
    response = HttpResponse(credential.content, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="noi-dung-{credential.public_id}.json"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _open(request: SignedInRequest, file_id: int) -> tuple[DocumentFile, object]:
    """Open as whatever the person may act as: owner first, then each post she holds."""
    for actor in _actors(request):
        try:
            return access.open_file(file_id, actor=actor, purpose="")
        except NotFoundError:
            continue
    raise NotFoundError(access.NOT_FOUND)


def _actors(request: SignedInRequest) -> list[Actor]:
    user = request.user
    actors = [Actor.citizen(user)]
    if user.is_official:
        for post in current_posts(user):
            kind = KIND_OF_ROLE.get(MembershipRole(post.role))
            if kind is not None:
                actors.append(Actor(kind=kind, user=user, agency=post.agency, name=official_name(user, post)))
    return actors
