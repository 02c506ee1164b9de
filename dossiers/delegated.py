"""A decision signed in the head's stead (ký thay): who was given it, on which dossiers, and what the event says of it.

One guard for every way in: `require`, called by dossiers.passage under the lock of the dossier. What somebody may sign
for another is exactly a proposal of somebody else, at the agency and for the procedures of the paper that says so
(portal.agencies.signing); it opens no other step, and whoever was given it gives it to nobody.
"""

from typing import Any

from django.db.models import BigIntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from dossiers import at_hand
from dossiers.models import Dossier, DossierEvent
from portal.accounts.models import User
from portal.agencies import signing
from portal.agencies.actors import Actor, ActorKind
from portal.agencies.models import SigningDelegation
from portal.core.errors import Text, TransitionError
from portal.core.moments import vn_date, vn_datetime

FORM, NUMBER, DAY = "signs_for", "signing_paper", "signing_paper_date"
"""Told with what was signed or sent back for another: the form of signature, and the paper that allows it."""


def require(dossier: Dossier, actor: Actor) -> dict[str, Any]:
    """What the event of her step tells of the paper that allows it; the row stays as it is until the step is done.

    Raises TransitionError in words: nothing was given to her, it was taken back or has run out, it is not for this
    procedure, nobody proposed anything, or it is her own work: proposed by her, or hers to handle.
    """
    if actor.user is None:
        raise TransitionError(_("Bạn không được giao ký hồ sơ này."))
    rows = SigningDelegation.objects.in_force(timezone.localdate()).covering(dossier.procedure_code)
    given = rows.filter(agency=dossier.agency_id, signer=actor.user).order_by("pk")
    row = given.select_for_update(of=("self",), no_key=True).first()
    if row is None:
        raise TransitionError(why_not(dossier, actor.user) or _("Bạn không được giao ký hồ sơ này."))
    if words := not_proposed(dossier, actor.user):
        raise TransitionError(words)
    return {
        FORM: signing.form_of_signature(row),
        NUMBER: row.document_number,
        DAY: row.document_date.isoformat(),
    }


def not_proposed(dossier: Dossier, user: User | None) -> Text:
    """Why who signs for another does not decide it: nobody proposed it, or it is her own work. Empty where she may.

    Two who sign for one head could else propose each other's work. `proposed_to` says the same of rows.
    """
    if dossier.proposed_at is None:
        return _("Hồ sơ chưa được trình. Người được giao ký chỉ ký hồ sơ đã có người trình.")
    if user is not None and _proposed_by(dossier) == user.pk:
        return _("Đề xuất này do chính bạn trình. Hãy để lãnh đạo hoặc người được giao ký khác duyệt.")
    if user is not None and dossier.assignee_id == user.pk:
        return _("Bạn là người thụ lý hồ sơ này. Hãy để lãnh đạo hoặc người được giao ký khác duyệt.")
    return ""


def _proposed_by(dossier: Dossier) -> int | None:
    events: list[DossierEvent] | None = at_hand.of(dossier, at_hand.EVENTS)
    if events is not None:
        return next((event.actor_user_id for event in reversed(events) if event.name == "dossier.proposed"), None)
    made = dossier.events.filter(name="dossier.proposed").order_by("-sequence")
    return made.values_list("actor_user", flat=True).first()


def why_not(dossier: Dossier, user: User) -> str:
    """Why what was given to her does not hold for this dossier now; empty where nothing ever was."""
    given = SigningDelegation.objects.filter(agency=dossier.agency_id, signer=user)
    row = given.covering(dossier.procedure_code).order_by("-written_at", "-pk").first()
    if row is None:
        return _now("Bạn không được giao ký thủ tục này. Hãy để lãnh đạo duyệt.") if given.exists() else ""
    if row.revoked_at is not None:
        told = {"at": vn_datetime(row.revoked_at), "reason": row.revoked_for}
        return _now("Việc giao ký cho bạn đã bị thu hồi lúc %(at)s: %(reason)s. Hãy để lãnh đạo duyệt.") % told
    today = timezone.localdate()
    if row.valid_to < today:
        return _now("Việc giao ký cho bạn đã hết hạn ngày %(day)s. Hãy để lãnh đạo duyệt.") % {
            "day": vn_date(row.valid_to)
        }
    if row.valid_from > today:
        return _now("Việc giao ký cho bạn có giá trị từ ngày %(day)s. Hãy để lãnh đạo duyệt.") % {
            "day": vn_date(row.valid_from)
        }
    return _now("Bạn hoặc người giao ký không còn giữ chức vụ tại cơ quan này. Hãy để lãnh đạo duyệt.")


def form_for(dossier: Dossier, user: User | None) -> str:
    """What will stand above her title when she signs now; empty where she may not."""
    rows = SigningDelegation.objects.in_force(timezone.localdate()).covering(dossier.procedure_code)
    row = rows.filter(agency=dossier.agency_id, signer=user).order_by("pk").first()
    return signing.form_of_signature(row) if row is not None else ""


def form_in(event: DossierEvent) -> str:
    """In which form it was signed for another, as the event tells; empty for any other event."""
    return str(event.data.get(FORM, "")) if event.actor_kind == ActorKind.DELEGATE else ""


def words(event: DossierEvent) -> str:
    """The same in a sentence with the paper that allows it, for whoever reads the history."""
    if not (form := form_in(event)):
        return ""
    told = {"form": form, "number": event.data.get(NUMBER, ""), "day": vn_date(parse_date(str(event.data.get(DAY))))}
    return _now("Hình thức ký: %(form)s, theo văn bản số %(number)s ngày %(day)s.") % told


def proposed_to(rows: "list[signing.Held]", user: User) -> Q:
    """Which proposals wait for her signature: of what she may sign, all but her own work, as `not_proposed` has it."""
    found = Q(pk__in=[])
    for held in rows:
        found |= held.rows
    made = DossierEvent.objects.filter(dossier=OuterRef("pk"), name="dossier.proposed").order_by("-sequence")
    last = Coalesce(Subquery(made.values("actor_user")[:1]), 0, output_field=BigIntegerField())
    by_herself = Q(Exact(last, user.pk))
    return found & (Q(assignee__isnull=True) | ~Q(assignee=user)) & ~by_herself
