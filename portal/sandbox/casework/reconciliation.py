"""Answering the portal's questions of reconciliation: digests by day, agency and status, then single dossiers."""

import hashlib
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from portal.sandbox.casework.intake import IntakeProblem
from portal.sandbox.casework.models import Case, CaseState
from portal.sandbox.casework.transports.rest import event_body

PREFIX = "reconciliation."
STATUS = {
    CaseState.RECEIVED: 1,
    CaseState.ACCEPTED: 2,
    CaseState.REFUSED: 3,
    CaseState.PROCESSING: 4,
    CaseState.AWAITING_SUPPLEMENT: 5,
    CaseState.AWAITING_PAYMENT: 6,
    CaseState.WITHDRAWAL_REQUESTED: 7,
    CaseState.STOPPED: 8,
    CaseState.DONE: 9,
}


def answer(body: dict[str, Any]) -> dict[str, Any]:
    """Answer one question; raises IntakeProblem for one that is not understood."""
    data = body.get("data")
    try:
        match body["type"].removeprefix(PREFIX):
            case "digests":
                return {"groups": _groups(date.fromisoformat(data["since"]), date.fromisoformat(data["until"]))}
            case "dossiers":
                day = date.fromisoformat(data["day"])
                found = _filed(day, day).filter(agency_code=data["agency_code"])
                return {"dossiers": [{"code": case.code, "status": STATUS[CaseState(case.state)]} for case in found]}
            case "dossier":
                return _one(str(data["code"]))
    except (TypeError, KeyError, ValueError):
        pass
    raise IntakeProblem("type, data: không hiểu câu hỏi đối soát")


def _filed(since: date, until: date):
    zone = timezone.get_default_timezone()
    first, last = (datetime.combine(day, time.min, tzinfo=zone) for day in (since, until + timedelta(days=1)))
    return Case.objects.filter(submitted_at__gte=first, submitted_at__lt=last)


def _groups(since: date, until: date) -> list[dict[str, Any]]:
    codes: dict[tuple[str, str, int], list[str]] = {}
    for case in _filed(since, until):
        day = timezone.localdate(case.submitted_at).isoformat()
        codes.setdefault((day, case.agency_code, STATUS[CaseState(case.state)]), []).append(case.code)
    return [
        {"day": day, "agency_code": agency, "status": status, "count": len(found), "digest": _digest(found)}
        for (day, agency, status), found in sorted(codes.items())
    ]


def _digest(codes: list[str]) -> str:
    return hashlib.sha256(b"\n".join(sorted(code.encode() for code in codes))).hexdigest()


def _one(code: str) -> dict[str, Any]:
    case = Case.objects.filter(code=code).first()
    if case is None:
        return {"code": code, "status": None, "events": []}
    told = [push for push in case.pushes.order_by("pk") if push.action not in ("register", "return_result")]
    return {
        "code": code,
        "status": STATUS[CaseState(case.state)],
        "events": [event_body(push) for push in told],
    }
