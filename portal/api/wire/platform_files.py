"""A paper that is sent before what names it (protocol §9.3, step 3): kept a day, for a status to take as a result."""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from io import SEEK_END, BytesIO
from typing import IO, Any, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import StopUpload
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from datastore import uploading
from dossiers.partners.result_files import UPLOADED
from portal.agencies.models import ApiClient
from portal.api.parsers import BodyTooLargeError, MalformedBodyError
from portal.api.wire import dispatch
from portal.core.errors import InvalidInputError

SERVICES = frozenset({"uploadfile", "upload", "uploadtep", "taitep", "tailentep", "taitepdinhkem"})
"""No public client shows the name of this call; it is told by the last part of the address (docs/assumptions.md)."""
MULTIPART = "multipart/form-data"
ENVELOPE_BYTES = 64 * 1024
"""What a form has around its file."""
_NAMES = ("TenTep", "TenTepTin", "TenTepDinhKem", "FileName")
_CONTENTS = ("NoiDung", "NoiDungTep", "Base64", "DuLieu", "FileContent")


def take(request: HttpRequest, client: ApiClient) -> dict[str, str]:
    """Keep the file of a form, or of base64 within JSON; return its id and SHA-256.

    Raises InvalidInputError, MalformedBodyError and BodyTooLargeError in words.
    """
    name, content = _of_form(request) if request.content_type == MULTIPART else _of_json(request)
    digest = hashlib.file_digest(content, "sha256").hexdigest()
    size = content.seek(0, SEEK_END)
    try:
        session = uploading.start(client, name=name, size_bytes=size)
        content.seek(0)
        uploading.append(client, session.public_id, offset=0, content=content)
    except InvalidInputError as error:
        raise InvalidInputError(error.words) from None
    return {"IdTepTin": session.public_id, "HashTepTin": digest, "TenTep": session.name}


def _of_form(request: HttpRequest) -> tuple[str, IO[bytes]]:
    limit = settings.UPLOAD_MAX_BYTES
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdigit():
        raise MalformedBodyError(_("Hãy gửi biểu mẫu cùng độ dài của nó (Content-Length)."))
    if int(length) > limit + ENVELOPE_BYTES:
        raise BodyTooLargeError(
            _("Nội dung gửi lên lớn hơn %(limit)s MB. Hãy chia thành nhiều lần gửi.") % {"limit": limit // 1024 // 1024}
        )
    try:
        file = next(iter(request.FILES.values()), None)
    except (MultiPartParserError, RequestDataTooBig, SuspiciousOperation, StopUpload, UnreadablePostError):
        raise MalformedBodyError(_("Không đọc được biểu mẫu. Hãy gửi một tệp dạng multipart/form-data.")) from None
    if not isinstance(file, UploadedFile):
        raise InvalidInputError(_("Biểu mẫu không có tệp nào."))
    return file.name or "", cast(IO[bytes], file)


def _of_json(request: HttpRequest) -> tuple[str, IO[bytes]]:
    told = dispatch.read_body_value(request)
    fields = {name.lower(): value for name, value in told.items()} if isinstance(told, Mapping) else {}
    content = next((fields[name.lower()] for name in _CONTENTS if fields.get(name.lower())), None)
    if not isinstance(content, str):
        raise InvalidInputError(_("Thiếu nội dung tệp: gửi multipart/form-data, hoặc NoiDung là base64."))
    try:
        raw = base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInputError(_("Nội dung tệp không phải base64.")) from None
    name = next((fields[name.lower()] for name in _NAMES if fields.get(name.lower())), "")
    return str(name), BytesIO(raw)


def with_addresses(papers: Any) -> list[dict[str, Any]]:
    """Result papers with an address each: where they lie on the system's server, or that they were sent before."""
    listed = [dict(item) for item in papers if isinstance(item, Mapping)] if isinstance(papers, list) else []
    for paper in listed:
        if not paper.get("DuongDanTepTinKetQua") and (sent := str(paper.get("IdTepTin") or "").strip()):
            paper["DuongDanTepTinKetQua"] = f"{UPLOADED}{sent}#{str(paper.get('HashTepTin') or '').strip()}"
    return listed
