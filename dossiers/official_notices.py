"""What comes to an official's hands is told to her (báo việc cho cán bộ), through the same channels as everything.

Whoever took the step herself hears nothing of it. A filing that arrives is told by the sweep (dossiers.watch), gathered
by the hour: a desk with two hundred filings a day would drown in letters.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dossiers.event_names import OF_STAGES, STAGE_RETURNED, SUPPLEMENTED
from dossiers.models import Dossier, DossierEvent
from portal.accounts.models import User
from portal.agencies import absences, memberships, signing
from portal.agencies.models import Agency, MembershipRole
from portal.core.language import speaking
from portal.notifications import services as notifications

R = MembershipRole
ASSIGNED = "dossier.assigned"


@dataclass(frozen=True, slots=True)
class Told:
    """Who hears of an event: who works on the dossier, or these posts where nobody does yet; and in which words."""

    posts: tuple[str, ...]
    words: Promise
    asks_assignee: bool = True
    of_asked: bool = False
    """The posts of the agency whose opinion is asked."""
    of_stage: bool = False
    """The post that the stage is for which begins (dossiers.stages)."""


TOLD = {
    ASSIGNED: Told((), _("Hồ sơ %(code)s được giao cho bạn")),
    "dossier.sent_back": Told((R.SPECIALIST,), _("Lãnh đạo trả lại hồ sơ %(code)s để sửa đề xuất")),
    "dossier.proposed": Told((R.LEADER,), _("Hồ sơ %(code)s được trình để duyệt"), asks_assignee=False),
    **dict.fromkeys(OF_STAGES, Told((), _("Hồ sơ %(code)s đến bước của bạn"), of_stage=True)),
    STAGE_RETURNED: Told((), _("Hồ sơ %(code)s được trả lại bước của bạn để làm lại"), of_stage=True),
    SUPPLEMENTED: Told((R.DESK,), _("Người nộp đã trả lời yêu cầu bổ sung của hồ sơ %(code)s")),
    "dossier.withdrawal_requested": Told((R.DESK,), _("Người nộp xin rút hồ sơ %(code)s")),
    "dossier.consultation_requested": Told(
        (R.SPECIALIST, R.LEADER), _("Cơ quan bạn được hỏi ý kiến về hồ sơ %(code)s"), asks_assignee=False, of_asked=True
    ),
    "dossier.consultation_answered": Told((R.SPECIALIST,), _("Đã có ý kiến của cơ quan được hỏi về hồ sơ %(code)s")),
}


def tell(dossier: Dossier, event: DossierEvent) -> None:
    """Write the notices of an event to the officials it concerns; the body names the procedure and nobody."""
    told = TOLD.get(event.name)
    if told is None or not dossier.is_decided_here:
        return
    for person in _people(told, dossier, event):
        if person.pk == event.actor_user_id:
            continue
        with speaking(person.language):
            subject = str(told.words) % {"code": dossier.code}
        notifications.notify(
            recipient=person,
            kind=f"{event.name}.official",
            subject=subject,
            body=f"{dossier.procedure_name}.",
            link=f"/quan-tri/ho-so/{dossier.code}/",
            reference=dossier.code or "",
            dedupe_key=f"{dossier.code}.{event.sequence}.official.{person.pk}",
        )


def _people(told: Told, dossier: Dossier, event: DossierEvent) -> Iterable[User]:
    agency = dossier.agency
    if told.of_asked:
        agency = Agency.objects.filter(code=event.data.get("agency", "")).first()
    if agency is None:
        return []
    found = [dossier.assignee] if told.asks_assignee and dossier.assignee is not None else []
    if event.name == "dossier.proposed":  # whoever may sign in the head's stead, too
        found = signing.signers(agency, dossier.procedure_code)
        found += [person for person in memberships.holders(agency, R.LEADER) if person not in found]
    elif not found:
        # a stage of anybody is the specialists' to take up
        posts = [event.data.get("role") or R.SPECIALIST] if told.of_stage else told.posts
        of = memberships.nearest_holders if told.of_stage else memberships.holders
        found = [person for post in posts for person in of(agency, post)]
    return absences.present(found, agency) if found else []
