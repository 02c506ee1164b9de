"""What a wire client reads: `error_code` compared as text, `message` searched for words (protocol §0.5, §0.6, §5)."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from portal.exchange import watching

WRONG_CREDENTIALS = "-1"
SESSION_EXPIRED = "-2"
UNKNOWN_SERVICE = "-4"
INVALID_FIELD = "-5"
NOT_PERMITTED = "-6"
INTERNAL = "-99"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer of a service; `code` is empty for success, whose literal is the client's own setting."""

    message: str
    code: str = ""
    result: Any = None
    """A list, an object for LayDVC, or None for services whose clients read only code and message."""


class WireError(Exception):
    """A call that cannot be done, in words the other side's operator can act on."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def done(result: Any = None, message: str = "") -> Reply:
    """Success; clients look for the words "thành công"."""
    return Reply(message or _("Thành công"), result=result)


def failure(code: str, message: str) -> HttpResponse:
    """An answer that says what went wrong; the status stays 200, or the client takes it for a lost connection."""
    watching.refused.set(code)
    return respond({"error_code": code, "message": message})


def respond(body: dict[str, Any]) -> HttpResponse:
    """The answer as bytes; pure ASCII, since some clients read it in another encoding than the one announced."""
    text = json.dumps(body, ensure_ascii=True, separators=(",", ":"))
    return HttpResponse(text, content_type="application/json; charset=utf-8")
