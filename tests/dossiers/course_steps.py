"""Officials who change the course of a dossier, and an agency that is asked about it."""

from datetime import timedelta

from django.utils import timezone

from dossiers import consultation
from dossiers.models import Dossier
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import Agency
from portal.core.calendar import WorkCalendar
from tests import factories

CALENDAR = WorkCalendar.national()


def working_day(days: int):
    """A working day some days from now."""
    return CALENDAR.this_or_next_working_day(timezone.localdate() + timedelta(days=days))


def other_agency() -> Agency:
    return factories.make_other_agency()


def actor(dossier: Dossier, kind: ActorKind) -> Actor:
    assert dossier.agency is not None
    return factories.official_actor(dossier.agency, kind)


def asked(dossier: Dossier, *, legal_basis: str = "") -> Dossier:
    return consultation.request_consultation(
        dossier.code or "",
        actor=actor(dossier, ActorKind.AGENCY),
        agency=other_agency(),
        question="Có tranh chấp không?",
        answer_due_on=working_day(10),
        legal_basis=legal_basis,
    )
