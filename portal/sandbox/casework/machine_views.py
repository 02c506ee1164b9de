"""What other machines call: the portal's webhook, and the switch for tests."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.sandbox.casework import automation, intake, reconciliation
from portal.sandbox.casework.models import Desk
from portal.sandbox.common.views import json_field


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> JsonResponse:
    """Take in a Standard Webhooks message, or answer a question of reconciliation.

    200 once stored (also for a replay), 401 unsigned, 400 unusable.
    """
    try:
        body = intake.verified_body(request.body, dict(request.headers))
        if isinstance(body, dict) and str(body.get("type")).startswith(reconciliation.PREFIX):
            return JsonResponse(reconciliation.answer(body))
        case, is_new = intake.take_in(request.headers["webhook-id"], body)
    except intake.SignatureProblem as problem:
        return _problem(401, "webhook.signature_invalid", str(problem))
    except intake.IntakeProblem as problem:
        return _problem(400, "webhook.body_invalid", str(problem))
    return JsonResponse({"code": case.code, "state": case.state, "duplicate": not is_new})


@csrf_exempt
@require_POST
def handling(request: HttpRequest) -> JsonResponse:
    """Set how dossiers are decided: {"handling": "auto"|"manual"}."""
    wanted = json_field(request, "handling")
    if wanted not in Desk.Handling.values:
        return JsonResponse({"detail": "Trường handling phải là auto hoặc manual."}, status=400)
    automation.work_by(wanted)
    return JsonResponse({"handling": wanted})


def _problem(status: int, code: str, message: str) -> JsonResponse:
    body = {"code": code, "message": message, "fields": {}}
    return JsonResponse(body, status=status, content_type="application/problem+json")
