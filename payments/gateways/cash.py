"""Cash at the counter (tiền mặt tại quầy): no gateway, but orders paid that way are named and listed like the others.

Nothing comes from outside: no page to open, no notice to believe. The money is recorded by payments.cash.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from payments.gateways.base import BadSignatureError, Gateway, Notice, Opening
from payments.lifecycle import Verdict
from payments.models import PaymentOrder
from portal.core.errors import NotAllowedError


class Cash(Gateway):
    """Money handed over at a one-stop desk."""

    name = "tien-mat"
    label = _("Tiền mặt tại quầy")
    description = _("Nộp cho cán bộ thu phí tại bộ phận một cửa.")
    return_field = "ma"

    @property
    def terminal(self) -> str:
        """There is no merchant code; no message is addressed to it."""
        return ""

    def open(self, order: PaymentOrder, opening: Opening) -> str:
        """There is no page. Raises NotAllowedError."""
        raise NotAllowedError

    def read_notice(self, fields: Mapping[str, Any]) -> Notice:
        """Nobody sends notices of cash. Raises BadSignatureError."""
        raise BadSignatureError

    def reply(self, verdict: Verdict | None, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Nobody is answered."""
        return {}
