"""What the OpenAPI description says beyond the serializers: the dossier as it travels, errors, pages."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from dossiers.api.serializers import ProblemSerializer

MEANINGS = {
    400: "Nội dung không đọc được: không phải JSON, không phải UTF-8, có ký tự NUL, lồng quá sâu (input.malformed).",
    401: (
        "Thiếu mã truy cập, hoặc mã đã hết hạn (auth.token_missing, auth.token_invalid); "
        "chữ ký của yêu cầu sai hoặc đã dùng (auth.signature_invalid, auth.signature_replayed)."
    ),
    403: "Mã truy cập thiếu phạm vi (auth.scope_missing).",
    404: "Không có, hoặc không phải của hệ thống này: hai trường hợp trả lời như nhau (dossier.not_found).",
    409: "Trạng thái không cho phép (dossier.transition_not_allowed), hoặc yêu cầu cùng khóa đang chạy.",
    413: "Nội dung quá lớn (input.too_large).",
    415: "Không phải application/json (input.media_type).",
    422: "Trường có giá trị không dùng được; fields nêu tên từng trường và cách sửa (input.invalid).",
    429: "Gọi quá nhanh; tiêu đề Retry-After cho biết khi nào gọi lại (too_many_requests).",
}

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 đến 255 ký tự ASCII; cùng khóa, cùng câu trả lời.",
)


def problems(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """The error answers of an operation, each with its meaning."""
    return {
        (status, "application/problem+json"): OpenApiResponse(ProblemSerializer, description=MEANINGS[status])
        for status in statuses
    }


def page_of(serializer: type[serializers.Serializer]) -> Any:
    """A cursor page of something."""
    name = serializer.__name__.removesuffix("Serializer")
    return inline_serializer(
        f"{name}Page",
        {
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": serializer(many=True),
        },
    )


_TEXT: dict[str, Any] = {"type": "string"}
_MOMENT: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
DOSSIER_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["code", "state", "procedure_code", "agency_code", "answers", "components", "obligations"],
    "properties": {
        "code": _TEXT,
        "state": _TEXT,
        "national_status": {"type": "integer", "minimum": 1, "maximum": 10},
        "procedure_code": _TEXT,
        "procedure_name": _TEXT,
        "procedure_version": {"type": ["integer", "null"]},
        "letter_forms": {
            "type": "object",
            "additionalProperties": _TEXT,
            "description": 'Mẫu của ngành thay mẫu số 01, 03 của Thông tư 03/2025/TT-VPCP, ví dụ {"01": "CT04"}.',
        },
        "agency_code": _TEXT,
        "agency_name": _TEXT,
        "channel": {"type": "string", "enum": ["1", "2", "3"], "description": "1 trực tiếp, 2 trực tuyến, 3 bưu chính"},
        "submitted_at": _MOMENT,
        "accepted_at": _MOMENT,
        "due_at": _MOMENT,
        "finished_at": _MOMENT,
        "applicant": {
            "type": "object",
            "properties": {"full_name": _TEXT, "personal_id": _TEXT, "phone": _TEXT, "email": _TEXT},
        },
        "organisation": {
            "type": ["object", "null"],
            "description": "Tổ chức mà hồ sơ nộp thay; null khi nộp cho chính mình.",
            "properties": {"name": _TEXT, "tax_code": _TEXT},
        },
        "representative": {
            "type": ["object", "null"],
            "description": "Người nộp thay chủ hồ sơ: child (cha, mẹ), ward (người giám hộ), mandate (được ủy quyền).",
            "properties": {"full_name": _TEXT, "kind": {"type": "string", "enum": ["child", "ward", "mandate"]}},
        },
        "province_code": _TEXT,
        "commune_code": _TEXT,
        "answers": {
            "type": "object",
            "additionalProperties": True,
            "description": "Nội dung kê khai, theo khóa của biểu mẫu.",
        },
        "answers_sha256": _TEXT,
        "components": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "code": _TEXT,
                    "name": _TEXT,
                    "from_store": {"type": "boolean"},
                    "supplement_round": {"type": "integer"},
                    "files": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "file_id": {"type": "integer"},
                                "name": _TEXT,
                                "size_bytes": {"type": "integer"},
                                "content_sha256": _TEXT,
                                "content_type": _TEXT,
                                "url": {"type": "string", "format": "uri"},
                            },
                        },
                    },
                },
            },
        },
        "obligations": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "kind": _TEXT,
                    "description": _TEXT,
                    "amount_vnd": {"type": "integer"},
                    "state": {"type": "string", "enum": ["due", "paid", "cancelled"]},
                },
            },
        },
        "result": {
            "type": ["object", "null"],
            "description": "Kết quả do Cổng lập và ký; null khi chưa có, hoặc khi cơ quan tự gửi tệp kết quả. "
            "Hệ thống giải quyết đọc được tệp ở url trong 30 ngày từ khi kết quả vào kho; mỗi lần đọc để lại "
            "một dòng nhật ký mà chủ giấy tờ xem được.",
            "properties": {
                "document_id": {"type": "integer"},
                "title": _TEXT,
                "number": _TEXT,
                "status": {"type": "string", "enum": ["valid", "replaced", "revoked"]},
                "verification_id": {"type": "string", "description": "16 chữ trong mã QR: /xm/<verification_id>."},
                "file_id": {"type": "integer"},
                "name": _TEXT,
                "size_bytes": {"type": "integer"},
                "content_sha256": _TEXT,
                "content_type": _TEXT,
                "url": {"type": "string", "format": "uri"},
            },
        },
    },
}
