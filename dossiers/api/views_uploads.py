"""Result papers in pieces: a file too large for one request, or a line that breaks, goes on where it was cut (tus)."""

import json

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from datastore import tus, uploading
from dossiers.api.base import PartnerView, answer
from dossiers.api.schema import IDEMPOTENCY_KEY, problems
from portal.core.errors import NotFoundError, PortalError
from portal.exchange import http_signatures

WORDS = {
    400: ("input.invalid", _("Thiếu tiêu đề Upload-Length hoặc Upload-Offset, hoặc đó không phải số.")),
    409: (
        "upload.offset",
        _("Upload-Offset không phải chỗ đã nhận đến. Hãy gửi tiếp từ Upload-Offset của câu trả lời này."),
    ),
    413: ("input.too_large", _("Tệp hoặc phần gửi lên quá lớn.")),
    415: ("input.media_type", _("Mỗi phần gửi với Content-Type: application/offset+octet-stream.")),
    422: ("input.invalid", _("Một số thông tin chưa đúng.")),
}
HEADERS = ("Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Expires")


class UploadRefusedError(PortalError):
    """A piece or an announcement that was not taken; the headers of tus say how far the file has come."""

    def __init__(self, answer: HttpResponse) -> None:
        code, words = WORDS[answer.status_code]
        super().__init__(answer.content.decode() or words, code=code)
        self.status = answer.status_code
        self.headers = {name: answer.headers[name] for name in HEADERS if name in answer.headers}


class UploadListView(PartnerView):
    """Files on their way."""

    required_scopes = {"POST": ("results:write",)}

    @extend_schema(
        operation_id="uploads_create",
        summary="Báo một tệp kết quả sẽ gửi từng phần",
        description=(
            "Giao thức tus 1.0.0 (creation, expiration, termination). Location là địa chỉ để gửi các phần; "
            "tệp chưa dùng bị xóa sau 24 giờ. Gửi đủ rồi nêu mã ở result.files[].upload của sự kiện approve."
        ),
        request=None,
        parameters=[
            OpenApiParameter(
                "Upload-Length", int, OpenApiParameter.HEADER, required=True, description="Số byte của tệp."
            ),
            OpenApiParameter(
                "Upload-Metadata", str, OpenApiParameter.HEADER, description="filename và tên tệp dạng base64."
            ),
            IDEMPOTENCY_KEY,
        ],
        responses={
            201: OpenApiResponse(description="Location, Upload-Expires."),
            **problems(400, 401, 403, 409, 413, 422, 429),
        },
    )
    def post(self, request: Request) -> HttpResponse:
        """Announce a file by its size; the same Idempotency-Key again is told of the same file while that is there."""

        def announce() -> tuple[int, dict[str, str]]:
            announced = _answered(tus.announce(request._request, self.client, address=_address))
            return announced.status_code, dict(announced.headers)

        # what is asked for stands in headers, and so does the answer; there are no bodies
        said = "\n".join(request.META.get(name, "") for name in ("HTTP_UPLOAD_LENGTH", "HTTP_UPLOAD_METADATA"))
        return answer(
            request, announce, asked=said.encode(errors="replace"), respond=_in_headers, holds=self._is_under_way
        )

    def _is_under_way(self, told: str) -> bool:
        """Whether the file of a kept answer is; it lives for a day and the answer for a month, and it may be used."""
        try:
            uploading.find(self.client, json.loads(told)["Location"].rstrip("/").rpartition("/")[2])
        except NotFoundError:
            return False
        return True

    def options(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:  # type: ignore[override]  # tus answers without DRF
        """Which tus is spoken here; open to everybody, as it says nothing of anybody."""
        return tus.spoken()


class UploadView(PartnerView):
    """One file on its way."""

    required_scopes = {"GET": ("results:write",), "PATCH": ("results:write",), "DELETE": ("results:write",)}

    def head(self, request: Request, public_id: str) -> HttpResponse:
        """How far it has come: Upload-Offset."""
        return _answered(tus.piece(request._request, self.client, public_id))

    @extend_schema(
        operation_id="uploads_append",
        summary="Gửi phần tiếp theo của tệp",
        description="Từ Upload-Offset trở đi, tối đa 8 MB một phần. HEAD ở địa chỉ này cho biết đã nhận đến đâu.",
        request={tus.CONTENT_TYPE: OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("Upload-Offset", int, OpenApiParameter.HEADER, required=True)],
        responses={
            204: OpenApiResponse(description="Đã nhận; Upload-Offset mới."),
            **problems(400, 401, 403, 404, 409, 413, 415, 422, 429),
        },
    )
    def patch(self, request: Request, public_id: str) -> HttpResponse:
        """Take the next piece; of a signed request only as it was signed."""
        expected = request.auth.body_sha256

        def check(sha256: bytes) -> None:
            http_signatures.require_sha256(expected, sha256)

        return _answered(tus.piece(request._request, self.client, public_id, check=check))

    @extend_schema(
        operation_id="uploads_destroy",
        summary="Bỏ tệp đang gửi",
        responses={204: OpenApiResponse(description="Đã bỏ."), **problems(401, 403, 404, 429)},
    )
    def delete(self, request: Request, public_id: str) -> HttpResponse:
        """Forget it."""
        return _answered(tus.piece(request._request, self.client, public_id))


def _address(public_id: str) -> str:
    return reverse("api:upload", args=[public_id])


def _in_headers(status: int, text: str) -> HttpResponse:
    return HttpResponse(status=status, headers=json.loads(text))


def _answered(told: HttpResponse) -> HttpResponse:
    """The same, in the API's own shape where something is wrong."""
    if told.status_code >= 400:
        raise UploadRefusedError(told)
    return told
