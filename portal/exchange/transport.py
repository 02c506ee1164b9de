"""The one HTTP client: time limits, no redirects, bounded answers, no address that a partner chose freely.

Everything that leaves the portal goes through here, so that a slow or lying outside system costs a bounded wait and
nothing else. Answers with an error status are returned, not raised: what they mean is the caller's business. Only
addresses out of the settings (`is_ours`) may lie anywhere; all others are checked at the moment of connecting.
"""

import json
import os
import time
from collections.abc import Iterable, Mapping
from functools import cache
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.core.errors import Text, UpstreamError
from portal.exchange.checked_connections import CheckedTransport, HostNotAllowedError

log = structlog.get_logger(__name__)

Response = httpx.Response

MAX_ANSWER_BYTES = 1024 * 1024
CONNECT_TIMEOUT_SECONDS = 3
DEFAULT_PORTS = {"http": 80, "https": 443}


class UpstreamTimeoutError(UpstreamError):
    """The outside system did not answer in time."""

    code = "upstream.timeout"
    message = _("Hệ thống bên ngoài không trả lời kịp thời gian quy định.")


class UpstreamAnswerError(UpstreamError):
    """The outside system answered with something that cannot be read: too long, broken off, no HTTP."""

    code = "upstream.answer_unreadable"
    message = _("Hệ thống bên ngoài trả lời không đúng quy cách.")


class AddressNotAllowedError(UpstreamError):
    """An address that a partner gave us points to a host nobody registered for it (protocol §3.3, SSRF guard)."""

    code = "upstream.address_not_allowed"
    status = 422
    message = _("Địa chỉ tệp không thuộc danh sách máy chủ đã đăng ký của hệ thống này.")


LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=15)


@cache
def _client_of(process_id: int, is_ours: bool) -> httpx.Client:
    # The environment's proxies are not trusted: what stands between us and a partner is decided by addresses, not by
    # variables that happen to be set.
    checked = None if is_ours else CheckedTransport(verify=httpx.create_ssl_context(trust_env=False), limits=LIMITS)
    return httpx.Client(
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": "cong-dich-vu-cong/1", "Accept": "application/json"},
        limits=LIMITS,
        transport=checked,
    )


_guard = Lock()


def _client(*, is_ours: bool) -> httpx.Client:
    """One pool of connections per process; a forked worker does not share its parent's."""
    with _guard:  # without it two threads could each make one, and a pool would be lost with its connections open
        return _client_of(os.getpid(), is_ours)


def close_connections() -> None:
    """Close what is open to other systems, as at the end of a process or a test."""
    with _guard:
        for is_ours in (True, False):
            _client_of(os.getpid(), is_ours).close()
        _client_of.cache_clear()


def post_json(
    url: str,
    payload: Any,
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
    max_bytes: int = MAX_ANSWER_BYTES,
    is_ours: bool = False,
) -> Response:
    """POST a JSON value and return the answer, whatever its status; raises UpstreamError when there is none."""
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    kind = {"Content-Type": "application/json"}
    return _exchange(
        "POST",
        url,
        content=body,
        headers={**kind, **(headers or {})},
        timeout=timeout,
        max_bytes=max_bytes,
        is_ours=is_ours,
    )


def post_bytes(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    timeout: float | None = None,
    max_bytes: int = MAX_ANSWER_BYTES,
) -> Response:
    """POST bytes that are already in their final form, such as a signed message."""
    return _exchange("POST", url, content=body, headers=headers, timeout=timeout, max_bytes=max_bytes)


def get(
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    timeout: float | None = None,
    max_bytes: int = MAX_ANSWER_BYTES,
    is_ours: bool = False,
) -> Response:
    """GET an address; raises UpstreamError when no complete answer comes."""
    return _exchange("GET", url, headers=headers, params=params, timeout=timeout, max_bytes=max_bytes, is_ours=is_ours)


def get_partner_file(
    url: str,
    *,
    allowed_hosts: Iterable[str],
    max_bytes: int,
    timeout: float | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Fetch a file from an address that a partner sent, only from hosts registered for that partner.

    Raises AddressNotAllowedError for any other host, and UpstreamError when the file does not come whole.
    """
    require_allowed_address(url, allowed_hosts)
    response = get(url, headers={"Accept": "*/*", **(headers or {})}, timeout=timeout, max_bytes=max_bytes)
    if response.status_code != httpx.codes.OK:
        raise UpstreamError(
            _("Máy chủ tệp trả lời mã %(status)s.") % {"status": response.status_code}, code="upstream.file_not_served"
        )
    return response.content


def require_allowed_address(url: str, allowed_hosts: Iterable[str]) -> None:
    """Check an address against a list of `host` (default ports only) and `host:port`; raises AddressNotAllowedError.

    Names are compared here; what they resolve to is checked when the connection is made, as for every partner's
    address. Redirects are never followed, so the check holds for the request that is made.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressNotAllowedError from None
    host = (parts.hostname or "").rstrip(".")
    is_default_port = port is None or port == DEFAULT_PORTS.get(parts.scheme)
    wanted = {f"{host}:{port}"} if port is not None else set()
    if is_default_port:
        wanted.add(host)
    known = {allowed.strip().lower().rstrip(".") for allowed in allowed_hosts}
    if parts.scheme not in DEFAULT_PORTS or parts.username is not None or not host or not wanted & known:
        raise AddressNotAllowedError


def _exchange(
    method: str,
    url: str,
    *,
    timeout: float | None = None,
    max_bytes: int = MAX_ANSWER_BYTES,
    is_ours: bool = False,
    **request: Any,
) -> Response:
    seconds = settings.HTTP_TIMEOUT_SECONDS if timeout is None else timeout
    limits = httpx.Timeout(seconds, connect=min(CONNECT_TIMEOUT_SECONDS, seconds))
    deadline = time.monotonic() + seconds
    try:
        with _client(is_ours=is_ours).stream(method, url, timeout=limits, **request) as response:
            content = _read(response, deadline=deadline, max_bytes=max_bytes)
    except HostNotAllowedError as error:
        raise _failed(error, url, error) from None
    except httpx.TimeoutException as error:
        raise _failed(UpstreamTimeoutError(), url, error) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise _failed(
            UpstreamError(_("Địa chỉ gọi ra không hợp lệ."), code="upstream.address_invalid"), url, error
        ) from error
    except (httpx.DecodingError, httpx.RemoteProtocolError) as error:
        raise _failed(UpstreamAnswerError(), url, error) from error
    except httpx.HTTPError as error:
        raise _failed(UpstreamError(), url, error) from error
    # The body came through the decoder already; handing the old headers on would decode it twice.
    kept = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in _BODY_HEADERS]
    return Response(response.status_code, headers=kept, content=content, request=response.request)


_BODY_HEADERS = {"content-encoding", "content-length", "transfer-encoding"}


def _read(response: Response, *, deadline: float, max_bytes: int) -> bytes:
    # httpx limits the wait for each piece; an answer that trickles for ever is stopped here.
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > max_bytes:
            raise UpstreamAnswerError(_too_long(max_bytes), code="upstream.answer_too_long")
        if time.monotonic() > deadline:
            raise UpstreamTimeoutError
    return bytes(content)


def _too_long(max_bytes: int) -> Text:
    return _("Câu trả lời dài quá %(limit)s byte.") % {"limit": max_bytes}


def _failed(error: UpstreamError, url: str, cause: Exception) -> UpstreamError:
    # The host only: paths and queries can carry codes and one-time keys.
    log.warning(
        "transport.failed", host=urlsplit(url).netloc.rpartition("@")[2], error=type(cause).__name__, code=error.code
    )
    return error
