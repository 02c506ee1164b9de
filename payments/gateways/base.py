"""What every payment gateway can do, and the one shape in which its messages reach our services."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from payments.lifecycle import Verdict
from payments.models import PaymentOrder
from portal.core.errors import Text

MAX_FIELDS = 60
MAX_VALUE_LENGTH = 500
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


PAYER_CANCELLED = _("Bạn đã hủy giao dịch.")
"""Why an order failed, where the payer turned back herself: nothing was taken from her account."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a gateway needs beside the order to open its page."""

    client_ip: str
    return_url: str
    """Absolute address to which the payer's browser comes back."""
    language: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A gateway's message about an order, read and genuine."""

    reference: str
    terminal: str
    """The merchant code the message is addressed to."""
    amount_vnd: int | None
    """None: the amount cannot be read, which is a wrong amount."""
    is_paid: bool
    transaction: str = ""
    bank_code: str = ""
    failure: str = ""
    """Why the payment failed, in words for the payer."""
    occurred_at: datetime | None = None


class BadSignatureError(Exception):
    """The message is not signed by the gateway; nothing in it may be believed."""


class Gateway(ABC):
    """One payment gateway."""

    name: ClassVar[str]
    label: ClassVar[Text]
    description: ClassVar[Text]
    return_field: ClassVar[str]
    """Where the order's reference stands in the address the payer's browser comes back with; it proves nothing."""
    can_query: ClassVar[bool] = False
    """Whether the gateway can be asked what became of an order."""
    has_voucher: ClassVar[bool] = False
    """Whether the gateway gives out its own voucher of a payment."""
    untouched: ClassVar[tuple[Text, ...]] = ()
    """The failures by which the gateway itself says that nothing left the payer's account."""
    private_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields of a notice that are the payer's business alone: they are not kept."""

    @property
    @abstractmethod
    def terminal(self) -> str:
        """Our merchant code at this gateway."""

    @abstractmethod
    def open(self, order: PaymentOrder, opening: Opening) -> str:
        """Return the address of the payment page; may call the gateway, and raises UpstreamError without an answer."""

    @abstractmethod
    def read_notice(self, fields: Mapping[str, Any]) -> Notice:
        """Read a notice after checking its signature; raises BadSignatureError."""

    @abstractmethod
    def reply(self, verdict: Verdict | None, fields: Mapping[str, Any]) -> dict[str, Any]:
        """What the gateway wants to hear; None means that we failed and it shall try again."""

    def query(self, order: PaymentOrder) -> tuple[Notice | None, dict[str, Any]]:
        """Ask what became of an order; (None, answer) while it is open. Where `can_query`; raises UpstreamError."""
        raise NotImplementedError

    def voucher(self, order: PaymentOrder) -> bytes:
        """Fetch the gateway's own voucher of a paid order as PDF. Only where `has_voucher`; raises UpstreamError."""
        raise NotImplementedError


def storable(fields: Mapping[str, Any], *, leave_out: frozenset[str] = frozenset()) -> dict[str, str]:
    """The fields of a message as they can be kept: text of bounded length, without what the database cannot hold."""
    kept: dict[str, str] = {}
    for name, value in list(fields.items())[:MAX_FIELDS]:
        if name not in leave_out:
            kept[_clean(name)[:100]] = _clean(value if isinstance(value, str) else str(value))[:MAX_VALUE_LENGTH]
    return kept


def has_unstorable_text(fields: Mapping[str, Any]) -> bool:
    """Whether a message holds NUL or lone surrogates; no gateway signs such a thing."""
    return any(_UNSTORABLE.search(f"{name}{value}") for name, value in fields.items())


def _clean(text: str) -> str:
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def whole_number(text: Any) -> int | None:
    """A positive whole number in plain ASCII figures, or None."""
    figures = str(text) if isinstance(text, str | int) and not isinstance(text, bool) else ""
    if not (figures.isascii() and figures.isdigit() and len(figures) <= 18):
        return None
    return int(figures)
