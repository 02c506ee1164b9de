"""Documents that an agency may read while it handles a dossier, over the API: by grant, and each reading is logged."""

import base64
import json
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from datastore import access
from datastore.models import Document, DocumentFile, DocumentStatus, Grant, TrustLevel
from dossiers.api.base import PartnerView
from dossiers.api.schema import page_of, problems
from dossiers.partners import granted
from portal.core.errors import NotFoundError
from portal.core.identifiers import clean_dossier_code


class GrantedDocumentSerializer(serializers.Serializer):
    """A document in the list: what kind, how far to be trusted, for which dossier; nothing of what it says."""

    id = serializers.IntegerField(source="document_id")
    type_code = serializers.CharField(source="document.type.code")
    type_name = serializers.CharField(source="document.type.name")
    trust = serializers.ChoiceField(TrustLevel.choices, source="document.trust_level")
    status = serializers.ChoiceField(DocumentStatus.choices, source="document.status")
    valid_until = serializers.DateField(source="document.valid_until", allow_null=True)
    dossier_code = serializers.CharField()
    granted_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class DocumentFileSerializer(serializers.Serializer):
    """One file of a document."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    content_type = serializers.CharField(source="blob.content_type")
    size_bytes = serializers.IntegerField(source="blob.size_bytes")
    sha256 = serializers.CharField(source="blob.content_sha256")


class DocumentSerializer(serializers.Serializer):
    """A document, whole."""

    id = serializers.IntegerField()
    type_code = serializers.CharField(source="type.code")
    type_name = serializers.CharField(source="type.name")
    title = serializers.CharField()
    number = serializers.CharField(allow_blank=True)
    issuer_name = serializers.CharField(allow_blank=True)
    issuer_code = serializers.CharField(source="issuer.code", allow_null=True, default=None)
    issued_on = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    trust = serializers.ChoiceField(TrustLevel.choices, source="trust_level")
    status = serializers.ChoiceField(DocumentStatus.choices)
    verification_id = serializers.SerializerMethodField()
    content = serializers.SerializerMethodField()
    files = DocumentFileSerializer(many=True)

    @extend_schema_field({"type": ["object", "null"], "additionalProperties": True})
    def get_content(self, document: Document) -> dict[str, Any] | None:
        """What a result that the portal issued states, as its QR digests it; null for any other paper."""
        stated = document.credential.content if hasattr(document, "credential") else ""
        return dict(json.loads(stated)) if stated else None

    def get_verification_id(self, document: Document) -> str:
        """The id in the QR of a result that the portal issued; empty for other papers."""
        return document.credential.public_id if hasattr(document, "credential") else ""


class _GrantedView(PartnerView):
    """Of what an agency was granted, a system reads what belongs to a dossier that is its own to handle."""

    def granted(self) -> QuerySet[Grant]:
        """Rights that hold now, of dossiers that this system decides or reported."""
        return granted.to(self.client)

    def require_granted(self, pk: int) -> None:
        """Raise NotFoundError where no such right is over this document: another system's dossier, or the desk's."""
        if not self.granted().filter(document=pk).exists():
            raise NotFoundError(code="document.not_found")


class DocumentListView(_GrantedView):
    """Documents granted to the calling system's agency, or to one below it, for dossiers of the system."""

    required_scopes = {"GET": ("documents:read",)}

    @extend_schema(
        operation_id="documents_list",
        summary="Giấy tờ được phép đọc",
        description="Giấy tờ của hồ sơ mà cơ quan đang giải quyết, mới nhất trước; danh sách không nêu nội dung giấy.",
        parameters=[
            OpenApiParameter("dossier", str, description="Chỉ giấy tờ của hồ sơ này."),
            OpenApiParameter("cursor", str, description="Con trỏ lấy từ next hoặc previous."),
            OpenApiParameter("page_size", int, description="1 đến 200, mặc định 50."),
        ],
        responses={200: page_of(GrantedDocumentSerializer), **problems(401, 403, 404, 422, 429)},
    )
    def get(self, request: Request) -> Response:
        """Rights that hold now, newest first, in cursor pages; nothing personal, so nothing is logged."""
        found = self.granted().select_related("document__type")
        found = found.exclude(document__status=DocumentStatus.DELETED)
        if code := request.query_params.get("dossier"):
            found = found.filter(dossier_code=clean_dossier_code(code))
        page_class: Any = api_settings.DEFAULT_PAGINATION_CLASS
        pages = page_class()
        rows = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(GrantedDocumentSerializer(rows, many=True).data)


class DocumentView(_GrantedView):
    """One document."""

    required_scopes = {"GET": ("documents:read",)}

    @extend_schema(
        operation_id="documents_retrieve",
        summary="Một giấy tờ",
        description="Mỗi lần đọc để lại một dòng nhật ký mà chủ giấy tờ xem được.",
        responses={200: DocumentSerializer, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """What the paper is; the owner sees that it was read."""
        self.require_granted(pk)
        document = access.get_document(pk, actor=self.actor, purpose="")
        return Response(DocumentSerializer(document).data)


class DocumentBytesView(_GrantedView):
    """The bytes of one file of a document."""

    required_scopes = {"GET": ("documents:read",)}

    @extend_schema(
        operation_id="documents_file_retrieve",
        summary="Tệp của giấy tờ",
        description="Mỗi lần đọc để lại một dòng nhật ký mà chủ giấy tờ xem được.",
        responses={
            (200, "application/octet-stream"): OpenApiResponse(
                OpenApiTypes.BINARY, description="Các byte của tệp; tiêu đề Repr-Digest mang SHA-256."
            ),
            **problems(401, 403, 404, 429),
        },
    )
    def get(self, request: Request, pk: int, file_id: int) -> FileResponse:
        """The bytes, with their digest."""
        self.require_granted(pk)
        if not DocumentFile.objects.filter(pk=file_id, document=pk).exists():
            raise NotFoundError(code="document.not_found")
        file, stream = access.open_file(file_id, actor=self.actor, purpose="")
        response = FileResponse(
            stream, as_attachment=True, filename=file.sent_name, content_type=file.blob.content_type
        )
        digest = base64.b64encode(bytes.fromhex(file.blob.content_sha256)).decode()
        response.headers["Content-Length"] = str(file.blob.size_bytes)
        response.headers["Repr-Digest"] = f"sha-256=:{digest}:"
        return response
