"""For which organisations a person acts today, and as what (tư cách thành viên tổ chức).

A reader sees what the organisation has; a filer adds, files and answers; the legal representative also gives away,
deletes and says who the members are (Luật Doanh nghiệp 59/2020/QH14 art. 12).
"""

from datetime import date

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Organisation, OrganisationMember, OrganisationMemberQuerySet, OrganisationRole, User
from portal.core.errors import NotAllowedError, NotFoundError

FILERS = (OrganisationRole.REPRESENTATIVE, OrganisationRole.FILER)
"""Who brings papers and files in the organisation's name."""
ONLY_READS = _("Vai trò của bạn ở tổ chức này chỉ để xem. Hãy nhờ người đại diện đổi vai trò.")


def organisations_of(user: User, *, on: date | None = None, filing: bool = False) -> list[Organisation]:
    """The organisations that a person acts for, by name; `filing`: only those that she may file for."""
    posts = OrganisationMember.objects.filter(user=user).valid_on(on or timezone.localdate())
    if filing:
        posts = posts.filter(role__in=FILERS)
    return list(Organisation.objects.filter(pk__in=posts.values("organisation")).order_by("name", "pk"))


def organisation_of(user: User, pk: int) -> Organisation:
    """One of them; raises NotFoundError for any other, existing or not."""
    found = Organisation.objects.filter(pk__in=_posts(user, pk).values("organisation")).first()
    if found is None:
        raise NotFoundError
    return found


def organisation_to_file_for(user: User, pk: int) -> Organisation:
    """One that she may bring papers to and file for; raises NotFoundError, or NotAllowedError to who only reads."""
    found = organisation_of(user, pk)
    if not may_file(user, pk):
        raise NotAllowedError(ONLY_READS)
    return found


def organisation_ids(user: User) -> list[int]:
    """Keys of the organisations that she acts for today, for a filter that an index can serve."""
    posts = OrganisationMember.objects.filter(user=user).valid_on(timezone.localdate())
    return list(posts.order_by().values_list("organisation", flat=True).distinct())


def is_member(user: User, organisation_id: int) -> bool:
    """Whether the person acts for the organisation today, as whatever."""
    return bool(_posts(user, organisation_id).exists())


def may_file(user: User, organisation_id: int) -> bool:
    """Whether the person may bring papers and file in its name today."""
    return bool(_posts(user, organisation_id).filter(role__in=FILERS).exists())


def role_in(user: User, organisation_id: int) -> str:
    """As what she acts for it today, in Vietnamese, the highest first; empty for who is no member."""
    roles = set(_posts(user, organisation_id).values_list("role", flat=True))
    highest = next((role for role in OrganisationRole if role in roles), None)
    with translation.override("vi"):
        return str(highest.label) if highest is not None else ""


def is_representative(user: User, organisation_id: int) -> bool:
    """Whether the person is its legal representative today, who may also give away and delete."""
    return bool(_posts(user, organisation_id).filter(role=OrganisationRole.REPRESENTATIVE).exists())


def representatives(organisation_id: int) -> list[User]:
    """Its legal representatives today."""
    posts = OrganisationMember.objects.filter(organisation=organisation_id, role=OrganisationRole.REPRESENTATIVE)
    return list(User.objects.filter(pk__in=posts.valid_on(timezone.localdate()).values("user")).order_by("pk"))


def _posts(user: User, organisation_id: int) -> OrganisationMemberQuerySet:
    posts = OrganisationMember.objects.filter(user=user, organisation=organisation_id)
    return posts.valid_on(timezone.localdate())
