"""Marking a paper on the workbench: looked at and right, or wrong and why; and its pages as pictures to draw on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from datastore import marking
from dossiers import component_checks, picture_files
from portal.backoffice import walking
from portal.backoffice.officials import official_of
from portal.backoffice.views_workbench import any_actor, bench_page
from portal.core.errors import PortalError


@never_cache
@require_GET
def page(request: HttpRequest, code: str, file_id: int, page: int) -> HttpResponse:
    """A page of a paper as a picture, to draw on; 422 for a page that is none. The owner's log says who looked."""
    official = official_of(request)
    dossier = official.get_dossier(code)
    _kind, picture = picture_files.page_of(dossier, file_id, page, actor=any_actor(official, dossier))
    response = HttpResponse(marking.as_jpeg(picture), content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    return response


@never_cache
@require_POST
def mark(request: HttpRequest, code: str, component_id: int) -> HttpResponse:
    """Keep the mark and come back to the paper; what was typed stays when it is refused."""
    official = official_of(request)
    dossier = official.get_dossier(code)
    words, shown = request.POST.get("words", ""), request.POST.get("giay-to", "")
    try:
        component_checks.mark(
            code,
            component_id,
            actor=any_actor(official, dossier),
            verdict=request.POST.get("verdict", ""),
            words=words,
            seen=request.POST.get("seen", ""),
        )
    except PortalError as error:
        if error.status not in {409, 422}:
            raise
        refused = {"component_id": component_id, "words": words, "error": str(error.message)}
        texts = [str(text) for field in getattr(error, "fields", {}).values() for text in field]
        if texts:
            refused["error"] = " ".join(texts)
        return bench_page(
            request, official, official.get_dossier(code), status=error.status, extra={"refused": refused}
        )
    walk = walking.Walk.read(request.GET)
    query = walk.kept if walk else {}
    if shown.isascii() and shown.isdigit():
        query = query | {"giay-to": shown}
    address = f"{reverse('admin:dossier', args=[code])}{'?' if query else ''}{urlencode(query)}"
    return redirect(f"{address}#giay-{component_id}")
