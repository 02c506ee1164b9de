"""Help with filing (hỗ trợ nộp hồ sơ): a citizen gives a right by a one-time code, a helper files under it by name.

The dossier is the citizen's: she is its filer and owner, gets every message, and sees the draft while it is typed. The
helper sees what the right covers, for as long as it lasts, and each reading leaves a row that the citizen sees. QĐ
29/2026/QĐ-TTg (access for the elderly and disabled), Luật 91/2025/QH15 (purpose, consent withdrawn at any time).
"""

import re
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers import acting, bundle_filing, drafts, filing
from dossiers.errors import IdentityLevelError
from dossiers.facts import facts_of
from dossiers.lifecycle import DossierState
from dossiers.models import Assistance, BundleFiling, Dossier
from portal.accounts.models import CitizenProfile, IdentityLevel, User
from portal.agencies.actors import Actor, ActorKind
from portal.core.encryption import blind_index
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from portal.core.language import speaking
from portal.core.moments import start_of_today
from portal.core.text import clean_line
from portal.notifications import services as notifications
from procedures.eforms.prefilling import EARLIER, STORE
from procedures.models import Field as ProcedureField
from procedures.models import Procedure, ProcedureVersion

CODE_LASTS = timedelta(minutes=15)
CODE_LENGTH = 8
LONGEST_DAYS = 30
MOST_OPEN = 10
"""Rights one person may have open at a time; a family needs two or three."""
NOBODY_KNOWN = gettext_lazy(
    "Cổng chưa biết đích danh cơ quan nhận hồ sơ của thủ tục này nên bạn chưa nộp giúp trên mạng được. "
    "Người nhờ cần nộp tại cơ quan ghi ở trang thủ tục."
)
_NOT_DIGITS = re.compile(r"[^0-9]+")


class Given(NamedTuple):
    """A right and its code, which is shown this once and kept as a digest."""

    assistance: Assistance
    code: str


@transaction.atomic
def give(
    *,
    actor: Actor,
    kind: str,
    days: int,
    procedure_code: str = "",
    field_code: str = "",
    may_use_store: bool = False,
) -> Given:
    """Give a right to whoever brings the code within a quarter of an hour; it ends with the last of the days.

    Raises IdentityLevelError below level 2, InvalidInputError for a scope or term that is none, ConflictError with too
    many open ones.
    """
    citizen = _person(actor)
    now = timezone.now()
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInputError(fields={"days": [_("Chọn một thời hạn trong danh sách.")]})
    if procedure_code and not Procedure.objects.filter(code=procedure_code, is_open=True).exists():
        raise InvalidInputError(fields={"procedure_code": [_("Không có thủ tục này. Hãy xem lại mã thủ tục.")]})
    if field_code and not ProcedureField.objects.filter(code=field_code).exists():
        raise InvalidInputError(fields={"field_code": [_("Hãy chọn một lĩnh vực trong danh sách.")]})
    mine = Assistance.objects.filter(citizen=citizen)
    mine.filter(claimed_at__isnull=True, code_expires_at__lte=now).exclude(code_index="").update(code_index="")
    if (
        mine.filter(revoked_at__isnull=True, valid_until__gt=now).exclude(code_index="", helper=None).count()
        >= MOST_OPEN
    ):
        raise ConflictError(_("Bạn đang có quá nhiều người giúp. Hãy thu hồi bớt rồi trao tiếp."))
    while True:
        code = f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}d}"
        try:
            with transaction.atomic():
                made = Assistance.objects.create(
                    citizen=citizen,
                    kind=kind,
                    procedure_code=procedure_code,
                    field_code="" if procedure_code else field_code,
                    may_use_store=may_use_store,
                    code_index=_index(code),
                    created_at=now,
                    code_expires_at=now + CODE_LASTS,
                    valid_until=_end_of(now, days),
                )
        except IntegrityError:  # somebody else's open code, one in a hundred million
            continue
        return Given(made, code)


@transaction.atomic
def claim(typed: str, *, actor: Actor, organisation: str = "") -> Assistance:
    """Take up a right by its code, once; the citizen is told.

    Raises InvalidInputError("code"), with the same words for every cause.
    """
    helper = _person(actor)
    now = timezone.now()
    refused = InvalidInputError(fields={"code": [_("Mã không đúng, đã dùng hoặc đã hết hạn. Hãy hỏi lại người nhờ.")]})
    code = _NOT_DIGITS.sub("", typed)
    if len(code) != CODE_LENGTH:
        raise refused
    found = (
        Assistance.objects.select_for_update(of=("self",))
        .select_related("citizen")
        .filter(code_index=_index(code), revoked_at__isnull=True, code_expires_at__gt=now)
        .first()
    )
    if found is None:
        raise refused
    if found.citizen_id == helper.pk:
        raise InvalidInputError(fields={"code": [_("Đây là mã của chính bạn. Hãy đưa mã cho người giúp.")]})
    workplace = clean_line(organisation)[:120]
    found.helper, found.claimed_at, found.code_index = helper, now, ""
    found.helper_name = f"{helper.display_name}, {workplace}" if workplace else helper.display_name
    found.save(update_fields=["helper", "claimed_at", "code_index", "helper_name"])
    User.objects.filter(pk=helper.pk).update(helps_others=True)
    _tell(found)
    return found


@transaction.atomic
def end(public_id: UUID, *, user: User) -> Assistance:
    """End a right, as the citizen who gave it or the helper who holds it; at once, and repeating it is idle.

    A filing that is being sent at this moment is either whole before the end or refused after it.
    """
    found = Assistance.objects.select_for_update().filter(public_id=public_id).first()
    if found is None or user.pk not in {found.citizen_id, found.helper_id}:
        raise NotFoundError
    if found.revoked_at is None:
        found.revoked_at, found.code_index = timezone.now(), ""
        found.save(update_fields=["revoked_at", "code_index"])
    return found


def get_held(public_id: UUID, *, user: Any) -> tuple[Assistance, Actor]:
    """Return a right this person holds now, and as whom she acts; raises NotFoundError."""
    found = (
        Assistance.objects.in_force(timezone.now())
        .select_related("citizen__citizen")
        .filter(public_id=public_id, helper=user)
        .first()
    )
    if found is None:
        raise NotFoundError
    return found, acting.helper(found, user)


@transaction.atomic
def start(held: Assistance, version: ProcedureVersion, *, actor: Actor) -> Dossier:
    """Open a draft for the citizen, or return the unfinished one of this right.

    It begins with what her identity account says; what lies in her store or in earlier dossiers only where she said so.
    Raises NotAllowedError outside the scope, ProcedureClosedError, also where nobody knows which agency takes it in,
    and IdentityLevelError.
    """
    if not held.covers(version):
        raise NotAllowedError(_("Người nhờ không trao quyền cho thủ tục này."))
    profile = CitizenProfile.objects.select_for_update().filter(user=held.citizen_id).first()
    drafts.check_may_file(version, profile)
    drafts.check_is_taken(version, NOBODY_KNOWN)
    unfinished = held.dossiers.filter(state=DossierState.DRAFT, procedure_version=version).order_by("-id").first()
    if unfinished is not None:
        return unfinished
    with translation.override("vi"):
        known = facts_of(held.citizen)
    if not held.may_use_store:
        known |= {STORE: {}, EARLIER: {}}
    draft = drafts.open_new(
        version,
        owner=held.citizen,
        filer=held.citizen,
        known=known,
        assistance=held,
        province_code=profile.province_code if profile else "",
        commune_code=profile.commune_code if profile else "",
    )
    acting.note_draft_seen(draft, actor)
    return draft


@transaction.atomic
def submit(public_id: UUID, *, actor: Actor, procedure_code: str) -> Dossier:
    """File a draft under its right, which is locked first: who ends it at this moment is before or after.

    Raises NotFoundError where the right is over, and what filing.submit raises.
    """
    _lock_right(public_id, actor)
    return filing.submit(public_id, actor=actor, procedure_code=procedure_code)


@transaction.atomic
def submit_bundle(public_id: UUID, *, actor: Actor, procedure_code: str) -> BundleFiling:
    """File a declaration of linked procedures under its right, as submit does one dossier."""
    _lock_right(public_id, actor)
    return bundle_filing.submit(public_id, actor=actor, procedure_code=procedure_code)


def _lock_right(public_id: UUID, actor: Actor) -> None:
    held = (
        Assistance.objects.select_for_update(of=("self",))
        .filter(dossiers__public_id=public_id, helper=actor.user)
        .first()
    )
    if actor.kind != ActorKind.HELPER or held is None or not held.is_in_force(timezone.now()):
        raise NotFoundError(code="dossier.not_found")


def _person(actor: Actor) -> User:
    """The citizen herself; a right is given and taken up at level 2 only (QĐ 29/2026/QĐ-TTg)."""
    user = actor.user
    profile = CitizenProfile.objects.filter(user=user).first() if user is not None else None
    if user is None or profile is None or profile.identity_level < IdentityLevel.TWO:
        raise IdentityLevelError
    return user


def _index(code: str) -> str:
    return blind_index(f"assistance:{code}")


def _end_of(now: datetime, days: int) -> datetime:
    """Midnight after the last of the days, today being the first."""
    return start_of_today(now) + timedelta(days=days)


def _tell(found: Assistance) -> None:
    citizen = found.citizen
    with speaking(citizen.language):
        notifications.notify(
            recipient=citizen,
            kind="assistance.claimed",
            subject=_("Có người đã nhận quyền giúp bạn nộp hồ sơ"),
            body=_("Mã bạn trao đã được dùng. Nếu không phải người bạn nhờ, hãy thu hồi quyền ngay."),
            link="/giup-nop-ho-so/",
            dedupe_key=f"assistance.{found.public_id}",
        )
