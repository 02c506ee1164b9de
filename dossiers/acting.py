"""As whom a signed-in person works on a draft (người đang làm trên bản nháp): filer, helper, official at the counter.

The pages of filing are the same for all of them; what differs is whose papers they see and what is written about it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from datastore import readings, represented
from datastore.models import AccessLog, Document
from dossiers.models import ActsBy, Assistance, Dossier
from portal.accounts import representations, representing, written_mandates
from portal.accounts.models import Organisation, Representation, User
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.memberships import current_posts, official_name
from portal.agencies.models import Agency, MembershipRole
from portal.core.moments import start_of_today
from portal.core.text import whole_number

AT_COUNTER = "Tiếp nhận hồ sơ tại quầy"
SUPPLEMENT_AT_COUNTER = "Bổ sung hồ sơ tại quầy"
"""Purposes that a person reads in her access log; kept in Vietnamese."""


def on_draft(user: Any, public_id: UUID) -> Actor:
    """Return whom this person acts as on a draft; who has nothing to do with it acts for herself and finds none."""
    if isinstance(user, User) and user.is_official:
        agencies = Agency.objects.filter(counter_visits__dossiers__public_id=public_id)
        for actor in desk_actors(user):
            if actor.agency is not None and agencies.filter(pk=actor.agency.pk).exists():
                return actor
    if isinstance(user, User) and user.helps_others:
        held = Assistance.objects.in_force(timezone.now()).filter(helper=user, dossiers__public_id=public_id).first()
        if held is not None:
            return helper(held, user)
    return Actor.citizen(user)


@dataclass(frozen=True, slots=True)
class Chosen:
    """For whom somebody files: an organisation, a person by a representation, or herself."""

    organisation: Organisation | None = None
    representation: Representation | None = None


NOT_FOR_IT_AT_COUNTER = gettext_lazy(
    "Người ở quầy không còn được nộp hồ sơ thay tổ chức này. Hãy tiếp nhận lại người này tại quầy: cần giấy ủy quyền, "
    "hoặc người đại diện của tổ chức chỉ định."
)

PERSON = "nguoi-"
"""Before the id of a representation, where a form asks for whom one files."""


def chosen(user: User, value: str) -> Chosen:
    """For whom a person chose to file: by an organisation's key, or by a representation; raises NotFoundError."""
    if not value:
        return Chosen()
    if value.startswith(PERSON):
        return Chosen(representation=representations.get_held(user, value.removeprefix(PERSON)))
    return Chosen(organisation=representing.organisation_to_file_for(user, whole_number(value) or 0))


def files_for(dossier: Dossier, organisation_id: int) -> bool:
    """Whether a draft of an organisation may still be filed for it.

    By its member who files today, or at a counter by the visit at which an official saw the paper by which she acts;
    who came there as a member has to be one still.
    """
    if (visit := dossier.counter_visit) is not None:
        is_known = visit.acts_by != ActsBy.MEMBER or representing.may_file(visit.applicant, organisation_id)
        return visit.organisation_id == organisation_id and is_known
    return dossier.filer is not None and representing.may_file(dossier.filer, organisation_id)


def represents(dossier: Dossier, user: User) -> bool:
    """Whether she acts for a dossier's owner today: as the portal knows, or by the paper that a desk saw for it."""
    code = dossier.procedure_code
    if written_mandates.counts(dossier.representation, bearer_id=user.pk, procedure_code=code):
        return True
    return representations.acts_for(user.pk, dossier.owner_id or 0, code)


def comes_under(dossier: Dossier, user: User | None) -> Representation | None:
    """By what a paper comes that somebody adds to a dossier after it was filed: hers today, else that of the filing.

    Of two parents one may go on with what the other one began; what she adds is hers to read, and not the other's.
    """
    if dossier.representation is None or user is None or dossier.owner_id in {None, user.pk}:
        return dossier.representation
    held = representations.in_force_for(user.pk, dossier.owner_id or 0, dossier.procedure_code)
    same = [row for row in held if row.pk == dossier.representation_id]
    return next(iter([*same, *held]), dossier.representation)


def helper(held: Assistance, user: User) -> Actor:
    """Somebody who files under a right."""
    return Actor(kind=ActorKind.HELPER, user=user, name=held.helper_name)


def desk_actors(user: User) -> list[Actor]:
    """The desks this official works at today."""
    posts = current_posts(user).filter(role=MembershipRole.DESK).order_by("pk")
    return [Actor(kind=ActorKind.DESK, user=user, agency=post.agency, name=official_name(user, post)) for post in posts]


def page_context(dossier: Dossier, actor: Actor) -> dict[str, Any]:
    """What the pages of filing say about who is working for whom; empty for one's own filing."""
    if actor.kind == ActorKind.CITIZEN and dossier.representation is None:
        return {"for_whom": None}
    if dossier.representation is not None and actor.kind == ActorKind.CITIZEN:
        return {
            "for_whom": dossier.owner,
            "for_whom_title": _("Bạn đang nộp thay %(name)s") % {"name": dossier.owner},
            "for_whom_text": _("Hồ sơ và kết quả là của người ấy; tên bạn ghi là người nộp thay."),
            "for_whom_url": reverse("dossiers:representation"),
            "read_to": None,  # she who represents agrees herself
            "accepts_at_once": False,
        }
    if actor.kind == ActorKind.HELPER:
        return {
            "for_whom": dossier.owner,
            "for_whom_title": _("Bạn đang giúp %(name)s nộp hồ sơ") % {"name": dossier.owner},
            "for_whom_text": _("Tên bạn ghi trên giấy tiếp nhận. Người ấy thấy bản nháp này và những gì bạn đã xem."),
            "for_whom_url": reverse("dossiers:assistance"),
            "read_to": dossier.owner,
            "accepts_at_once": False,
        }
    visit = dossier.counter_visit
    home = reverse("admin:counter_visit", args=[visit.public_id]) if visit else reverse("admin:index")
    title = _("Tại quầy: hồ sơ của %(name)s") % {"name": dossier.owner}
    if dossier.representation is not None:
        told = {"principal": dossier.owner, "name": dossier.representative}
        title = _("Tại quầy: hồ sơ của %(principal)s, người nộp thay: %(name)s") % told
    if dossier.organisation is not None:
        names = {"organisation": dossier.organisation, "name": dossier.owner}
        title = _("Tại quầy: hồ sơ của %(organisation)s, người đến: %(name)s") % names
    return {
        "for_whom": dossier.owner,
        "for_whom_title": title,
        "for_whom_text": _("Mọi việc ghi tên bạn là cán bộ nhập thay. Đọc lại cho người nộp nghe trước khi nộp."),
        "for_whom_url": home,
        "read_to": dossier.representative or dossier.owner,  # who stands there
        "accepts_at_once": actor.kind == ActorKind.DESK,
    }


def purpose_on(dossier: Dossier, actor: Actor) -> str:
    """Why somebody reads for a draft, as the citizen reads it; kept in Vietnamese."""
    if actor.kind == ActorKind.HELPER:
        return f"Giúp nộp hồ sơ thủ tục {dossier.procedure_code}"
    if actor.kind == ActorKind.CITIZEN:
        return f"Nộp thay hồ sơ thủ tục {dossier.procedure_code}"
    return AT_COUNTER


def note_draft_seen(dossier: Dossier, actor: Actor) -> None:
    """Leave a row where a helper or a representative sees a person's answers, once a day and procedure.

    A desk's visit left its own.
    """
    is_for_another = actor.kind == ActorKind.CITIZEN and dossier.representation_id is not None
    if not (actor.kind == ActorKind.HELPER or is_for_another) or dossier.owner is None:
        return
    actor = replace(actor, name=actor.name or str(actor.user))
    purpose = purpose_on(dossier, actor)
    if not _noted_today(actor, purpose).filter(owner=dossier.owner, document=None).exists():
        readings.of_identity(dossier.owner, actor=actor, purpose=purpose, dossier_code=dossier.code or "")


def note_papers_seen(documents: Iterable[Document], *, actor: Actor, purpose: str) -> None:
    """Leave a row for each paper of a store that was shown to somebody else, once a day and person."""
    if actor.kind == ActorKind.CITIZEN:
        documents = [paper for paper in documents if paper.organisation_id is None and paper.owner_id != _key(actor)]
    represented.note_shown(documents, actor=actor, purpose=purpose)


def _key(actor: Actor) -> int | None:
    return actor.user.pk if actor.user is not None else None


def _noted_today(actor: Actor, purpose: str) -> QuerySet[AccessLog]:
    return AccessLog.objects.filter(reader=actor.user, purpose=purpose, read_at__gte=start_of_today())
