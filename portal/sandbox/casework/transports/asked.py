"""A system that only answers: its events lie in a feed which the portal reads from a cursor on (docs/api/pull.md)."""

from portal.sandbox.casework.models import Push
from portal.sandbox.casework.transports.base import Outcome
from portal.sandbox.casework.transports.rest import RestTransport


class AskedTransport(RestTransport):
    """It signs in for the papers of its dossiers only."""

    unit = "Bộ phận dịch vụ khách hàng thử nghiệm, Điện lực"
    leader = "Giám đốc Điện lực"
    number_suffix = "KQ-DL"
    is_asked = True
    scope = "documents:read"

    def deliver(self, push: Push) -> Outcome:
        return Outcome.retry("Hệ thống này không tự gửi: Cổng hỏi thì trả lời")
