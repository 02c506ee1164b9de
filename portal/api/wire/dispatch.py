"""The one view behind every address of the wire protocol: the body says what is meant (protocol §0.1, §1.1)."""

import json
import re
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation, TooManyFieldsSent
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from structlog.contextvars import bound_contextvars

from dossiers.partners import wire_names
from dossiers.partners.code_tables import book_of
from dossiers.partners.codebook import AGENCY
from portal.agencies.codes import find_agency, is_elsewhere
from portal.agencies.models import Agency, ApiClient
from portal.api.parsers import MalformedBodyError, loads, read_body, unpacked
from portal.api.throttling import counter
from portal.api.wire import catalogue, dossiers, procedures, questions, replies, sessions, store  # noqa: F401 - five register services
from portal.api.wire.calls import SERVICES, Call
from portal.api.wire.replies import WireError
from portal.core import lock_waits
from portal.core.callers import client_ip
from portal.core.errors import PortalError
from portal.exchange import watching

log = structlog.get_logger(__name__)

FORM = "application/x-www-form-urlencoded"
"""What an HTTP library says when nothing was chosen: JSON comes under this name, and fields of a form do."""
MULTIPART = "multipart/form-data"
SESSION_WITHIN = 4096
_SESSION = re.compile(rb'"session"\s*:\s*"([A-Za-z0-9_-]{20,100})"', re.IGNORECASE)
"""Of a body that is no JSON: clients put the session first."""


@csrf_exempt
@login_not_required
def wire(request: HttpRequest, path: str = "") -> HttpResponse:
    """Answer a login or a call, always with status 200; the path says nothing but where the door is."""
    return guarded(lambda: _answer(request))


def guarded(
    answer: Callable[[], HttpResponse], *, failure: Callable[[str, str], HttpResponse] = replies.failure
) -> HttpResponse:
    """The answer, or what went wrong in the words and codes of the protocol."""
    try:
        return answer()
    except WireError as error:
        log.info("wire.refused", code=error.code)
        return failure(error.code, error.message)
    except PortalError as error:
        log.info("wire.refused", code=error.code)
        code = replies.NOT_PERMITTED if error.status in (403, 404) else replies.INVALID_FIELD
        return failure(code, str(error.message))
    except OperationalError as error:
        if lock_waits.is_row_held(error):
            log.warning("wire.row_held")
            return failure(replies.INTERNAL, _("Một yêu cầu khác đang giữ hồ sơ này, hãy gửi lại sau ít giây"))
        log.exception("wire.database_away")
        return failure(replies.INTERNAL, _("Cổng tạm thời chưa phục vụ được, hãy gửi lại sau ít phút"))


def _answer(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        raise WireError(replies.INVALID_FIELD, _("Hãy gọi bằng POST với nội dung JSON"))
    told = read_body_value(request, names_caller=True)
    if isinstance(told, str) and told.lstrip().startswith("{"):  # encoded twice
        told = parse_json(told.encode(errors="replace"))
    if not isinstance(told, dict):
        raise WireError(replies.INVALID_FIELD, _("Nội dung phải là một đối tượng JSON"))
    body = with_data_read(told)
    if not body.get("session") and ("username" in body or "password" in body):
        return _sign_in(body, ip=client_ip(request))
    service = str(body.get("service") or "").strip()[:60]
    call = _open(body)
    reply = performed(call, service)
    if call.client.wraps_replies and "result" in reply:
        # as some exchanges hand it on: the whole reply as text within one (protocol §9.1, §10.1)
        text = json.dumps(reply, ensure_ascii=False, separators=(",", ":"))
        reply = {"error_code": reply["error_code"], "message": text}
    return replies.respond(reply)


def performed(call: Call, service: str) -> dict[str, Any]:
    """What a service answers, as its caller reads it; raises as the service does."""
    with bound_contextvars(service=service):
        return _performed(call, service)


def _performed(call: Call, service: str) -> dict[str, Any]:
    watching.asked.set(service)
    count(call.client, service)
    answer = _service(service)(call)
    watching.refused.set(answer.code)
    reply: dict[str, Any] = {
        "error_code": answer.code or call.client.success_literal,
        "message": answer.message,
    }
    if answer.result is not None:
        reply["result"] = answer.result
    log.info("wire.answered", client_id=call.client.pk, code=reply["error_code"])
    return reply


def read_body_value(request: HttpRequest, *, names_caller: bool = False) -> Any:
    """The JSON value of a body, or the fields of a form; raises WireError.

    `names_caller`: the session stands within it, so that of a body that cannot be read it is looked for.
    """
    limit = settings.WIRE_BODY_MAX_BYTES
    raw = read_body(request.META.get("CONTENT_LENGTH"), request, limit=limit)
    raw = unpacked(raw, request.META.get("HTTP_CONTENT_ENCODING", ""), limit=limit)
    if request.content_type == FORM and not raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        try:
            # as JSON text again: NUL and lone surrogates are mended in one place, by parse_json
            raw = json.dumps(QueryDict(raw, encoding="utf-8").dict()).encode()
        except TooManyFieldsSent:
            raise WireError(replies.INVALID_FIELD, _("Biểu mẫu có quá nhiều trường")) from None
    elif request.content_type == MULTIPART:
        raw = json.dumps(_of_multipart(request.META["CONTENT_TYPE"], raw)).encode()
    try:
        return parse_json(raw)
    except WireError:
        if names_caller and (told := _SESSION.search(raw[:SESSION_WITHIN])):
            sessions.claim(told[1].decode())
        raise


def _of_multipart(content_type: str, raw: bytes) -> dict[str, Any]:
    """The fields of a form in parts, without its files: nothing of the protocol comes as one."""
    meta = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(raw))}
    try:
        fields, _files = MultiPartParser(meta, BytesIO(raw), [], "utf-8").parse()
    except (MultiPartParserError, SuspiciousOperation):
        raise WireError(replies.INVALID_FIELD, _("Không đọc được biểu mẫu multipart/form-data")) from None
    return fields.dict()


def with_data_read(told: Mapping[str, Any]) -> dict[str, Any]:
    """A call by the names of the protocol; `data` that came as text, within the JSON or in a form, is read."""
    body = wire_names.envelope(told)
    if isinstance(text := body.get("data"), str) and text.lstrip().startswith(("{", "[")):
        body["data"] = parse_json(text.encode(errors="replace"))
    if isinstance(items := body.get("data"), list) and any(isinstance(item, str) for item in items):
        body["data"] = [_element_read(item) for item in items]
    return body


def _element_read(item: Any) -> Any:
    """An element that came as text; one that cannot be read stays what it is, and keeps no other out."""
    if not isinstance(item, str) or not item.lstrip().startswith("{"):
        return item
    try:
        return parse_json(item.encode(errors="replace"))
    except WireError:
        return item


def parse_json(raw: bytes) -> Any:
    """The JSON value of what was sent, without what no database keeps; raises WireError."""
    try:
        return loads(raw, doubled_keys_allowed=True, mends_text=True)
    except MalformedBodyError as error:
        raise WireError(replies.INVALID_FIELD, str(error.message)) from None


def _sign_in(body: dict[str, Any], *, ip: str) -> HttpResponse:
    watching.asked.set("login")
    username, password = (str(body.get(name) or "") for name in ("username", "password"))
    if not username or not password:
        raise WireError(replies.INVALID_FIELD, _("Thiếu username hoặc password"))
    client, token = sessions.sign_in(username[:150], password[:500], ip=ip)
    return replies.respond({"error_code": client.success_literal, "message": _("Thành công"), "session": token})


def _open(body: dict[str, Any]) -> Call:
    client = sessions.client_of(str(body.get("session") or ""))
    code = str(body.get("madonvi") or body.get("donViXuLy") or "").strip()
    return Call(client, body, named_agency(client, code))


def count(client: ApiClient, service: str) -> None:
    """Hold a system to the rate of the API; looking people up by number, which is guessing when it is much, to less."""
    calls, _seconds = counter.add(f"wire:{client.pk}")
    if calls > settings.API_RATE_PER_MINUTE:
        raise WireError(replies.INTERNAL, _("Gọi quá nhanh, hãy gửi lại sau ít phút"))
    if service.lower() in catalogue.LOOKS_PEOPLE_UP:
        calls, _seconds = counter.add(f"wire:people:{client.pk}")
        if calls > catalogue.LOOK_UPS_PER_MINUTE:
            raise WireError(replies.INTERNAL, _("Tra cứu quá nhanh, hãy gửi lại sau ít phút"))


def named_agency(client: ApiClient, code: str) -> Agency | None:
    """The agency `madonvi` names; raises WireError for another's.

    An unknown code is taken, and names none, unless it lies below another province.
    """
    if not code or code in (client.wire_agency_code, client.agency.code):
        return client.agency
    code = book_of(client).find(AGENCY, code) or code
    agency = find_agency(code, asker=client.agency)
    is_foreign = is_elsewhere(code, client.agency) if agency is None else not agency.is_within(client.agency)
    if is_foreign:
        raise WireError(replies.NOT_PERMITTED, _("Tài khoản không có quyền với madonvi %(code)s") % {"code": code[:60]})
    return agency


def _service(name: str) -> Any:
    if not name:
        raise WireError(replies.INVALID_FIELD, _("Thiếu service"))
    found = SERVICES.get(name.lower())
    if found is None:
        raise WireError(replies.UNKNOWN_SERVICE, _("Không có dịch vụ %(name)s") % {"name": name})
    return found
