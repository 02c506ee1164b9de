"""Error pages that Django asks for by name; the others are its own, drawn with our templates."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.core import lock_waits
from portal.core.errors import DATABASE_AWAY_SECONDS


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; drawn without context, because whatever failed may be part of it.

    503 while the database is away, or where another request holds what this one changes: the same request succeeds a
    little later.
    """
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        is_held = lock_waits.is_row_held(error)
        response = render(None, "503.html", {"is_row_held": is_held}, status=503)
        response["Retry-After"] = str(lock_waits.RETRY_AFTER_SECONDS if is_held else DATABASE_AWAY_SECONDS)
        return response
    return render(None, "500.html", status=500)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token does not fit: nearly always a page left open too long, so the page says how to go on.

    What was typed is not offered for sending again: a foreign site could have typed it.
    """
    return render(request, "403_csrf.html", status=403)
