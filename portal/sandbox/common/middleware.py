"""Lets tests break this program for everybody but the health check and the switch itself."""

import time

from django.conf import settings
from django.http import JsonResponse

from portal.sandbox.common.switch import switch


class FailureSwitchMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if switch.mode != "ok" and request.path != "/healthz" and not request.path.startswith("/_sandbox/"):
            if switch.mode == "down":
                return JsonResponse({"detail": "Chương trình thử nghiệm đang được đặt ở chế độ ngừng."}, status=503)
            time.sleep(settings.SANDBOX.slow_seconds)
        return self.get_response(request)
