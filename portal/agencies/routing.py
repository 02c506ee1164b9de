"""Which agency decides, and in whose system (thẩm quyền giải quyết, nơi xử lý)."""

import time as clock
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.agencies import routing_rules
from portal.agencies.models import Agency, AgencyLevel, ApiClient, OneStopDesk, RoutingRule
from portal.core.errors import InvalidInputError

_known: dict[int, tuple[float, ApiClient | None]] = {}
"""Systems by agency, with the moment until which each is good: every filing asks, and they hardly change."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a filing goes, and what says so."""

    agency: Agency
    desk: OneStopDesk | None = None
    rule: RoutingRule | None = None
    """None: the division by branch, level and place."""


def route(
    *, level: str, branch: str, province_code: str, commune_code: str, procedure_code: str = "", on: date | None = None
) -> Route:
    """Return agency and desk for a procedure at a place: by the narrowest rule, else as the law divides them.

    Raises InvalidInputError naming `commune_code` when none is known there.
    """
    rules = routing_rules.matching(
        procedure_code=procedure_code,
        branch=branch,
        level=level,
        province_code=province_code,
        commune_code=commune_code,
        on=on or timezone.localdate(),
    )
    for rule in rules:
        if rule.agency.valid_to is None:  # a rule that outlived its agency moves nothing
            return Route(rule.agency, rule.desk, rule)
    agency = competent_agency(level=level, branch=branch, province_code=province_code, commune_code=commune_code)
    return Route(agency)


def competent_agency(*, level: str, branch: str, province_code: str, commune_code: str) -> Agency:
    """Return the agency of this branch and level that is responsible for a commune, rules apart.

    Raises InvalidInputError naming `commune_code` when none is known there.
    """
    candidates = Agency.objects.filter(branch=branch, level=level, valid_to__isnull=True)
    if level == AgencyLevel.COMMUNE:
        candidates = candidates.filter(unit__code=commune_code)
    elif level == AgencyLevel.PROVINCE:
        candidates = candidates.filter(unit__code=province_code)
    agency = candidates.order_by("code").first()
    if agency is None:
        raise InvalidInputError(
            fields={"commune_code": [_("Chưa có cơ quan tiếp nhận ở nơi này. Hãy chọn xã, phường khác.")]}
        )
    return agency


def handling_client(agency: Agency) -> ApiClient | None:
    """Return the system in which this agency's dossiers are decided, or None for the portal's back office.

    The nearest agency upwards with a receiving system wins; a system may be limited to some branches or one level.
    """
    known = _known.get(agency.pk)
    if known is not None and clock.monotonic() < known[0]:
        return known[1]
    found = _read_client(agency) if agency.path else None
    _known[agency.pk] = (clock.monotonic() + settings.ROUTING_KEPT_SECONDS, found)
    return found


def _read_client(agency: Agency) -> ApiClient | None:
    clients = ApiClient.objects.filter(
        agency__code__in=agency.line_codes, receives_dossiers=True, is_active=True
    ).select_related("agency")
    fitting = [
        client
        for client in clients
        if (not client.branches or agency.branch in client.branches)
        and (not client.agency_level or client.agency_level == agency.level)
    ]
    return max(fitting, key=lambda client: len(client.agency.path), default=None)
