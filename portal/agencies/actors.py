"""Who is acting, and for whom: the one description that services, access rules and events share."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from portal.accounts.models import User
    from portal.agencies.models import Agency, ApiClient


class ActorKind(models.TextChoices):
    """Kind of actor in the transition table (vai của người thực hiện)."""

    CITIZEN = "citizen", _("Người nộp hồ sơ")
    HELPER = "helper", _("Người hỗ trợ")
    DESK = "desk", _("Bộ phận một cửa")
    AGENCY = "agency", _("Cơ quan giải quyết")
    LEADER = "leader", _("Lãnh đạo cơ quan")
    DELEGATE = "delegate", _("Người được giao ký")
    CONSULTED = "consulted", _("Cơ quan được hỏi ý kiến")
    PARTNER = "partner", _("Hệ thống của cơ quan")
    PAYMENT = "payment", _("Nền tảng thanh toán")
    SYSTEM = "system", _("Hệ thống")


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting person or system; exactly what an event row keeps of them."""

    kind: ActorKind
    user: "User | None" = None
    agency: "Agency | None" = None
    client: "ApiClient | None" = None
    name: str = ""
    """Shown in the timeline: the official's or system's name; empty for the citizen herself."""

    @classmethod
    def citizen(cls, user: "User") -> "Actor":
        """A signed-in citizen acting on her own dossiers."""
        return cls(kind=ActorKind.CITIZEN, user=user)

    @classmethod
    def partner(cls, client: "ApiClient") -> "Actor":
        """An agency's system that signed in with its own credentials; acts for its agency and those below."""
        return cls(
            kind=ActorKind.PARTNER,
            client=client,
            agency=client.agency,
            name=client.name,
        )

    @classmethod
    def payment(cls, gateway: str) -> "Actor":
        """A payment gateway whose signed message was verified."""
        return cls(kind=ActorKind.PAYMENT, name=gateway)

    @classmethod
    def system(cls) -> "Actor":
        """The portal itself: sweeps, deadlines, results."""
        return cls(kind=ActorKind.SYSTEM)
