"""An agency whose terms are watched, and who was told of them."""

from datetime import datetime

from dossiers import watch_rules
from dossiers.models import Dossier
from portal.agencies.models import Agency, AgencyLevel, MembershipRole
from portal.core.calendar import VIETNAM, WorkCalendar
from portal.notifications.models import Channel, Message
from tests import factories

MONDAY = datetime(2026, 11, 9, 9, 0, tzinfo=VIETNAM)
CALENDAR = WorkCalendar.national()


def told(dossier: Dossier) -> dict[str, set[str]]:
    """Names of those who were told, by rule."""
    found: dict[str, set[str]] = {}
    for message in Message.objects.filter(reference=dossier.code, channel=Channel.INBOX, kind__contains="_"):
        rule = message.kind.removeprefix("dossier.")
        if rule in {each.name for each in watch_rules.RULES}:
            found.setdefault(rule, set()).add(message.recipient.display_name)
    return found


def watched() -> Agency:
    """A commune with a desk and a leader, below a province with a leader."""
    agency = factories.make_agency()
    factories.make_official(agency, MembershipRole.DESK, "Quầy")
    factories.make_official(agency, MembershipRole.LEADER, "Lãnh đạo phường")
    assert agency.parent is not None and agency.parent.level == AgencyLevel.PROVINCE
    factories.make_official(agency.parent, MembershipRole.LEADER, "Lãnh đạo tỉnh")
    return agency
