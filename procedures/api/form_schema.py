"""The JSON Schema of a procedure's answers, for programs that file or read dossiers."""

import hashlib
import json
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from procedures import access, eforms
from procedures.publication import remembered

KEPT_SECONDS = 300


class FormSchemaView(APIView):
    """The schema of the form in force; open to everybody, as the sheet is."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    metadata_class = None

    @extend_schema(
        operation_id="procedures_form_schema",
        summary="Lược đồ JSON của biểu mẫu",
        description=(
            "JSON Schema 2020-12 của nội dung kê khai, theo bản công bố đang có hiệu lực và giới hạn của ngày hôm nay. "
            "Nội dung hợp lệ theo biểu mẫu khi và chỉ khi hợp lệ theo lược đồ. Ba điều JSON Schema không nói được có "
            "từ riêng: format `vn-tax-code` (chữ số kiểm tra của mã số thuế), `x-notBefore` (ngày này không trước "
            "ngày kia) cùng `x-before` (ngày này phải trước ngày kia), và `x-withoutGap` (các dòng không bỏ trống "
            "tháng nào)."
        ),
        parameters=[OpenApiParameter("code", str, "path", description="Mã thủ tục, ví dụ 1.001193.")],
        responses={
            (200, "application/schema+json"): OpenApiTypes.OBJECT,
            304: OpenApiResponse(description="Không đổi so với ETag đã có."),
            404: OpenApiResponse(description="Không có thủ tục này (not_found)."),
        },
    )
    def get(self, request: Request, code: str) -> HttpResponseBase:
        """The schema, with an ETag that changes with the version and with the day."""
        version = access.get_open_version(code)
        today = timezone.localdate()
        # not the address as it was asked: what this caller put behind it is not for the next one
        address = request.build_absolute_uri(reverse("api:procedure-form-schema", args=[version.procedure.code]))

        def make() -> tuple[bytes, str]:
            schema: dict[str, Any] = {
                "$id": address,
                **eforms.json_schema(eforms.form_for(version), title=version.name, on=today),
            }
            text = json.dumps(schema, ensure_ascii=False, separators=(",", ":")).encode()
            return text, f'"{hashlib.sha256(text).hexdigest()[:32]}"'

        text, etag = remembered(f"form-schema:{version.pk}:{today}:{address}", make)
        response = HttpResponse(text, content_type="application/schema+json", headers={"ETag": etag})
        patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
        return get_conditional_response(request, etag=etag, response=response) or response
