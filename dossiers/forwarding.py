"""Moving a filing to the competent agency (chuyển hồ sơ đúng thẩm quyền): the portal moves it, not the citizen."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers import access, deadlines, finding, papers, passage
from dossiers.models import Dossier
from dossiers.reasons import clean_reason
from portal.agencies import routing
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.calendars import work_calendar
from portal.agencies.models import Agency
from portal.core.errors import InvalidInputError
from procedures import competence

MOST_FORWARDS = 3
"""After so many hand-ons a filing wanders; agencies that cannot agree have a common superior, who decides."""


def suggested(dossier: Dossier) -> routing.Route | None:
    """Where the rules of today would send a filing, if not where it lies; None where they say nothing else."""
    version = dossier.procedure_version
    if version is None:
        return None
    try:
        found = competence.route(version, province_code=dossier.province_code, commune_code=dossier.commune_code)
    except InvalidInputError:
        return None
    return found if found.agency.pk != dossier.agency_id else None


def forward(code: str, *, actor: Actor, agency: Agency, reason: str) -> Dossier:
    """Hand a filing that came to the wrong agency to the right one; its code and its place in time stay.

    The new agency has the full time of intake from now on; the papers follow it and are closed to the old one. Raises
    InvalidInputError for the same or a closed agency, and for one that handed it on itself unless a leader sends it;
    TransitionError once the filing was accepted. After MOST_FORWARDS only a leader hands it on.
    """
    with access.locked(code, actor=actor) as dossier:
        if actor.kind != ActorKind.LEADER:
            _refuse_to_wander(dossier, agency)
        if agency.pk == dossier.agency_id:
            raise InvalidInputError(fields={"agency": [_("Hồ sơ đang ở chính cơ quan này.")]})
        if not Agency.objects.valid_on(timezone.localdate()).filter(pk=agency.pk).exists():
            raise InvalidInputError(fields={"agency": [_("Cơ quan này không còn hoạt động.")]})
        left = dossier.agency
        papers.end_grants(dossier)
        dossier.agency, dossier.assignee = agency, None
        route = suggested(dossier)
        dossier.desk = route.desk if route is not None and route.agency.pk == agency.pk else None
        dossier.handled_by = routing.handling_client(agency)
        dossier.intake_due_at = deadlines.intake_due_at(work_calendar(agency), timezone.now())
        dossier.save(update_fields=["agency", "desk", "handled_by"])
        finding.move(dossier)
        passage.apply(
            dossier,
            "forward",
            actor=actor,
            reason=clean_reason(reason),
            data={
                "from": left.code if left else "",
                "from_name": left.name if left else "",
                "to": agency.code,
                "to_name": agency.name,
            },
        )
        papers.share_all(dossier)
        return dossier


def _refuse_to_wander(dossier: Dossier, agency: Agency) -> None:
    """Raise where a filing would go round in a circle."""
    handed_on = list(dossier.events.filter(name="dossier.forwarded").values_list("data__from", flat=True))
    if agency.code in handed_on:
        words = _("Cơ quan này đã chuyển hồ sơ đi vì không đúng thẩm quyền. Hãy xin ý kiến lãnh đạo.")
        raise InvalidInputError(fields={"agency": [words]})
    if len(handed_on) >= MOST_FORWARDS:
        words = _("Hồ sơ đã chuyển %(times)d lần. Hãy để lãnh đạo quyết định cơ quan giải quyết.")
        raise InvalidInputError(fields={"agency": [words % {"times": len(handed_on)}]})
