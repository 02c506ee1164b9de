"""Who acts for an organisation (thành viên của tổ chức): appointed and dismissed by its legal representative.

The representative herself is whom the identity account names (NĐ 69/2024/NĐ-CP; portal.accounts.vneid) and nobody's to
appoint here. Each change is a line of history, written in the same transaction, and is told to whom it is about.
"""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts import representing
from portal.accounts.models import (
    CitizenProfile,
    MembershipAction,
    MembershipChange,
    Organisation,
    OrganisationMember,
    OrganisationMemberQuerySet,
    OrganisationRole,
    User,
)
from portal.core import identifiers
from portal.core.encryption import blind_index
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError, PortalError
from portal.core.language import speaking
from portal.core.text import fold
from portal.notifications import services as notifications

log = structlog.get_logger(__name__)

GIVEN = (OrganisationRole.FILER, OrganisationRole.READER)
"""The roles that a representative gives."""
MOST = 500
"""Members of one organisation; the page lists all of them."""
RESTORED_WITHIN = timedelta(days=30)
"""How long a dismissal is taken back by one press; later the person is appointed anew, by her number."""


@transaction.atomic
def appoint(organisation_id: int, *, actor: User, personal_id: str, full_name: str, role: str) -> MembershipChange:
    """Let somebody act for the organisation, from today; who has another role here has this one from now on.

    She must have signed in here once: number and name are compared with what her identity account said. Raises
    NotFoundError, NotAllowedError for all but the representative, InvalidInputError with the field's cure.
    """
    organisation = _locked(organisation_id, actor)
    if role not in GIVEN:
        raise InvalidInputError(fields={"role": [_("Chọn một vai trò trong danh sách.")]})
    user = _person(personal_id, full_name)
    posts = list(_current(organisation).filter(user=user))
    if any(post.role == OrganisationRole.REPRESENTATIVE for post in posts):
        raise InvalidInputError(fields={"personal_id": [_("Người này là người đại diện theo pháp luật.")]})
    if any(post.role == role for post in posts):
        raise InvalidInputError(fields={"personal_id": [_("Người này đang có đúng vai trò đó.")]})
    if not posts and _current(organisation).values("user").distinct().count() >= MOST:
        raise ConflictError(_("Tổ chức đã có %(most)d thành viên. Hãy cho thôi bớt thành viên trước.") % {"most": MOST})
    for post in posts:
        _end(post)
    return _begin(organisation, user, role, MembershipAction.APPOINTED, by=actor)


@transaction.atomic
def dismiss(organisation_id: int, post_id: int, *, actor: User) -> MembershipChange | None:
    """End somebody's post at once; nothing where it has ended already.

    Raises NotFoundError, NotAllowedError for all but the representative and for a representative's own post.
    """
    organisation = _locked(organisation_id, actor)
    post = get_post(organisation, post_id)
    if post.role == OrganisationRole.REPRESENTATIVE:
        raise NotAllowedError(_("Người đại diện theo pháp luật thay đổi theo tài khoản định danh của tổ chức."))
    if not _current(organisation).filter(pk=post.pk).exists():
        return None
    _end(post)
    return _note(organisation, post.user, post.role, MembershipAction.DISMISSED, by=actor)


@transaction.atomic
def restore(organisation_id: int, change_id: int, *, actor: User) -> MembershipChange:
    """Take a dismissal back. Raises NotFoundError for what is none of this organisation's, or too long ago."""
    organisation = _locked(organisation_id, actor)
    change = MembershipChange.objects.select_related("user").filter(pk=change_id, organisation=organisation).first()
    if change is None or change.pk not in restorable(organisation, timezone.now()):
        raise NotFoundError
    return _begin(organisation, change.user, change.role, MembershipAction.RESTORED, by=actor)


@transaction.atomic
def leave(organisation_id: int, *, actor: User) -> None:
    """Give up one's own posts at once; the representatives are told. Raises NotFoundError, NotAllowedError."""
    organisation = representing.organisation_of(actor, organisation_id)
    Organisation.objects.select_for_update(no_key=True).only("pk").get(pk=organisation.pk)
    for post in _current(organisation).filter(user=actor):
        if post.role == OrganisationRole.REPRESENTATIVE:
            raise NotAllowedError(_("Người đại diện theo pháp luật thay đổi theo tài khoản định danh của tổ chức."))
        _end(post)
        _note(organisation, actor, post.role, MembershipAction.LEFT, by=actor)


def members(organisation: Organisation) -> list[OrganisationMember]:
    """Who acts for it today: representatives first, then by name."""
    posts = _current(organisation).select_related("user__citizen")
    return sorted(posts, key=lambda post: (post.role not in {OrganisationRole.REPRESENTATIVE}, fold(str(post.user))))


def get_post(organisation: Organisation, post_id: int) -> OrganisationMember:
    """A post of this organisation, running or ended; raises NotFoundError."""
    post = OrganisationMember.objects.select_related("user").filter(pk=post_id, organisation=organisation).first()
    if post is None:
        raise NotFoundError
    return post


def restorable(organisation: Organisation, now: datetime) -> set[int]:
    """Which lines of the history can be taken back: the last word about somebody who was dismissed of late."""
    recent = MembershipChange.objects.filter(organisation=organisation, changed_at__gte=now - RESTORED_WITHIN)
    last: dict[int, MembershipChange] = {}
    for change in recent.order_by("id"):
        last[change.user_id] = change
    acting = set(_current(organisation).values_list("user", flat=True))
    return {
        change.pk
        for change in last.values()
        if change.action == MembershipAction.DISMISSED
        and change.user_id not in acting
        and change.role in GIVEN
        and change.changed_by_id is not None
    }


def _locked(organisation_id: int, actor: User) -> Organisation:
    """The organisation, for its representative alone; locked, so that two of them do not cross."""
    organisation = representing.organisation_of(actor, organisation_id)
    if not representing.is_representative(actor, organisation.pk):
        raise NotAllowedError(_("Chỉ người đại diện theo pháp luật chỉ định và cho thành viên thôi."))
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def _person(personal_id: str, full_name: str) -> User:
    unknown = _(
        "Không tìm thấy người có số và họ tên này. Hãy xem lại cả hai; "
        "người ấy cần đăng nhập Cổng bằng VNeID ít nhất một lần."
    )
    try:
        number = identifiers.clean_personal_id(personal_id)
    except PortalError as error:
        raise InvalidInputError(fields={"personal_id": [error.message]}) from error
    profile = CitizenProfile.objects.select_related("user").filter(personal_id_index=blind_index(number)).first()
    if (
        profile is None
        or profile.is_from_counter
        or not profile.user.is_active
        or fold(profile.full_name) != fold(" ".join(full_name.split()))
    ):
        raise InvalidInputError(fields={"personal_id": [unknown]})
    return profile.user


def _current(organisation: Organisation) -> OrganisationMemberQuerySet:
    return OrganisationMember.objects.filter(organisation=organisation).valid_on(timezone.localdate())


def _begin(
    organisation: Organisation, user: User, role: str, action: MembershipAction, *, by: User
) -> MembershipChange:
    OrganisationMember.objects.update_or_create(
        organisation=organisation,
        user=user,
        role=role,
        defaults={"valid_from": timezone.localdate(), "valid_to": None},
    )
    return _note(organisation, user, role, action, by=by)


def _end(post: OrganisationMember) -> None:
    post.valid_to = timezone.localdate() - timedelta(days=1)  # the last day is still hers; today is not
    post.save(update_fields=["valid_to"])


def _note(organisation: Organisation, user: User, role: str, action: MembershipAction, *, by: User) -> MembershipChange:
    change = MembershipChange.objects.create(
        organisation=organisation,
        user=user,
        user_name=str(user)[:200],
        role=role,
        action=action,
        changed_by=by,
        changed_by_name=str(by)[:200],
        changed_at=timezone.now(),
    )
    log.info("organisation.members_changed", organisation_id=organisation.pk, user_id=user.pk, action=str(action))
    has_left = action == MembershipAction.LEFT
    for person in representing.representatives(organisation.pk) if has_left else [user]:
        _tell(person, organisation, change)
    return change


def _tell(person: User, organisation: Organisation, change: MembershipChange) -> None:
    """By inbox and e-mail, in the reader's language; names the organisation and nobody else."""
    with speaking(person.language):
        role = OrganisationRole(change.role).label
        texts = {
            MembershipAction.APPOINTED: (
                _("Bạn được chỉ định làm thành viên của một tổ chức"),
                _(
                    "%(organisation)s chỉ định bạn với vai trò “%(role)s”. "
                    "Nếu không đúng, bạn tự thôi trên trang tổ chức."
                ),
            ),
            MembershipAction.RESTORED: (
                _("Bạn lại là thành viên của một tổ chức"),
                _(
                    "%(organisation)s chỉ định lại bạn với vai trò “%(role)s”. "
                    "Nếu không đúng, bạn tự thôi trên trang tổ chức."
                ),
            ),
            MembershipAction.DISMISSED: (
                _("Bạn thôi làm thành viên của một tổ chức"),
                _(
                    "%(organisation)s đã cho bạn thôi vai trò “%(role)s”. "
                    "Bạn không xem được kho và hồ sơ của tổ chức nữa."
                ),
            ),
            MembershipAction.LEFT: (
                _("Một thành viên đã tự thôi"),
                _(
                    "Một thành viên của %(organisation)s đã tự thôi vai trò “%(role)s”. "
                    "Lịch sử trên trang tổ chức ghi rõ."
                ),
            ),
        }
        subject, body = texts[MembershipAction(change.action)]
        notifications.notify(
            recipient=person,
            kind=f"organisation.member_{change.action}",
            subject=subject,
            body=body % {"organisation": organisation.name, "role": role},
            link="/to-chuc/",
            dedupe_key=f"organisation.member.{change.pk}.{person.pk}",
        )
