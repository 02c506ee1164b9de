"""The open catalogue (danh mục mở): list, one procedure, and what changed since a cursor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from portal.agencies.models import AgencyLevel
from portal.core.errors import InvalidInputError
from portal.core.text import whole_number
from procedures import access, changes, linked_data, local, questions
from procedures.api import representation
from procedures.api.base import OpenView, conditional, newest_change, next_url, origin_of, size_of
from procedures.models import Audience, CatalogueChange, Procedure, ServiceLevel

CURSOR = OpenApiParameter("cursor", str, description="Con trỏ lấy từ next, hoặc next_cursor của lần gọi trước.")
SIZE = OpenApiParameter("page_size", int, description="1 đến 200, mặc định 50.")
NOT_CHANGED = OpenApiResponse(description="Không đổi so với If-None-Match.")
WRONG = OpenApiResponse(description="Tham số không dùng được; fields nêu tên và cách sửa (input.invalid).")
NOT_THERE = OpenApiResponse(description="Không có thủ tục này (not_found).")
TOO_MANY = OpenApiResponse(description="Gọi quá nhanh; Retry-After cho biết khi nào gọi lại (too_many_requests).")
CHOICES = {
    "level": AgencyLevel.values,
    "service_level": ServiceLevel.values,
    "audience": Audience.values,
    "is_open": ["true", "false"],
}


class JsonLdRenderer(JSONRenderer):
    """Chosen by ``Accept: application/ld+json`` or ``?format=jsonld``."""

    media_type = "application/ld+json"
    format = "jsonld"


class ProcedureListView(OpenView):
    """Procedures in the order of their codes."""

    @extend_schema(
        operation_id="procedures_list",
        summary="Danh mục thủ tục",
        description=(
            "Mọi thủ tục đã công bố, theo thứ tự mã, theo trang có con trỏ. Không cần đăng nhập. Trả lời kèm ETag và "
            "Last-Modified; gửi lại If-None-Match để nhận 304. Chỉ lấy phần thay đổi thì dùng changes."
        ),
        auth=[],
        parameters=[
            OpenApiParameter("field", str, description="Mã lĩnh vực."),
            OpenApiParameter("level", str, enum=CHOICES["level"], description="Cấp giải quyết."),
            OpenApiParameter("service_level", str, enum=CHOICES["service_level"]),
            OpenApiParameter("audience", str, enum=CHOICES["audience"]),
            OpenApiParameter("life_event", str, description="Sự kiện trong đời, ví dụ co-con-nho."),
            OpenApiParameter("is_open", bool, description="Còn nhận hồ sơ hay không."),
            CURSOR,
            SIZE,
        ],
        responses={200: OpenApiTypes.OBJECT, 304: NOT_CHANGED, 422: WRONG, 429: TOO_MANY},
    )
    def get(self, request: Request) -> HttpResponseBase:
        """A page: ``{next, results}``."""
        size, chosen = size_of(request), _chosen(request)

        def make() -> tuple[Any, datetime | None]:
            rows = Procedure.objects.filter(current__isnull=False, is_internal=False, **chosen)
            if after := request.query_params.get("cursor", ""):
                rows = rows.filter(code__gt=after)
            found = list(representation.with_current(rows).order_by("code").distinct()[: size + 1])
            origin = origin_of(request)
            return {
                "next": next_url(request, found[size - 1].code) if len(found) > size else None,
                "results": [representation.summary(row, origin) for row in found[:size]],
            }, newest_change()

        return conditional(request, make)


def _chosen(request: Request) -> dict[str, Any]:
    """The filters of the question. Raises InvalidInputError that names what is not in a list."""
    asked = request.query_params
    for name, allowed in CHOICES.items():
        if (value := asked.get(name)) is not None and value not in allowed:
            words = _("Chọn một trong: %(values)s.") % {"values": ", ".join(allowed)}
            raise InvalidInputError(fields={name: [words]})
    filters: dict[str, Any] = {}
    if field := asked.get("field"):
        filters["field__code"] = field
    if event := asked.get("life_event"):
        filters["life_events__slug"] = event
    if level := asked.get("level"):
        filters["current__competent_level"] = level
    if level := asked.get("service_level"):
        filters["current__service_level"] = level
    if audience := asked.get("audience"):
        filters["current__audience__contains"] = [audience]
    if is_open := asked.get("is_open"):
        filters["is_open"] = is_open == "true"
    return filters


class ProcedureView(OpenView):
    """One procedure, whole, or as JSON-LD at the same address."""

    renderer_classes = (JSONRenderer, JsonLdRenderer)

    @extend_schema(
        operation_id="procedures_retrieve",
        summary="Một thủ tục, đầy đủ",
        description=(
            "Mọi phần của bản công bố đang có hiệu lực, chính sách địa phương, hỏi đáp và địa chỉ lược đồ biểu mẫu. "
            "Với Accept: application/ld+json hoặc ?format=jsonld, cùng địa chỉ này trả lời theo "
            "schema.org GovernmentService."
        ),
        auth=[],
        parameters=[OpenApiParameter("code", str, "path", description="Mã thủ tục, ví dụ 1.001193.")],
        responses={
            (200, "application/json"): OpenApiTypes.OBJECT,
            (200, "application/ld+json"): OpenApiTypes.OBJECT,
            304: NOT_CHANGED,
            404: NOT_THERE,
            429: TOO_MANY,
        },
    )
    def get(self, request: Request, code: str) -> HttpResponseBase:
        """Everything, with an ETag."""
        is_linked = getattr(request.accepted_renderer, "format", "") == JsonLdRenderer.format

        def make() -> tuple[Any, datetime | None]:
            version = access.get_version(code)
            last = CatalogueChange.objects.filter(procedure_code=code).order_by("-pk").first()
            changed_at = last.changed_at if last else version.created_at
            if is_linked:
                return linked_data.government_service(version, origin_of(request)), changed_at
            procedure = version.procedure
            procedure.current = version
            body = representation.whole(
                procedure,
                version,
                origin_of(request),
                policies=local.policies_of(version, on=timezone.localdate()),
                asked=questions.about(code),
            )
            return body, changed_at

        return conditional(request, make, content_type=JsonLdRenderer.media_type if is_linked else "application/json")


class ChangeListView(OpenView):
    """What changed, oldest first."""

    @extend_schema(
        operation_id="procedures_changes",
        summary="Thay đổi của danh mục từ một con trỏ",
        description=(
            "Mỗi lần công bố, ngừng nhận, nhận trở lại hoặc đổi chính sách địa phương là một dòng có số thứ tự "
            "tăng dần. Giữ next_cursor và gọi lại với nó: không dòng nào bị sót. Bỏ trống cursor là từ đầu."
        ),
        auth=[],
        parameters=[CURSOR, SIZE],
        responses={200: OpenApiTypes.OBJECT, 304: NOT_CHANGED, 422: WRONG, 429: TOO_MANY},
    )
    def get(self, request: Request) -> HttpResponseBase:
        """``{next_cursor, has_more, results}``; the cursor also stands where there is nothing new."""
        size, number = size_of(request), _number(request.query_params.get("cursor", ""))

        def make() -> tuple[Any, datetime | None]:
            found = changes.after(number, most=size + 1)
            rows, origin = found[:size], origin_of(request)
            body = {
                "next_cursor": str(rows[-1].pk if rows else number),
                "has_more": len(found) > size,
                "results": [
                    {
                        "sequence": row.pk,
                        "code": row.procedure_code,
                        "kind": row.kind,
                        "changed_at": row.changed_at.isoformat(),
                        "url": representation.address(origin, "procedure", row.procedure_code),
                    }
                    for row in rows
                ],
            }
            return body, rows[-1].changed_at if rows else newest_change()

        return conditional(request, make)


def _number(cursor: str) -> int:
    if not cursor:
        return 0
    if (number := whole_number(cursor)) is None:
        raise InvalidInputError(fields={"cursor": [_("Hãy dùng next_cursor của lần gọi trước.")]})
    return number
