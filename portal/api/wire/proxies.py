"""The format of provinces' own proxies in front of the national portal (protocol §9.1), behind the same services.

Systems behind such a proxy read the catalogue by GET and post bare arrays to addresses of their operator's choice: what
is meant is told by the last part of the address, or by the fields of what is posted. They sign in nowhere. The address
itself carries the key that the portal gave (`/truc-mc/<key>/…`), or the system sends the account of the wire format as
HTTP Basic, or a session.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from dossiers.partners import wire_names
from dossiers.partners.wire import PORTAL_STATUS, PROGRESS, SYNC
from portal.agencies.models import ApiClient, ClientKind
from portal.api.authentication import known_clients, note_call
from portal.api.wire import dispatch, replies, sessions, store
from portal.api.wire.calls import Call
from portal.api.wire.replies import INVALID_FIELD, SESSION_EXPIRED, UNKNOWN_SERVICE, WireError
from portal.core.callers import client_ip
from portal.exchange import request_keys

READ = frozenset(
    {
        "laydanhsachtthc",
        "laythutuc",
        "layqdcb",
        "laydanhmuclinhvuc",
        "laydanhmuccoquan",
        "laydanhmucnhomthutuc",
        "laydanhmucthutucthuocloai",
        "tracuutechid",
        "getfile",
    }
)
"""Services that are read, by GET or by POST."""
READINGS = {"getfile": store.FETCH}
"""Those that the national portal calls otherwise."""
REPORTS = {name.lower(): name for name in (SYNC, PROGRESS, PORTAL_STATUS)} | {"dongbotrangthaihosokm": PORTAL_STATUS}


@csrf_exempt
@login_not_required
def proxy(request: HttpRequest, path: str = "", key: str = "") -> HttpResponse:
    """Answer a reading or a report, always with status 200."""
    name = path.rstrip("/").rpartition("/")[2]
    is_read = request.method == "GET" or name.lower() in READ
    failure = _failure_as_text if is_read else replies.failure
    return dispatch.guarded(lambda: _answer(request, name, key), failure=failure)


def _failure_as_text(code: str, message: str) -> HttpResponse:
    """Who reads parses `message`, whatever became of the call."""
    return replies.failure(code, _text({"error_code": code, "message": message}))


def _answer(request: HttpRequest, name: str, key: str) -> HttpResponse:
    client = _client(request, key)
    asked = wire_names.envelope(request.GET.dict())
    code = asked.get("MaDinhDanhDV", asked.get("madonvi", ""))
    agency = dispatch.named_agency(client, code.strip())
    if request.method not in {"GET", "POST"}:
        raise WireError(INVALID_FIELD, _("Hãy gọi bằng GET hoặc POST"))
    if request.method == "GET" or name.lower() in READ:
        if name.lower() not in READ:
            raise WireError(UNKNOWN_SERVICE, _("Không có dịch vụ %(name)s") % {"name": name[:60]})
        if request.method == "POST" and isinstance(told := dispatch.read_body_value(request), dict):
            asked |= wire_names.envelope(told)
        reply = dispatch.performed(Call(client, asked, agency), READINGS.get(name.lower(), name))
        # the proxies hand the national portal's reply on as text
        return replies.respond({"error_code": reply["error_code"], "message": _text(reply)})
    told = dispatch.read_body_value(request)
    if isinstance(told, dict):
        told = dispatch.with_data_read(told)
    data = told["data"] if isinstance(told, dict) and "data" in told else told
    service = REPORTS.get(name.lower()) or _meant(data)
    body = {"service": service, "isUpdating": asked.get("isUpdating", ""), "data": data}
    return replies.respond(dispatch.performed(Call(client, body, agency), service))


def _meant(data: Any) -> str:
    """Insert and update carry dossiers, progress carries lines: told apart by the name of the status."""
    items = data if isinstance(data, list) else [data]
    first = wire_names.respelled(next((item for item in items if isinstance(item, Mapping)), {}))
    return SYNC if "TrangThaiHoSo" in first or "MaTTHC" in first else PROGRESS


def _text(reply: dict[str, Any]) -> str:
    return json.dumps(reply, ensure_ascii=False, separators=(",", ":"))


def _client(request: HttpRequest, key: str) -> ApiClient:
    """Who calls: by the key in the address, by HTTP Basic, or by a session; raises WireError."""
    if key:
        found = request_keys.owner_of_address(key)
        # a key of a REST system says what it may do by its scopes, which the services here do not look at
        clients = known_clients().filter(pk=found, kind=ClientKind.WIRE)
        client = clients.first() if found is not None else None
        if client is None:
            raise WireError(SESSION_EXPIRED, _("Địa chỉ này không còn dùng được. Hãy xin địa chỉ mới ở Cổng."))
        note_call(client)
        return client
    scheme, _space, told = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "basic":
        username, password = _account(told)
        return sessions.account_of(username, password, ip=client_ip(request))
    return sessions.client_of(told.strip() if scheme.lower() == "bearer" else request.GET.get("session", ""))


def _account(told: str) -> tuple[str, str]:
    try:
        account = base64.b64decode(told, validate=True).decode().replace("\x00", "")  # no database keeps NUL
    except (binascii.Error, ValueError):
        return "", ""
    username, _colon, password = account.partition(":")
    return username[:150], password[:500]
