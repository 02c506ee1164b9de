"""Error pages that Django asks for by name."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request cannot be read."""
    return render(request, "400.html", status=400)


@login_not_required
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: known, but not allowed."""
    return render(request, "403.html", status=403)


@login_not_required
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: there is nothing here, or it is not yours; machines get the error body of the API."""
    if request.path.startswith("/api/"):
        body = {"code": "not_found", "message": _("Không có địa chỉ này trong API."), "fields": {}}
        return JsonResponse(body, status=404, content_type="application/problem+json")
    return render(request, "404.html", status=404)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; drawn without context, because whatever failed may be part of it."""
    return render(None, "500.html", status=500)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token does not fit: nearly always a page left open too long, so the page says how to go on.

    What was typed is not offered for sending again: a foreign site could have typed it.
    """
    return render(request, "403_csrf.html", status=403)
