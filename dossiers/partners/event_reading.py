"""Reading a status event as another system words it: our own API's fields, served by others. Pure."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dossiers.charging import MAX_AMOUNT_VND
from dossiers.partners.status_events import EVENTS, PartnerEvent
from dossiers.partners.wire import CODE_MAX_LENGTH, WireFieldError

SERVICE = "StatusEvent"
LENGTHS = {"reference": 150, "reason": 10_000}
MOST_FILES = 10
FILE_NAME_LENGTH, URL_LENGTH = 200, 2000
OFFICIAL = {"name": 200, "title": 150, "unit": 300}


@dataclass(frozen=True, slots=True)
class ToldFile:
    """A result paper of an event: its bytes, or where they are to be fetched."""

    name: str
    content: bytes = b""
    url: str = ""


def read_event(told: Any) -> PartnerEvent:
    """The event of an item; raises WireFieldError naming the field that cannot be used."""
    if not isinstance(told, Mapping):
        raise WireFieldError(_("Mỗi sự kiện phải là một đối tượng JSON"))
    event = told.get("event")
    if event not in EVENTS:
        raise WireFieldError(
            _("event phải là một trong: %(names)s (đang là “%(told)s”)")
            % {"names": ", ".join(EVENTS), "told": str(event)[:40]}
        )
    result = told.get("result") if isinstance(told.get("result"), Mapping) else {}
    data = {
        "official": {name: _text(told.get("official"), name, most) for name, most in OFFICIAL.items()},
        "due_at": _moment(told, "due_at") if told.get("due_at") else None,
        "components": [item for item in _list(told, "components") if isinstance(item, Mapping)],
        "payments": _payments(told),
        "legal_basis": str(told.get("legal_basis") or ""),
        "corrections": _texts(told, "corrections"),
        "result": {name: value for name, value in dict(result or {}).items() if name != "files"},
    }
    return PartnerEvent(
        code=_required(told, "code", CODE_MAX_LENGTH),
        event=str(event),
        occurred_at=_moment(told, "occurred_at"),
        reference=_required(told, "reference", LENGTHS["reference"]),
        reason=str(told.get("reason") or "")[: LENGTHS["reason"]],
        data=data,
    )


def read_files(told: Mapping[str, Any]) -> list[ToldFile]:
    """The result papers of an item; raises WireFieldError naming the field that cannot be used."""
    result = told.get("result")
    listed = result.get("files") if isinstance(result, Mapping) else None
    if not listed:
        return []
    if not isinstance(listed, list) or len(listed) > MOST_FILES:
        raise WireFieldError(_("result.files phải là mảng có nhiều nhất %(most)d tệp") % {"most": MOST_FILES})
    files = [_file(item, position) for position, item in enumerate(listed)]
    if len({bool(file.url) for file in files}) > 1:
        raise WireFieldError(_("result.files: mọi tệp của một sự kiện phải cùng có content_base64 hoặc cùng có url"))
    return files


def _file(item: Any, position: int) -> ToldFile:
    field = f"result.files[{position}]"
    name = _text(item, "name", FILE_NAME_LENGTH)
    encoded, url = _raw(item, "content_base64"), _raw(item, "url")
    if not name or bool(encoded) == bool(url) or len(url) > URL_LENGTH:
        words = _("%(field)s phải có name, và content_base64 hoặc url, không cả hai")
        raise WireFieldError(words % {"field": field})
    try:
        content = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise WireFieldError(_("%(field)s.content_base64 không phải base64 hợp lệ") % {"field": field}) from None
    return ToldFile(name, content, url)


def _raw(told: Any, name: str) -> str:
    value = told.get(name) if isinstance(told, Mapping) else None
    return value.strip() if isinstance(value, str) else ""


def _required(told: Mapping[str, Any], name: str, most: int) -> str:
    value = told.get(name)
    text = value.strip() if isinstance(value, str) else ""
    if not text or len(text) > most:
        raise WireFieldError(_("%(field)s phải có, dài không quá %(most)d ký tự") % {"field": name, "most": most})
    return text


def _text(told: Any, name: str, most: int) -> str:
    value = told.get(name) if isinstance(told, Mapping) else None
    return value.strip()[:most] if isinstance(value, str) else ""


def _list(told: Mapping[str, Any], name: str) -> list[Any]:
    value = told.get(name)
    return value if isinstance(value, list) else []


def _payments(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = [item for item in _list(told, "payments") if isinstance(item, Mapping)]
    for position, item in enumerate(found):
        amount = item.get("amount_vnd")
        if isinstance(amount, bool) or not isinstance(amount, int) or not 0 < amount <= MAX_AMOUNT_VND:
            words = _("payments[%(position)d].amount_vnd phải là số đồng nguyên dương (đang là “%(told)s”)")
            raise WireFieldError(words % {"position": position, "told": str(amount)[:40]})
    return found


def _texts(told: Mapping[str, Any], name: str) -> dict[str, str]:
    value = told.get(name)
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {str(key): text for key, text in pairs if isinstance(text, str)}


def _moment(told: Mapping[str, Any], name: str) -> datetime:
    value = told.get(name)
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment.year < 2000:
        raise WireFieldError(_("%(field)s phải là thời điểm ISO 8601 có múi giờ") % {"field": name})
    return moment
