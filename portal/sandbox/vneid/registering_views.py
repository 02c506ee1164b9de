"""The population database's one address: POST a birth, get the number."""

import json
from datetime import date

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from portal.sandbox.vneid import registering

TEXTS = ("reference", "full_name", "date_of_birth", "gender", "province_code")


@csrf_exempt
@require_POST
def assign(request: HttpRequest) -> JsonResponse:
    """Assign a number to a newborn; 201 for a new one, 200 for one that was assigned before."""
    values = settings.SANDBOX.values
    secret = values.get("POPULATION_SECRET") or values["VNEID_CLIENT_SECRET"]
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {secret}"):
        return JsonResponse({"detail": "Hệ thống gọi chưa được cấp quyền."}, status=401)
    try:
        body = json.loads(request.body)
        said = {name: str(body[name]).strip() for name in TEXTS}
        born = date.fromisoformat(said["date_of_birth"])
        if not said["reference"] or not said["full_name"]:
            raise ValueError("empty")
        number, is_new = registering.assign(
            reference=said["reference"][:80],
            full_name=said["full_name"][:300],
            born=born,
            gender=said["gender"],
            province_code=said["province_code"],
        )
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"detail": "Cần reference, full_name, date_of_birth, gender, province_code."}, status=422)
    return JsonResponse({"personal_id": number}, status=201 if is_new else 200)
