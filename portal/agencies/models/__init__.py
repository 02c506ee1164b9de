"""Territory, agencies and who works or connects for them; every row is dated so that old codes still resolve."""

from portal.agencies.models.agencies import Agency, AgencyLevel, Branch, OneStopDesk, RoutingRule
from portal.agencies.models.calendar import CalendarDay, DayKind
from portal.agencies.models.clients import ApiClient, ClientKind, WireSession
from portal.agencies.models.dated import DatedQuerySet
from portal.agencies.models.internal_processes import InternalProcess, StageRole, StageUnit
from portal.agencies.models.posts import Absence, Membership, MembershipRole
from portal.agencies.models.signing import SigningDelegation, SigningManner
from portal.agencies.models.step_limits import HandStep, StepLimit
from portal.agencies.models.units import AdministrativeUnit, UnitLevel

__all__ = [
    "Absence",
    "AdministrativeUnit",
    "Agency",
    "AgencyLevel",
    "ApiClient",
    "Branch",
    "CalendarDay",
    "ClientKind",
    "DatedQuerySet",
    "DayKind",
    "HandStep",
    "InternalProcess",
    "Membership",
    "MembershipRole",
    "OneStopDesk",
    "RoutingRule",
    "SigningDelegation",
    "SigningManner",
    "StageRole",
    "StageUnit",
    "StepLimit",
    "UnitLevel",
    "WireSession",
]
