"""Deciding a case: one change of state and the status events that tell the portal, in one transaction."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from portal.sandbox.casework import beyond, criminal_records
from portal.sandbox.casework.actions import ACTIONS, REGISTERED
from portal.sandbox.casework.chaos import chaos
from portal.sandbox.casework.models import Case, CaseState, Push, ResultFile
from portal.sandbox.casework.transports import transport
from portal.sandbox.common.background import ring

COMMITTEE = "ủy ban nhân dân"
COMMITTEE_HEAD = "Chủ tịch"
"""Who signs a committee's paper, as a birth certificate (Luật Hộ tịch 60/2014/QH13 art. 16); no head of an office."""


class DecisionProblem(Exception):
    """The decision cannot be taken; the text says why and what to do."""


@transaction.atomic
def decide(
    code: str,
    action_name: str,
    *,
    reason: str = "",
    components: list[str] | None = None,
    document_number: str = "",
    title: str = "",
    upload: UploadedFile | None = None,
    by_hand: bool = False,
    expected_state: str = "",
) -> Case:
    """Take one decision and queue its status events; raises DecisionProblem when the state or the input forbids it."""
    case = Case.objects.get(code=code)  # SQLite begins IMMEDIATE: nobody else writes until this commits
    action = ACTIONS.get(action_name)
    if action is None:
        raise DecisionProblem("Không có quyết định này.")
    if case.state not in action.sources or (expected_state and case.state != expected_state):
        raise DecisionProblem(
            f"Hồ sơ đang ở trạng thái “{case.get_state_display()}” nên không thể {action.label.lower()}."
        )
    reason = reason.strip()
    if action.needs_reason and not reason:
        raise DecisionProblem(f"Hãy ghi lý do trước khi chọn “{action.label}”.")
    content: dict[str, Any] = {"reason": reason, "official": official_for(case, action_name)}
    if action_name == "request_supplement":
        known = {component["code"] for component in case.components}
        content["components"] = [item for item in components or [] if item in known]
    if action_name == "approve":
        content["result"] = _make_result(case, document_number.strip(), title.strip(), upload)
    now, skew = timezone.now(), chaos.skew()
    for sequence, step in enumerate(transport().steps(action)):
        # the wire format tells whole seconds: one apart keeps the order, and none is told before it happened
        moment = now + timedelta(seconds=sequence)
        Push.objects.create(
            case=case,
            action=step.name,
            status_number=step.status_number,
            content=content,
            occurred_at=moment + skew,
            next_try_at=moment,
        )
    if action.target in (CaseState.AWAITING_SUPPLEMENT, CaseState.AWAITING_PAYMENT):
        case.resume_state = case.state
    case.state = action.target
    case.by_hand = case.by_hand or by_hand
    case.next_step_at = now + timedelta(seconds=settings.SANDBOX.delay_seconds)
    case.save()
    transaction.on_commit(lambda: ring("pushes"))
    return case


@transaction.atomic
def open_at_counter(*, procedure_code: str, full_name: str) -> Case:
    """Take a dossier at this agency's own counter (hồ sơ nộp trực tiếp); the portal hears of it by synchronisation."""
    now = timezone.now()
    agency = settings.SANDBOX.values["SANDBOX_MINISTRY_MADONVI"]
    number = Case.objects.filter(origin=Case.Origin.COUNTER).count() + 1
    case = Case.objects.create(
        code=f"{agency}-{timezone.localdate():%y%m%d}-{number:05d}",
        origin=Case.Origin.COUNTER,
        procedure_code=procedure_code,
        agency_code=agency,
        applicant={
            "full_name": full_name,
            "personal_id": f"001088{900000 + number % 100000:06d}",
            "phone": "0900000000",
        },
        submitted_at=now,
        due_at=now + timedelta(days=10),
        told_at=now,
        next_step_at=now + timedelta(seconds=settings.SANDBOX.delay_seconds),
    )
    content = {"reason": "", "official": official_for(case, "register")}
    Push.objects.create(
        case=case, action="register", status_number=REGISTERED.status_number, content=content, occurred_at=now
    )
    transaction.on_commit(lambda: ring("pushes"))
    return case


def issuer_of(case: Case) -> str:
    """Who answers for a case: the agency it was sent to, or this system's own office."""
    return case.agency_name or transport().unit


def official_for(case: Case, action_name: str) -> dict[str, str]:
    """Who takes a decision of this agency."""
    unit = issuer_of(case)
    if action_name in ("approve", "stop"):
        is_committee = unit.casefold().startswith(COMMITTEE)
        return {"name": "Phạm Văn Mẫu", "title": COMMITTEE_HEAD if is_committee else transport().leader, "unit": unit}
    if action_name in ("start_processing", "require_payment"):
        return {"name": "Lê Thị Thử", "title": "Chuyên viên thụ lý", "unit": unit}
    return {"name": "Ngô Văn Nghiệm", "title": "Cán bộ một cửa", "unit": unit}


def default_result(case: Case) -> dict[str, str]:
    """Return the number and title proposed for the result of a case."""
    is_record = case.procedure_code == criminal_records.PROCEDURE
    suffix = criminal_records.SUFFIX if is_record else transport().number_suffix
    named = f"Kết quả giải quyết: {case.procedure_name or case.procedure_code}"
    return {
        "document_number": f"{case.pk:04d}/{timezone.localdate():%Y}/{suffix}",
        "title": criminal_records.title_of(case) if is_record else named,
    }


def _make_result(case: Case, document_number: str, title: str, upload: UploadedFile | None) -> dict[str, Any]:
    proposed = default_result(case)
    number, title = (document_number or proposed["document_number"], title or proposed["title"])
    if upload and not upload.read(5).startswith(b"%PDF-"):
        raise DecisionProblem("Tệp kết quả phải là PDF. Hãy chọn tệp khác hoặc bỏ trống để hệ thống tự lập.")
    file = ResultFile.objects.create(
        case=case, name=f"ket-qua-{case.pk}.pdf", title=title, document_number=number, is_uploaded=bool(upload)
    )
    if upload:
        upload.seek(0)
        file.path.parent.mkdir(parents=True, exist_ok=True)
        file.path.write_bytes(upload.read())
    return {"document_number": number, "title": title, "fields": beyond.fields_of(case), "file": file.pk}
