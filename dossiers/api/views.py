"""Reading dossiers and their papers over the API."""

import base64
import hashlib
from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from datastore import access as store
from dossiers import access, envelope, opening
from dossiers.api.base import PartnerView, rendered
from dossiers.api.schema import DOSSIER_SCHEMA, page_of, problems
from dossiers.api.serializers import DossierSummarySerializer, MomentField
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from portal.core.errors import InvalidInputError, NotFoundError


class DossierListView(PartnerView):
    """Dossiers assigned to the calling system."""

    required_scopes = {"GET": ("dossiers:read",)}

    @extend_schema(
        operation_id="dossiers_list",
        summary="Danh sách hồ sơ được giao",
        description="Hồ sơ do hệ thống giải quyết hoặc đã đồng bộ, mới nhất trước, theo trang có con trỏ.",
        parameters=[
            OpenApiParameter("state", str, enum=[state for state in DossierState.values if state != "draft"]),
            OpenApiParameter("updated_since", OpenApiTypes.DATETIME, description="Chỉ hồ sơ thay đổi từ lúc này."),
            OpenApiParameter("cursor", str, description="Con trỏ lấy từ next hoặc previous."),
            OpenApiParameter("page_size", int, description="1 đến 200, mặc định 50."),
        ],
        responses={200: page_of(DossierSummarySerializer), **problems(401, 403, 422, 429)},
    )
    def get(self, request: Request) -> Response:
        """The system's dossiers, newest first, in cursor pages."""
        dossiers = access.visible_to(self.actor).select_related("agency")
        dossiers = dossiers.defer("answers", "source_record", "answer_sources", "applicant_id")
        if state := request.query_params.get("state"):
            if state not in DossierState.values:
                raise InvalidInputError(fields={"state": [_("Không có trạng thái này.")]})
            dossiers = dossiers.filter(state=state)
        if since := request.query_params.get("updated_since"):
            dossiers = dossiers.filter(updated_at__gte=_moment("updated_since", since))
        page_class: Any = api_settings.DEFAULT_PAGINATION_CLASS
        pages = page_class()
        rows = pages.paginate_queryset(dossiers, request, view=self)
        return pages.get_paginated_response(DossierSummarySerializer(rows, many=True).data)


def _moment(name: str, text: str) -> datetime:
    try:
        # a plus sign that nobody escaped arrives as a space
        return MomentField().to_internal_value(text.replace(" ", "+"))
    except Exception as error:
        raise InvalidInputError(fields={name: [str(MomentField.default_error_messages["invalid"])]}) from error


class DossierView(PartnerView):
    """One dossier, whole."""

    required_scopes = {"GET": ("dossiers:read",)}

    @extend_schema(
        operation_id="dossiers_retrieve",
        summary="Một hồ sơ, đầy đủ",
        description="Nội dung như trong webhook: dữ liệu kê khai, mã băm và địa chỉ từng tệp. Lần đọc đầu trong ngày "
        "để lại một dòng nhật ký mà người nộp xem được.",
        parameters=[OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER)],
        responses={
            200: OpenApiResponse(DOSSIER_SCHEMA, description="Hồ sơ như trong webhook; tiêu đề ETag đi kèm."),
            304: OpenApiResponse(description="Không đổi so với If-None-Match."),
            **problems(401, 403, 404, 429),
        },
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """What the webhook carries: data, answers, file digests and the addresses of the files."""
        dossier = access.get_dossier(code, actor=self.actor)
        text = rendered(envelope.dossier_payload(dossier))
        etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
        seen = {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}
        if etag in seen:  # nothing is told that was not told before
            response = HttpResponse(status=304)
        else:
            opening.note(dossier, actor=self.actor)
            response = HttpResponse(text, content_type="application/json")
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = "private, no-cache"
        return response


class DossierFileView(PartnerView):
    """One paper of a dossier."""

    required_scopes = {"GET": ("documents:read",)}

    @extend_schema(
        operation_id="dossiers_file_retrieve",
        summary="Tệp của hồ sơ",
        description="Mỗi lần đọc để lại một dòng nhật ký mà chủ giấy tờ xem được.",
        responses={
            (200, "application/octet-stream"): OpenApiResponse(
                OpenApiTypes.BINARY, description="Các byte của tệp; tiêu đề Repr-Digest mang SHA-256."
            ),
            **problems(401, 403, 404, 429),
        },
    )
    def get(self, request: Request, code: str, file_id: int) -> FileResponse:
        """The bytes; each reading leaves a line that the owner of the paper sees."""
        dossier = access.get_dossier(code, actor=self.actor)
        if not _belongs(dossier, file_id):
            raise NotFoundError(code="document.not_found")
        purpose = f"Giải quyết hồ sơ {dossier.code}"
        file, stream = store.open_file(file_id, actor=self.actor, purpose=purpose)
        response = FileResponse(stream, as_attachment=True, filename=file.name, content_type=file.blob.content_type)
        response.headers["Content-Length"] = str(file.blob.size_bytes)
        response.headers["Repr-Digest"] = f"sha-256=:{_base64(file.blob.content_sha256)}:"
        return response


def _belongs(dossier: Dossier, file_id: int) -> bool:
    return dossier.components.filter(files__contains=[{"file_id": file_id}]).exists()


def _base64(hexadecimal: str) -> str:
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()
