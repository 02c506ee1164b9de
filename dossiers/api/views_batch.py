"""Many status events in one request: each applied as if it had come alone, all of them read and written together."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from dossiers.api.base import PartnerView, answer
from dossiers.api.reading import partner_event, read_event
from dossiers.api.schema import IDEMPOTENCY_KEY, problems
from dossiers.api.serializers import MAX_BATCH, EventBatchAnswerSerializer, EventBatchSerializer
from dossiers.partners.status_events import Applied, PartnerEvent, apply_partner_events
from portal.core.errors import InvalidInputError, PortalError
from portal.core.field_paths import paths_of

EXAMPLE = OpenApiExample(
    "Hai hồ sơ",
    request_only=True,
    value={
        "events": [
            {
                "code": "H17.20275-261120-0001",
                "event": "accept",
                "occurred_at": "2026-11-20T08:30:00+07:00",
                "reference": "MC-2026-000123",
            },
            {
                "code": "H17.20275-261120-0002",
                "event": "start_processing",
                "occurred_at": "2026-11-20T08:31:00+07:00",
                "reference": "MC-2026-000124",
            },
        ]
    },
)


class EventBatchView(PartnerView):
    """Events of many dossiers."""

    required_scopes = {"POST": ("events:write",)}
    is_asked_often = True

    @extend_schema(
        operation_id="dossiers_events_create",
        summary="Báo nhiều sự kiện",
        description=(
            "Tối đa 1.000 sự kiện của một hay nhiều hồ sơ; sự kiện của cùng hồ sơ được áp dụng theo thứ tự gửi. "
            "Mỗi sự kiện có kết quả riêng trong results, đúng thứ tự gửi; một sự kiện sai không ảnh hưởng "
            "sự kiện khác. "
            "Gửi lại cùng reference không làm gì thêm. Tệp kết quả gửi ở địa chỉ của từng hồ sơ."
        ),
        request=EventBatchSerializer,
        examples=[EXAMPLE],
        parameters=[IDEMPOTENCY_KEY],
        responses={
            200: OpenApiResponse(EventBatchAnswerSerializer, description="Kết quả của từng sự kiện."),
            **problems(400, 401, 403, 409, 413, 415, 422, 429),
        },
    )
    def post(self, request: Request) -> HttpResponse:
        """Apply the events and say what became of each."""
        items = _items(request.data)
        read = [self._read(item) for item in items]

        def perform() -> tuple[int, dict[str, Any]]:
            good = [event for event in read if isinstance(event, PartnerEvent)]
            applied = iter(apply_partner_events(good, client=self.client))
            results = [
                _result(item, next(applied) if isinstance(event, PartnerEvent) else event)
                for item, event in zip(items, read, strict=True)
            ]
            accepted = sum(result["status"] < 300 for result in results)
            return 200, {"accepted": accepted, "refused": len(results) - accepted, "results": results}

        return answer(request, perform)

    def _read(self, item: Any) -> PartnerEvent | PortalError:
        code = item.get("code") if isinstance(item, dict) else None
        try:
            if not isinstance(code, str) or not 0 < len(code) <= 50:
                raise InvalidInputError(fields={"code": [_("Thiếu mã hồ sơ, hoặc mã dài quá 50 ký tự.")]})
            event = read_event(item, scopes=self.request.auth.scopes)
            if (event.get("result") or {}).get("files"):
                raise InvalidInputError(fields={"result.files": [_("Hãy gửi tệp kết quả ở địa chỉ của từng hồ sơ.")]})
        except ValidationError as error:
            return InvalidInputError(fields=paths_of(error.detail))
        except PortalError as error:
            return error
        return partner_event(code, event)


def _items(body: Any) -> list[Any]:
    items = body.get("events") if isinstance(body, dict) else None
    if not isinstance(items, list) or not 0 < len(items) <= MAX_BATCH:
        problem = _("Phải là mảng có từ 1 đến %(limit)d sự kiện.") % {"limit": MAX_BATCH}
        raise InvalidInputError(fields={"events": [problem]})
    return items


def _result(item: Any, outcome: Applied | PortalError) -> dict[str, Any]:
    told = item if isinstance(item, dict) else {}
    named = {name: told[name] if isinstance(told.get(name), str) else "" for name in ("code", "reference")}
    if isinstance(outcome, PortalError):
        fields = {name: [str(text) for text in texts] for name, texts in outcome.fields.items()}
        error = {"code": outcome.code, "detail": str(outcome.message), "fields": fields}
        return {**named, "status": outcome.status, "error": error}
    dossier, row, is_new = outcome
    return {
        **named,
        "status": 201 if is_new else 200,
        "state": dossier.state,
        "national_status": dossier.national_status,
        "due_at": dossier.due_at.isoformat() if dossier.due_at else None,
        "sequence": row.sequence,
    }
