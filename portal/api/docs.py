"""The API described: for programs at /api/schema/, for people at /api/docs/; nothing is fetched from elsewhere."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.api import schema as openapi

METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 4


@login_not_required
@require_safe
def index(request: HttpRequest) -> JsonResponse:
    """Where to begin."""
    return JsonResponse(
        {
            "dossiers": f"{settings.BASE_URL}/api/v1/dossiers/",
            "documents": f"{settings.BASE_URL}/api/v1/documents/",
            "schema": f"{settings.BASE_URL}/api/schema/",
            "docs": f"{settings.BASE_URL}/api/docs/",
            "sign_in": f"{settings.BASE_URL}/.well-known/openid-configuration",
        }
    )


@login_not_required
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1 as JSON, or as YAML with ?format=yaml."""
    if request.GET.get("format") == "yaml":
        return HttpResponse(openapi.as_yaml(openapi.description()), content_type="application/yaml; charset=utf-8")
    text = json.dumps(openapi.description(), ensure_ascii=False)
    return HttpResponse(text, content_type="application/vnd.oai.openapi+json")


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The description as a page."""
    context = {
        "operations": _operations(),
        "scopes": openapi.SCOPE_MEANINGS,
        "token_url": f"{settings.BASE_URL}{openapi.SIGN_IN_PATH}",
        "base_url": settings.BASE_URL,
        "codes": CODES,
    }
    return render(request, "api/docs.html", context)


@dataclass(frozen=True, slots=True)
class Property:
    """One field of a body, by its path."""

    path: str
    type: str
    is_required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address, flattened for reading."""

    key: str
    method: str
    path: str
    summary: str
    text: str
    scopes: list[str]
    parameters: list[dict[str, Any]]
    properties: list[Property]
    example: str
    answers: list[tuple[str, str]]


@cache
def _operations() -> list[Operation]:
    described = openapi.description()
    return [
        _operation(described, method, path, methods[method])
        for path, methods in described["paths"].items()
        for method in METHODS
        if method in methods
    ]


def _operation(described: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> Operation:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    examples = list(body.get("examples", {}).values())
    security = [scope for row in operation.get("security", []) for scopes in row.values() for scope in scopes]
    return Operation(
        key=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        text=operation.get("description", ""),
        scopes=security,
        parameters=operation.get("parameters", []),
        properties=_properties(described, body.get("schema", {})),
        example=json.dumps(examples[0]["value"], ensure_ascii=False, indent=2) if examples else "",
        answers=[(status, answer.get("description", "")) for status, answer in operation["responses"].items()],
    )


def _properties(described: dict[str, Any], schema: dict[str, Any], prefix: str = "", depth: int = 0) -> list[Property]:
    schema = _resolved(described, schema)
    found: list[Property] = []
    for name, inner in schema.get("properties", {}).items():
        whole = _resolved(described, inner)
        path = f"{prefix}{name}"
        text = inner.get("description") or whole.get("description", "")
        if choices := whole.get("enum"):
            text = " · ".join(str(choice) for choice in choices)
        found.append(Property(path, _type(whole), name in schema.get("required", ()), text))
        nested = _resolved(described, whole["items"]) if "items" in whole else whole
        if depth < DEEPEST and "properties" in nested:
            mark = "[]." if "items" in whole else "."
            found += _properties(described, nested, f"{path}{mark}", depth + 1)
    return found


def _resolved(described: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema behind $ref, allOf with one member, and oneOf with null."""
    for several in ("allOf", "oneOf", "anyOf"):
        real = [inner for inner in schema.get(several, ()) if inner.get("type") != "null"]
        if len(real) == 1:
            return _resolved(described, real[0])
    if reference := schema.get("$ref"):
        target: dict[str, Any] = described["components"]["schemas"][reference.rsplit("/", 1)[1]]
        return _resolved(described, target)
    return schema


def _type(schema: dict[str, Any]) -> str:
    kind = schema.get("type", "object")
    kinds = [kind] if isinstance(kind, str) else list(kind)
    return " | ".join([schema.get("format", name) if name == "string" else name for name in kinds])


CODES = {
    "auth.token_missing": "Thiếu tiêu đề Authorization: Bearer.",
    "auth.token_invalid": "Mã truy cập sai, hết hạn hoặc hệ thống đã bị khóa: xin mã mới.",
    "auth.signature_invalid": "Chữ ký của yêu cầu không đúng; detail nêu chỗ phải sửa.",
    "auth.signature_replayed": "Yêu cầu đã ký này được gửi trước đó: ký lại với nonce mới, giữ Idempotency-Key.",
    "auth.scope_missing": "Mã truy cập thiếu phạm vi: xin mã có phạm vi được nêu.",
    "input.malformed": "Nội dung không phải JSON đọc được; detail nêu dòng, cột hoặc byte sai.",
    "input.too_large": "Nội dung quá lớn: chia thành nhiều lần gửi.",
    "input.media_type": "Gửi với Content-Type: application/json.",
    "input.invalid": "Trường có giá trị không dùng được; fields nêu từng trường.",
    "dossier.not_found": "Không có hồ sơ này, hoặc hồ sơ không giao cho hệ thống này.",
    "dossier.transition_not_allowed": "Trạng thái hiện tại không cho phép bước này; đọc lại hồ sơ rồi quyết định.",
    "dossier.actor_not_allowed": "Bước này không do hệ thống của cơ quan thực hiện.",
    "dossier.reason_missing": "Bước này cần reason.",
    "document.not_found": "Không có tệp này trong hồ sơ, hoặc quyền đọc đã hết.",
    "file.refused": "Tệp kết quả không nhận được; fields nêu lý do.",
    "upload.offset": "Phần gửi không bắt đầu từ chỗ đã nhận đến: gửi tiếp từ Upload-Offset của câu trả lời.",
    "idempotency.key_invalid": "Idempotency-Key quá dài hoặc có ký tự không phải ASCII.",
    "idempotency.key_reused": "Khóa đã dùng cho nội dung khác: dùng khóa mới.",
    "idempotency.request_running": "Yêu cầu cùng khóa đang chạy: gọi lại sau ít giây với cùng khóa.",
    "too_many_requests": "Gọi quá nhanh: chờ theo Retry-After.",
    "portal.busy": "Một yêu cầu khác đang giữ hồ sơ: gọi lại sau Retry-After với cùng khóa và cùng reference.",
    "portal.unavailable": "Cơ sở dữ liệu chưa trả lời; gọi lại sau Retry-After với cùng khóa và cùng reference.",
    "portal.internal": "Lỗi của Cổng; gọi lại sau với cùng khóa và cùng reference.",
}
"""Stable codes a caller may act on, and what to do; kept beside the page that shows them."""
