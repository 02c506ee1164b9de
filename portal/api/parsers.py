"""Reading JSON from strangers: bounded size and depth, real UTF-8, no NUL, no doubled keys, no numbers beyond JSON."""

import codecs
import json
import re
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from typing import IO, Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import BaseParser

from portal.core.errors import PortalError, Text
from portal.exchange import http_signatures

MAX_DEPTH = 32
DRAIN_BYTES = 128 * 1024 * 1024
_CHUNK = 64 * 1024
LOOSEST = 50
"""Times that a packed body may grow: text of dossiers does so tenfold; more is nothing but the same sign again."""
# Escapes of NUL and of halves of surrogate pairs; whether a half stands alone is looked at afterwards.
_SUSPICIOUS_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class MalformedBodyError(PortalError):
    """The body is not the JSON that this API reads."""

    code = "input.malformed"
    status = 400
    message = _("Nội dung gửi lên không phải JSON hợp lệ.")


class BodyTooLargeError(PortalError):
    """The body is larger than the limit."""

    code = "input.too_large"
    status = 413
    message = _("Nội dung gửi lên quá lớn.")


class EncodingUnknownError(PortalError):
    """The body is packed in a way that is not read here (RFC 9110 §15.5.16)."""

    code = "input.encoding"
    status = 415
    message = _("Nội dung được nén theo cách Cổng không đọc. Hãy gửi không nén, hoặc nén bằng gzip.")
    headers: ClassVar[dict[str, str]] = {"Accept-Encoding": "gzip, deflate, identity"}


class CleanJSONParser(BaseParser):
    """DRF's way in; raises MalformedBodyError and BodyTooLargeError with words that say what to mend."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return the value of the body, keeping the raw bytes on the request for the idempotency digest."""
        request = stream
        limit = settings.API_BODY_MAX_BYTES
        raw = read_body(request.META.get("CONTENT_LENGTH"), stream, limit=limit)
        if parser_context is not None:
            caller = parser_context["request"]
            caller.raw_body = raw
            # the digest is of what was sent, packed or not (RFC 9530 §2)
            http_signatures.require_digest(getattr(caller.auth, "body_sha256", None), raw)
        return loads(unpacked(raw, request.META.get("HTTP_CONTENT_ENCODING", ""), limit=limit))


def read_body(content_length: str | None, stream: IO[bytes], *, limit: int) -> bytes:
    """Return the whole body; raises BodyTooLargeError once what comes is more than `limit` bytes.

    A length that is no number is unknown. What is too much is read and dropped within reason: a caller who is cut off
    while sending never sees the answer. Raises MalformedBodyError when the body breaks off.
    """
    announced = int(content_length) if content_length and content_length.isdigit() else 0
    body = BytesIO()  # which gives out what it holds without a copy
    total = 0
    try:
        while chunk := stream.read(_CHUNK if announced > limit else max(_CHUNK, announced)):
            total += len(chunk)
            if total <= limit and announced <= limit:
                body.write(chunk)
            elif total > DRAIN_BYTES:
                break
    except OSError:  # the sender went away, or a piece says a size that is none
        raise MalformedBodyError(_("Nội dung bị ngắt giữa chừng. Hãy gửi lại.")) from None
    if total > limit or announced > limit:
        raise _too_large(limit)
    return body.getvalue()


def unpacked(raw: bytes, packing: str, *, limit: int) -> bytes:
    """The body without its `Content-Encoding`, gzip or deflate (RFC 9110 §8.4.1), and no more of it than `limit` bytes.

    Raises EncodingUnknownError, BodyTooLargeError and MalformedBodyError: a small body may unpack to gigabytes, and
    strangers send bodies before it is known who they are.
    """
    match packing.strip().lower():
        case "" | "identity":
            return raw
        case "gzip" | "x-gzip":
            unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
        case "deflate":
            unpacking = zlib.decompressobj()
        case _:
            raise EncodingUnknownError
    most = min(limit, len(raw) * LOOSEST + _CHUNK)
    try:
        found = unpacking.decompress(raw, most + 1)
    except zlib.error:
        raise MalformedBodyError(_("Không giải nén được nội dung.")) from None
    if len(found) > most:
        raise _too_large(limit)
    if not unpacking.eof:
        raise MalformedBodyError(_("Nội dung bị ngắt giữa chừng. Hãy gửi lại."))
    if unpacking.unused_data:  # a million empty members would be a body of 20 MB
        raise MalformedBodyError(_("Nội dung nén gồm nhiều phần. Hãy nén thành một phần."))
    return found


def _too_large(limit: int) -> BodyTooLargeError:
    words = _("Nội dung gửi lên lớn hơn %(limit)s MB. Hãy chia thành nhiều lần gửi.")
    return BodyTooLargeError(words % {"limit": limit // 1024 // 1024})


def loads(raw: bytes, *, doubled_keys_allowed: bool = False, mends_text: bool = False) -> Any:
    """Return the JSON value of these bytes; raises MalformedBodyError saying what is wrong and where.

    With `mends_text` characters that cannot be stored are dropped instead of refused, and a line that was broken
    within a text is read: systems that put their JSON together by hand send what an official typed as it is.
    """
    try:
        text = raw.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        raise _malformed(_("Byte thứ %(position)s không phải UTF-8."), position=error.start + 1) from None
    if not text.strip():
        raise _malformed(_("Thiếu nội dung: hãy gửi một đối tượng JSON."))
    try:
        value = _decoder(doubled_keys_allowed, mends_text).decode(text)
    except json.JSONDecodeError as error:
        raise _malformed(
            _("JSON sai ở dòng %(line)s, cột %(column)s."), line=error.lineno, column=error.colno
        ) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        # an integer of thousands of digits, which Python refuses to read
        raise _malformed(_("Có số quá dài.")) from None
    # Depth and characters are looked at only where the bytes give reason to: most bodies have few brackets.
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH or b"\x00" in raw or _SUSPICIOUS_ESCAPE.search(raw):
        _require_shallow(value)
        if b"\x00" in raw or _SUSPICIOUS_ESCAPE.search(raw):
            value = _with_each_text(value, _mended if mends_text else _require_storable)
    return value


@cache
def _decoder(doubled_keys_allowed: bool, mends_text: bool) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=None if doubled_keys_allowed else _object_without_doubles,
        parse_constant=_refuse_constant,
        parse_float=_finite,
        strict=not mends_text,
    )


def _object_without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _value in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise _malformed(_("Khóa “%(name)s” xuất hiện hai lần trong cùng một đối tượng."), name=double[:60])
    return found


def _refuse_constant(name: str) -> Any:
    raise _malformed(_("%(name)s không phải là giá trị JSON."), name=name)


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise _malformed(_("Có số quá dài."))
    return number


def _require_shallow(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise _too_deep()
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        level = inner


def _with_each_text(value: Any, change: Callable[[str], str]) -> Any:
    """The same value with every string, names included, put through a function; the depth is known to be bounded."""
    if isinstance(value, dict):
        return {change(name): _with_each_text(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_each_text(inner, change) for inner in value]
    return change(value) if isinstance(value, str) else value


def _require_storable(text: str) -> str:
    if "\x00" in text:
        raise _malformed(_("Có ký tự NUL (\\u0000) trong một chuỗi. Hãy bỏ ký tự này."))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _malformed(_("Có nửa cặp thay thế Unicode (\\ud800–\\udfff) đứng riêng trong một chuỗi.")) from None
    return text


def _mended(text: str) -> str:
    return text.replace("\x00", "").encode(errors="ignore").decode()


def _too_deep() -> MalformedBodyError:
    return _malformed(_("Các đối tượng lồng nhau quá %(limit)s lớp."), limit=MAX_DEPTH)


def _malformed(detail: Text, **names: object) -> MalformedBodyError:
    return MalformedBodyError(detail % names if names else detail)
