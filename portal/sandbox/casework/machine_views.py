"""What other machines call: the portal's webhook, the feed of events, and the switch for tests."""

import json

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from portal.sandbox.casework import automation, decisions, feed, intake, reconciliation
from portal.sandbox.casework.chaos import FAULTS, chaos
from portal.sandbox.casework.forms import CounterForm
from portal.sandbox.casework.models import CLOSED, Case, Desk, Push
from portal.sandbox.common.background import ring
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


@require_GET
def events(request: HttpRequest) -> JsonResponse:
    """Tell status events from ?cursor= on, as docs/api/pull.md of the portal says; 404 where nobody was given a key."""
    secret = settings.SANDBOX.values.get(f"SANDBOX_{settings.PROGRAM.upper()}_PULL_SECRET")
    if not secret:
        return _problem(404, "not_found", "Hệ thống này không được hỏi.")
    if not constant_time_compare(request.headers.get("authorization", ""), f"Bearer {secret}"):
        return _problem(401, "authentication_failed", "Sai khóa.")
    cursor, size = (request.GET.get(name) or given for name, given in (("cursor", "0"), ("page_size", "100")))
    if not (cursor.isdecimal() and size.isdecimal() and len(cursor) <= 15 and len(size) <= 6):
        return _problem(400, "input.invalid", "cursor và page_size phải là số.")
    return JsonResponse(feed.page(int(cursor), int(size)))


@csrf_exempt
@require_POST
def handling(request: HttpRequest) -> JsonResponse:
    """Set how dossiers are decided: {"handling": "auto"|"manual"}."""
    wanted = json_field(request, "handling")
    if wanted not in Desk.Handling.values:
        return JsonResponse({"detail": "Trường handling phải là auto hoặc manual."}, status=400)
    automation.work_by(wanted)
    return JsonResponse({"handling": wanted})


@csrf_exempt
@require_POST
def misbehave(request: HttpRequest) -> JsonResponse:
    """Go wrong on purpose: {"faults": [...], "rate": 0.3, "seed": 1}; none, and what was refused is sent again."""
    try:
        asked = json.loads(request.body) if request.content_type == "application/json" else {}
        faults, rate, seed = list(asked["faults"]), float(asked.get("rate", 0.3)), int(asked.get("seed", 0))
    except (ValueError, TypeError, KeyError):
        return JsonResponse({"detail": "Cần faults, một danh sách."}, status=400)
    if not set(faults) <= set(FAULTS) or not 0 <= rate <= 1:
        return JsonResponse({"detail": f"faults chỉ gồm: {', '.join(FAULTS)}; rate từ 0 đến 1."}, status=400)
    chaos.begin(faults, rate=rate, seed=seed)
    if not faults:
        Push.objects.filter(state=Push.State.REFUSED).update(state=Push.State.WAITING)
        Push.objects.filter(state=Push.State.WAITING).update(next_try_at=timezone.now())
        ring("pushes", "steps")
    return JsonResponse({"faults": sorted(chaos.faults)})


@csrf_exempt
@require_POST
def counter(request: HttpRequest) -> JsonResponse:
    """Take a dossier at the counter as the page does, for a machine: {"procedure_code": …, "full_name": …}."""
    form = CounterForm({name: json_field(request, name) for name in CounterForm.base_fields})
    if settings.PROGRAM != "ministry" or not form.is_valid():
        return JsonResponse({"detail": "Chỉ quầy của Bộ nhận, với mã thủ tục và họ tên."}, status=400)
    return JsonResponse({"code": decisions.open_at_counter(**form.cleaned_data).code})


@require_GET
def standing(request: HttpRequest) -> JsonResponse:
    """What waits here, what went wrong on purpose, and how many cases there are."""
    unsettled = Push.objects.filter(state__in=Push.UNSETTLED)
    body = {
        "cases": Case.objects.count(),
        "open": Case.objects.exclude(state__in=CLOSED).count(),
        "waiting": unsettled.filter(state=Push.State.WAITING).count(),
        "refused": unsettled.filter(state=Push.State.REFUSED).count(),
        "faults": sorted(chaos.faults),
        "struck": dict(chaos.counts),
    }
    return JsonResponse(body)


def _problem(status: int, code: str, message: str) -> JsonResponse:
    body = {"code": code, "message": message, "fields": {}}
    return JsonResponse(body, status=status, content_type="application/problem+json")
