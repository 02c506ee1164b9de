"""Health check and failure switch, the same in every program."""

import json

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from portal.sandbox.common.background import stopped_loops
from portal.sandbox.common.switch import MODES, switch


@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that the process, its database and its background threads are up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    stopped = stopped_loops()
    body = {
        "status": "stopped" if stopped else "ok",
        "program": settings.PROGRAM,
        "mode": switch.mode,
        "stopped": stopped,
    }
    return JsonResponse(body, status=503 if stopped else 200)


@csrf_exempt
@require_POST
def mode(request: HttpRequest) -> JsonResponse:
    """Set how this program behaves: {"mode": "ok"|"slow"|"down"}."""
    wanted = json_field(request, "mode")
    if wanted not in MODES:
        return JsonResponse({"detail": f"Trường mode phải là một trong: {', '.join(MODES)}."}, status=400)
    switch.mode = wanted
    return JsonResponse({"mode": switch.mode})


def json_field(request: HttpRequest, name: str) -> str:
    """Return one text field of a JSON body, or "" when the body is no JSON object or lacks it."""
    if request.content_type != "application/json":  # keeps a form on a foreign page from throwing the switch
        return ""
    try:
        body = json.loads(request.body)
    except ValueError:
        return ""
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, str) else ""
