"""The journal over the API: what happened to a system's dossiers, from a cursor on."""

import hashlib
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from dossiers import journal
from dossiers.api.base import PartnerView, rendered
from dossiers.api.schema import problems
from dossiers.api.serializers import JournalPageSerializer
from dossiers.api.views_events import event_out
from dossiers.models import DossierEvent
from portal.core.errors import InvalidInputError
from portal.core.text import whole_number

DEFAULT_SIZE, LARGEST_SIZE = 50, 200


class JournalView(PartnerView):
    """Events of all dossiers of the calling system."""

    required_scopes = {"GET": ("dossiers:read",)}

    @extend_schema(
        operation_id="events_list",
        summary="Nhật ký sự kiện từ một con trỏ",
        description=(
            "Mọi sự kiện của hồ sơ thuộc hệ thống, theo số thứ tự chỉ tăng. Giữ next_cursor và gọi lại với nó: dù vắng "
            "nhiều ngày, không sự kiện nào bị sót. Bỏ trống cursor là từ đầu; nhật ký được giữ ít nhất 90 ngày. "
            "has_more là true thì gọi tiếp ngay."
        ),
        parameters=[
            OpenApiParameter("cursor", str, description="next_cursor của lần gọi trước."),
            OpenApiParameter("page_size", int, description="1 đến 200, mặc định 50."),
            OpenApiParameter("without_own", OpenApiTypes.BOOL, description="Bỏ qua sự kiện do chính hệ thống này báo."),
            OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER),
        ],
        responses={
            200: OpenApiResponse(JournalPageSerializer, description="Một trang nhật ký; tiêu đề ETag đi kèm."),
            304: OpenApiResponse(description="Không đổi so với If-None-Match."),
            **problems(401, 403, 422, 429),
        },
    )
    def get(self, request: Request) -> HttpResponse:
        """``{next_cursor, has_more, results}``; the cursor also stands where there is nothing new."""
        query = request.query_params
        page = journal.read(
            self.client,
            after=_cursor(query.get("cursor", "")),
            size=_size(query.get("page_size", str(DEFAULT_SIZE))),
            without_own=query.get("without_own", "").lower() in {"1", "true"},
        )
        body = {
            "next_cursor": str(page.cursor),
            "has_more": page.has_more,
            "results": [_told(event) for event in page.events],
        }
        text = rendered(body)
        etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
        seen = {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}
        response = HttpResponse(status=304) if etag in seen else HttpResponse(text, content_type="application/json")
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = "private, no-cache"
        return response


def _told(event: DossierEvent) -> dict[str, Any]:
    agency = event.dossier.agency
    return {
        "number": event.journal_number,
        "code": event.dossier.code,
        "agency_code": agency.code if agency else "",
        **event_out(event),
    }


def _cursor(text: str) -> int:
    number = whole_number(text) if text else 0
    if number is None:
        raise InvalidInputError(fields={"cursor": [_("Hãy dùng next_cursor của lần gọi trước.")]})
    return number


def _size(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= LARGEST_SIZE):
        raise InvalidInputError(fields={"page_size": [_("Phải là số từ 1 đến %(most)d.") % {"most": LARGEST_SIZE}]})
    return int(text)
