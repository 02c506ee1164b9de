"""Taking in what the portal sends: a signed webhook becomes a case, or a change to one; a replay changes nothing."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from portal.sandbox.casework.models import Case, CaseState, Delivery, Desk, Paper, Push
from portal.sandbox.common.background import ring


class SignatureProblem(Exception):
    """The webhook is not signed by the portal, or too old."""


class IntakeProblem(Exception):
    """The webhook is signed but its content cannot be used; the text names the field."""


def verified_body(raw: bytes, headers: dict[str, str]) -> Any:
    """Return the JSON of a correctly signed webhook; raises SignatureProblem or IntakeProblem."""
    secret = settings.SANDBOX.values[f"SANDBOX_{settings.PROGRAM.upper()}_WEBHOOK_SECRET"]
    try:
        return Webhook(secret).verify(raw, headers)
    except WebhookVerificationError as problem:
        raise SignatureProblem(str(problem)) from None
    except ValueError:
        # the library raises ValueError alike for a malformed signature header and for a body that is no JSON
        raise SignatureProblem("Malformed signature or body") from None


@transaction.atomic
def take_in(webhook_id: str, body: Any) -> tuple[Case, bool]:
    """Apply one webhook; returns the case and whether this id was new."""
    if known := Delivery.objects.filter(webhook_id=webhook_id).select_related("case").first():
        return known.case, False
    if not isinstance(body, dict) or not isinstance(body.get("type"), str):
        raise IntakeProblem("type: thiếu loại thông điệp")
    data = body.get("data")
    dossier = data.get("dossier") if isinstance(data, dict) else None
    if not isinstance(dossier, dict):
        raise IntakeProblem("data.dossier: thiếu hồ sơ")
    case = _merge(dossier, told_at=_moment(body, "timestamp") or timezone.now())
    _announce_papers(case, _components(dossier) + _result(dossier))
    _apply(case, body["type"])
    case.save()
    Delivery.objects.create(webhook_id=webhook_id, kind=body["type"], case=case)
    transaction.on_commit(lambda: ring("papers", "steps", "pushes"))
    return case, True


def _merge(dossier: dict[str, Any], *, told_at) -> Case:
    """Create the case or refresh its content; an older message that comes late does not overwrite a newer one."""
    code = _text(dossier, "code")
    case = Case.objects.filter(code=code).first()
    if case and told_at < case.told_at:
        return case
    if case is None:
        case = Case(code=code)
    case.procedure_code = _text(dossier, "procedure_code")
    case.procedure_name = str(dossier.get("procedure_name") or "")
    case.agency_code = str(dossier.get("agency_code") or "")
    case.agency_name = str(dossier.get("agency_name") or "")
    case.submitted_at = _moment(dossier, "submitted_at")
    case.due_at = _moment(dossier, "due_at")
    if not isinstance(dossier.get("applicant") or {}, dict):
        raise IntakeProblem("data.dossier.applicant: phải là một đối tượng")
    case.applicant = dossier.get("applicant") or {}
    case.answers = dossier.get("answers") or {}
    case.components = [
        {"code": str(item.get("code") or ""), "name": str(item.get("name") or "")} for item in _components(dossier)
    ]
    case.told_at = told_at
    case.save()
    return case


def _components(dossier: dict[str, Any]) -> list[dict[str, Any]]:
    components = dossier.get("components") or []
    if not isinstance(components, list) or not all(isinstance(item, dict) for item in components):
        raise IntakeProblem("data.dossier.components: phải là một danh sách đối tượng")
    return components


def _result(dossier: dict[str, Any]) -> list[dict[str, Any]]:
    """The paper that the portal signed for what was decided here, fetched like those of the filing."""
    result = dossier.get("result")
    if result is not None and not isinstance(result, dict):
        raise IntakeProblem("data.dossier.result: phải là một đối tượng")
    if not result or result.get("status") != "valid":
        return []
    return [{"code": "ket-qua", "name": "Kết quả do Cổng lập và ký", "files": [result]}]


def _announce_papers(case: Case, components: list[dict[str, Any]]) -> None:
    for component in components:
        for file in component.get("files") or []:
            if not isinstance(file, dict) or not file.get("url") or len(str(file.get("content_sha256"))) != 64:
                raise IntakeProblem("data.dossier.components.files: mỗi tệp cần url và content_sha256")
            digest = file["content_sha256"].lower()
            paper, is_new = Paper.objects.get_or_create(
                case=case,
                component_code=str(component.get("code") or ""),
                name=str(file.get("name") or "tep")[:255],
                content_sha256=digest,
                defaults={
                    "component_name": str(component.get("name") or ""),
                    "size_bytes": file["size_bytes"] if isinstance(file.get("size_bytes"), int) else 0,
                    "content_type": str(file.get("content_type") or "")[:120],
                    "url": str(file["url"]),
                },
            )
            if not is_new and paper.state != Paper.State.FETCHED:
                # announced again, perhaps under a fresh address: try again from the start
                paper.url, paper.state, paper.refusals = str(file["url"]), Paper.State.WAITING, 0
                paper.next_try_at = timezone.now()
                paper.save()


def _apply(case: Case, kind: str) -> None:
    if kind == "dossier.supplemented" and case.state == CaseState.AWAITING_SUPPLEMENT:
        case.state = case.resume_state or CaseState.RECEIVED
    elif kind == "dossier.paid":
        if case.state == CaseState.AWAITING_PAYMENT:
            case.state = case.resume_state or CaseState.PROCESSING
        # what the portal refused while money was owed may pass now
        case.pushes.filter(state=Push.State.REFUSED).update(state=Push.State.WAITING, next_try_at=timezone.now())
    elif kind == "dossier.withdrawal_requested" and not case.is_closed:
        case.resume_state, case.state = case.state, CaseState.WITHDRAWAL_REQUESTED
    if not case.is_closed and Desk.current().handling == Desk.Handling.AUTO:
        case.next_step_at = timezone.now() + timedelta(seconds=settings.SANDBOX.delay_seconds)


def _text(dossier: dict[str, Any], name: str) -> str:
    value = dossier.get(name)
    if not isinstance(value, str) or not value.strip():
        raise IntakeProblem(f"data.dossier.{name}: thiếu")
    return value.strip()


def _moment(source: dict[str, Any], name: str):
    value = source.get(name)
    if not value:
        return None
    try:
        moment = parse_datetime(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise IntakeProblem(f"{name}: phải là thời điểm ISO 8601 có múi giờ")
    return moment
