"""Status events of agencies' systems: reported once, applied once, readable in order."""

from contextlib import nullcontext, suppress
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from datastore import uploading
from datastore.models import Document
from dossiers import access, opening
from dossiers.api.base import PartnerView, answer, body_of, in_json, operation_of, rendered
from dossiers.api.reading import partner_event, read_event
from dossiers.api.schema import IDEMPOTENCY_KEY, page_of, problems
from dossiers.api.serializers import EventAnswerSerializer, EventOutSerializer, EventSerializer
from dossiers.models import Dossier, DossierEvent
from dossiers.partners import result_files
from dossiers.partners.status_events import AT_ONE_GO, PartnerEvent, applied_unlocked, apply_partner_event
from portal.core import optimistic
from portal.core.errors import InvalidInputError, NotFoundError, PortalError
from portal.exchange import idempotency

EXAMPLE = OpenApiExample(
    "Tiếp nhận",
    request_only=True,
    value={
        "event": "accept",
        "occurred_at": "2026-11-20T08:30:00+07:00",
        "reference": "MC-2026-000123",
        "official": {"name": "Ngô Văn Nghiệm", "title": "Cán bộ một cửa", "unit": "Bộ phận một cửa"},
        "due_at": "2026-11-25T17:00:00+07:00",
    },
)


class EventListView(PartnerView):
    """Events of one dossier."""

    required_scopes = {"GET": ("dossiers:read",), "POST": ("events:write",)}
    is_asked_often = True

    @extend_schema(
        operation_id="dossier_events_list",
        summary="Các sự kiện của một hồ sơ",
        description="Theo thứ tự Cổng ghi nhận.",
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)],
        responses={200: page_of(EventOutSerializer), **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, code: str) -> Response:
        """What happened to the dossier, in the order in which the portal learnt of it."""
        dossier = access.get_dossier(code, actor=self.actor)
        opening.note(dossier, actor=self.actor)
        page_class: Any = api_settings.DEFAULT_PAGINATION_CLASS
        pages = page_class()
        pages.ordering = "sequence"
        rows = pages.paginate_queryset(dossier.events.filter(is_public=True), request, view=self)
        return pages.get_paginated_response([event_out(row) for row in rows])

    @extend_schema(
        operation_id="dossier_events_create",
        summary="Báo một sự kiện",
        description=(
            "Sự kiện đến muộn hơn sự kiện đã đổi trạng thái được giữ lại mà không đổi trạng thái. "
            "Gửi lại cùng reference không làm gì thêm và trả lời 200. "
            "Sự kiện mang result cần thêm phạm vi results:write; revoke_result và replace_result cần results:revoke."
        ),
        request=EventSerializer,
        examples=[EXAMPLE],
        parameters=[IDEMPOTENCY_KEY],
        responses={
            201: OpenApiResponse(EventAnswerSerializer, description="Sự kiện mới, đã áp dụng."),
            200: OpenApiResponse(EventAnswerSerializer, description="Sự kiện cùng reference đã nhận trước đó."),
            **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
        },
    )
    def post(self, request: Request, code: str) -> HttpResponse:
        """Apply one event; the same `reference` again changes nothing and answers 200."""
        event = read_event(request.data, scopes=request.auth.scopes)
        told = partner_event(code, event)
        if not _files_of(event) and (given := self._at_one_go(request, told)) is not None:
            return given
        papers = self._papers(code, event)

        def perform() -> tuple[int, dict[str, Any]]:
            # the worker that draws results must not come between the decision and its papers
            with transaction.atomic() if papers else nullcontext():
                dossier, row, is_new = apply_partner_event(
                    code,
                    client=self.client,
                    event=told.event,
                    occurred_at=told.occurred_at,
                    reference=told.reference,
                    reason=told.reason,
                    data=told.data,
                )
                if is_new and papers:
                    result_files.attach(code, papers)
                    self._forget_uploads(event["result"]["files"])
            return 201 if is_new else 200, _answer(dossier, row, is_new=is_new)

        return answer(request, perform)

    def _at_one_go(self, request: Request, told: PartnerEvent) -> HttpResponse | None:
        """The answer to a new event that needs no lock; None where it is to be taken the long way, errors included."""
        key = request.META.get("HTTP_IDEMPOTENCY_KEY")
        if key is None or told.event not in AT_ONE_GO:
            return None
        try:
            with applied_unlocked(told, client=self.client, key=key) as (dossier, row):
                text = rendered(_answer(dossier, row, is_new=True))
                kept = {"operation": operation_of(request), "body": body_of(request), "status": 201, "text": text}
                idempotency.keep(client=self.client, key=key, **kept)
        except (optimistic.NotAtOneGoError, PortalError):
            return None
        return in_json(201, text)

    def _papers(self, code: str, event: dict[str, Any]) -> list[Document]:
        """Lay result papers into the store, unlisted, before the transaction that makes them the result."""
        files = _files_of(event)
        if not files:
            return []
        dossier = result_files.awaiting(
            code, client=self.client, event=event["event"], reference=event["reference"], reason=event["reason"]
        )
        if dossier is None:
            return []
        number = event["result"]["document_number"]
        papers = []
        for position, file in enumerate(files):
            try:
                papers.append(self._paper(dossier, file, number=number))
            except InvalidInputError as error:
                way = "upload" if "upload" in file else "content_base64"
                raise InvalidInputError(fields={f"result.files[{position}].{way}": error.texts}) from error
        return papers

    def _forget_uploads(self, files: list[dict[str, Any]]) -> None:
        """What was taken is not kept a second time; one may have run out since, or be named twice."""
        for upload in {file["upload"] for file in files if "upload" in file}:
            with suppress(NotFoundError):
                uploading.drop(self.client, upload)

    def _paper(self, dossier: Dossier, file: dict[str, Any], *, number: str) -> Document:
        if "upload" not in file:
            content, name = file["content_base64"], file["name"]
            return result_files.deposit(dossier, content, name=name, number=number, is_listed=False)
        _announced_name, stream = uploading.whole(self.client, file["upload"])
        with stream:
            return result_files.deposit(dossier, stream, name=file["name"], number=number, is_listed=False)


def _files_of(event: dict[str, Any]) -> list[Any]:
    return (event.get("result") or {}).get("files") or []


def _answer(dossier: Dossier, row: DossierEvent, *, is_new: bool) -> dict[str, Any]:
    return {
        "created": is_new,
        "dossier": {
            "code": dossier.code,
            "state": dossier.state,
            "national_status": dossier.national_status,
            "due_at": dossier.due_at.isoformat() if dossier.due_at else None,
        },
        "event": event_out(row),
    }


def event_out(row: DossierEvent) -> dict[str, Any]:
    """An event as EventOutSerializer describes it; written out, because it is on the hot path of every push."""
    return {
        "sequence": row.sequence,
        "name": row.name,
        "from_state": row.from_state,
        "to_state": row.to_state,
        "occurred_at": row.occurred_at.isoformat(),
        "received_at": row.received_at.isoformat(),
        "reason": row.reason,
        "source": row.source,
        "reference": row.source_reference,
        "data": row.data,
    }
