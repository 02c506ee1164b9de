"""Errors as problem details (RFC 9457): type, title, status, detail, and our stable code and fields."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from portal.core.errors import NotFoundError, PortalError, TooManyRequestsError
from portal.core.field_paths import paths_of

CONTENT_TYPE = "application/problem+json"

CODE_OF_DRF = {
    exceptions.ParseError: "input.malformed",
    exceptions.NotAuthenticated: "auth.token_missing",
    exceptions.AuthenticationFailed: "auth.token_invalid",
    exceptions.PermissionDenied: "not_allowed",
    exceptions.NotFound: "not_found",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "input.media_type",
}


def problem(
    status: int, code: str, detail: str, *, fields: dict[str, Any] | None = None, headers: dict[str, str] | None = None
) -> JsonResponse:
    """Return a problem response; `fields` maps a field's path (`payments[0].amount_vnd`) to sentences with the cure."""
    body = {
        "type": f"{settings.BASE_URL}/api/docs/#{code}",
        "title": _title(status),
        "status": status,
        "detail": detail,
        "code": code,
        "fields": fields or {},
    }
    return JsonResponse(
        body, status=status, content_type=CONTENT_TYPE, headers=headers, json_dumps_params={"ensure_ascii": False}
    )


def _title(status: int) -> str:
    match status:
        case 400:
            return _("Yêu cầu không đọc được")
        case 401:
            return _("Chưa xác thực")
        case 403:
            return _("Không có quyền")
        case 404:
            return _("Không tìm thấy")
        case 405:
            return _("Phương thức không dùng được ở địa chỉ này")
        case 409:
            return _("Trạng thái hiện tại không cho phép")
        case 413:
            return _("Nội dung quá lớn")
        case 422:
            return _("Thông tin chưa đúng")
        case 429:
            return _("Gọi quá nhanh")
        case 503:
            return _("Tạm thời chưa phục vụ được")
        case _ if status >= 500:
            return _("Lỗi của Cổng")
    return _("Yêu cầu chưa thực hiện được")


def problem_response(exc: Exception, context: dict[str, Any] | None = None) -> Response | JsonResponse | None:
    """DRF's exception handler: one shape for our errors, Django's and DRF's; None leaves the rest to the 500 page."""
    if isinstance(exc, Http404):
        exc = NotFoundError()
    if isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    if isinstance(exc, PortalError):
        return _of_portal_error(exc)
    if isinstance(exc, exceptions.APIException):
        return _of_drf_error(exc)
    return None


def _of_portal_error(error: PortalError) -> JsonResponse:
    headers = dict(getattr(error, "headers", {}))
    if isinstance(error, TooManyRequestsError):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="api"' + (
            ', error="invalid_token"' if error.code == "auth.token_invalid" else ""
        )
    if error.code == "auth.scope_missing":
        headers["WWW-Authenticate"] = 'Bearer realm="api", error="insufficient_scope"'
    fields = {name: [str(text) for text in texts] for name, texts in error.fields.items()}
    return problem(error.status, error.code, str(error.message), fields=fields, headers=headers)


def _of_drf_error(error: exceptions.APIException) -> JsonResponse:
    headers = {}
    if isinstance(error, exceptions.ValidationError):
        # a well-formed body with wrong values: 422, as everywhere in this API
        fields = paths_of(error.detail)
        return problem(422, "input.invalid", _("Một số thông tin chưa đúng."), fields=fields)
    if isinstance(error, exceptions.MethodNotAllowed):
        return problem(405, "method_not_allowed", str(error.detail))
    code = next((code for kind, code in CODE_OF_DRF.items() if isinstance(error, kind)), "portal.error")
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(challenge)
    return problem(error.status_code, code, str(error.detail), headers=headers)
