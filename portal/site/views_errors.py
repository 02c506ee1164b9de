"""Error pages that Django asks for by name."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token does not fit: nearly always a page left open too long, so the page says how to go on.

    What was typed is not offered for sending again: a foreign site could have typed it.
    """
    return render(request, "403_csrf.html", status=403)
