"""Which agency decides, and in whose system (thẩm quyền giải quyết, nơi xử lý)."""

import time as clock
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.agencies import codes, routing_rules
from portal.agencies.models import Agency, AgencyLevel, ApiClient, OneStopDesk, RoutingRule
from portal.core.errors import InvalidInputError

_known: dict[int, tuple[float, ApiClient | None]] = {}
"""Systems by agency, with the moment until which each is good: every filing asks, and they hardly change."""


NATIONAL = frozenset({AgencyLevel.MINISTRY, AgencyLevel.OTHER})
"""Levels at which a place says nothing about who decides: it is known by name or not at all."""
UNKNOWN = _(
    "Cổng chưa biết đích danh cơ quan nhận hồ sơ của thủ tục này nên chưa nộp trên mạng được. "
    "Hãy nộp tại cơ quan ghi ở trang thủ tục."
)


@dataclass(frozen=True, slots=True)
class Route:
    """Where a filing goes, and what says so."""

    agency: Agency
    desk: OneStopDesk | None = None
    rule: RoutingRule | None = None
    """None: the division by branch, level and place."""


def route(
    *,
    level: str,
    branch: str,
    province_code: str,
    commune_code: str,
    procedure_code: str = "",
    on: date | None = None,
    deciding: Sequence[str] | None = None,
    issuer_code: str = "",
) -> Route:
    """Return agency and desk for a procedure at a place: by the narrowest rule, else as the law divides them.

    At the level of the ministries `deciding` are the codes of who decides as far as they are known, and `issuer_code`
    is that of the publisher. Raises InvalidInputError naming `commune_code` when none is known there.
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
            # nor does a closed desk take in what the rule sends to it: the agency does
            return Route(rule.agency, rule.desk if rule.desk and rule.desk.is_active else None, rule)
    if level in NATIONAL:
        return Route(national_agency(level=level, branch=branch, deciding=deciding, issuer_code=issuer_code))
    agency = competent_agency(level=level, branch=branch, province_code=province_code, commune_code=commune_code)
    return Route(agency)


def competent_agency(*, level: str, branch: str, province_code: str, commune_code: str) -> Agency:
    """Return the agency of this branch and level that is responsible for a commune, rules apart.

    Raises InvalidInputError naming `commune_code` when none is known there.
    """
    if level in NATIONAL:
        return national_agency(level=level, branch=branch)
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


def national_agency(*, level: str, branch: str, deciding: Sequence[str] | None = None, issuer_code: str = "") -> Agency:
    """Return the ministry or national body that decides, or that has its tasks today; nobody is put in its place.

    `deciding`: codes of who decides, an empty one where the procedure leaves it open; None where nothing says it, and
    then it is the only one of its branch, else the publisher. What a ministry that has ended was asked to do is with
    the publisher: the tasks of some were divided among several. Raises InvalidInputError naming `commune_code`.
    """
    issuer = _top(issuer_code) if issuer_code else None
    if deciding is None:
        found = list(Agency.objects.filter(branch=branch, level=level, valid_to__isnull=True).order_by("code")[:50])
        if len(found) > 1:
            found = [agency for agency in found if issuer is not None and agency.pk == issuer.pk]
    else:
        named = [_decider(code, issuer) for code in deciding]
        # one that the portal does not know decides as well: who of them takes it in is left open
        found = [] if None in named else list({agency.pk: agency for agency in named if agency is not None}.values())
    if len(found) != 1 or found[0].level not in NATIONAL:
        raise InvalidInputError(fields={"commune_code": [UNKNOWN]})
    return found[0]


def _decider(code: str, issuer: Agency | None) -> Agency | None:
    agency = Agency.objects.filter(code=code).first()
    if agency is None or agency.valid_to is None:
        return agency
    return issuer or _top(code)


def _top(code: str) -> Agency | None:
    """The open ministry or national body that a code names or lies below."""
    agency = codes.find_agency(code) or codes.find_root(code)
    return agency if agency is not None and agency.valid_to is None else None


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
