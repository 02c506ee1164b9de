"""Going wrong on purpose: what this system does to the portal while it is told to, and how often it did.

What it decides stays true; only the way it tells and answers is broken, as systems in the field break it. Kept in this
process: a restart, or an empty list of faults, ends it.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse

LABELS = {
    "duplicates": "gửi lặp",
    "reordering": "gửi sai thứ tự",
    "wrong_updating": "isUpdating ngược",
    "clock_skew": "đồng hồ lệch",
    "wrong_codes": "mã trạng thái lạ",
    "cut_bodies": "JSON gửi đi bị cắt",
    "outage": "ngừng trả lời",
    "slow": "trả lời chậm",
    "errors": "trả lời 5xx",
    "cut_answers": "JSON trả lời bị cắt",
}
FAULTS = tuple(LABELS)
SKEWS_HOURS = (-30, -3, 2, 20)


@dataclass
class Chaos:
    """Which faults strike, at which share of the occasions; the same seed strikes the same."""

    faults: frozenset[str] = frozenset()
    rate: float = 0.3
    random: Random = field(default_factory=lambda: Random(0))  # noqa: S311 - draws faults, no secret
    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, faults: Iterable[str], *, rate: float, seed: int) -> None:
        """Go wrong in these ways from now on; the counts begin anew where nothing was wrong before."""
        with self.lock:
            if not self.faults:
                self.counts.clear()
            self.faults, self.rate = frozenset(faults), rate
            self.random = Random(seed)  # noqa: S311 - draws faults, no secret

    def has(self, fault: str) -> bool:
        return fault in self.faults

    def strikes(self, fault: str) -> bool:
        """Draw whether a fault strikes this time, and count it."""
        with self.lock:
            does = fault in self.faults and (fault == "outage" or self.random.random() < self.rate)
            if does:
                self.counts[fault] += 1
            return does

    def skew(self) -> timedelta:
        """How far the clock goes wrong at this decision."""
        return timedelta(hours=self.random.choice(SKEWS_HOURS)) if self.strikes("clock_skew") else timedelta()


chaos = Chaos()


def wrong_messages(body: dict[str, Any], spoilt: dict[str, Any]) -> list[bytes]:
    """What goes out before the right message: half of it, and it with a code that nobody knows."""
    wrong = []
    if chaos.strikes("cut_bodies"):
        whole = json.dumps(body).encode()
        wrong.append(whole[: len(whole) * 2 // 3])
    if chaos.strikes("wrong_codes"):
        wrong.append(json.dumps(spoilt).encode())
    return wrong


class ChaosMiddleware:
    """Answers machines wrongly: before the work is done, or after it, when the other side cannot know that it was."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not chaos.faults or not request.path.startswith(("/webhooks/", "/su-kien/")):
            return self.get_response(request)
        if chaos.strikes("outage"):
            return JsonResponse({"detail": "Chương trình đang cố ý ngừng trả lời."}, status=503)
        if chaos.strikes("slow"):
            time.sleep(settings.SANDBOX.slow_seconds)
        response = self.get_response(request)
        if chaos.strikes("errors"):
            return JsonResponse({"detail": "Đã làm xong, rồi hỏng."}, status=502)
        if response.status_code == 200 and chaos.strikes("cut_answers"):
            return HttpResponse(response.content[: len(response.content) // 2], content_type="application/json")
        return response
