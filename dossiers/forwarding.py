"""Moving a filing to the competent agency (chuyển hồ sơ đúng thẩm quyền): the portal moves it, not the citizen."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers import access, deadlines, papers, passage
from dossiers.models import Dossier
from dossiers.reasons import clean_reason
from portal.agencies import routing
from portal.agencies.actors import Actor
from portal.agencies.calendars import work_calendar
from portal.agencies.models import Agency
from portal.core.errors import InvalidInputError


def forward(code: str, *, actor: Actor, agency: Agency, reason: str) -> Dossier:
    """Hand a filing that came to the wrong agency to the right one; its code and its place in time stay.

    The new agency has the full time of intake from now on; the papers follow it and are closed to the old one. Raises
    InvalidInputError for the same or a closed agency, TransitionError once the filing was accepted.
    """
    with access.locked(code, actor=actor) as dossier:
        if agency.pk == dossier.agency_id:
            raise InvalidInputError(fields={"agency": [_("Hồ sơ đang ở chính cơ quan này.")]})
        if not Agency.objects.valid_on(timezone.localdate()).filter(pk=agency.pk).exists():
            raise InvalidInputError(fields={"agency": [_("Cơ quan này không còn hoạt động.")]})
        left = dossier.agency
        papers.end_grants(dossier)
        dossier.agency, dossier.assignee = agency, None
        dossier.handled_by = routing.handling_client(agency)
        dossier.intake_due_at = deadlines.intake_due_at(work_calendar(agency), timezone.now())
        dossier.save(update_fields=["agency", "handled_by"])
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
