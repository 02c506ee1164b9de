"""For which organisations a person acts today, and as what (tư cách thành viên tổ chức)."""

from datetime import date

from django.utils import timezone

from portal.accounts.models import Organisation, OrganisationMember, OrganisationRole, User
from portal.core.errors import NotFoundError


def organisations_of(user: User, *, on: date | None = None) -> list[Organisation]:
    """The organisations that a person acts for, by name."""
    posts = OrganisationMember.objects.filter(user=user).valid_on(on or timezone.localdate())
    return list(Organisation.objects.filter(pk__in=posts.values("organisation")).order_by("name", "pk"))


def organisation_of(user: User, pk: int) -> Organisation:
    """One of them; raises NotFoundError for any other, existing or not."""
    posts = OrganisationMember.objects.filter(user=user, organisation=pk).valid_on(timezone.localdate())
    found = Organisation.objects.filter(pk__in=posts.values("organisation")).first()
    if found is None:
        raise NotFoundError
    return found


def is_member(user: User, organisation_id: int) -> bool:
    """Whether the person acts for the organisation today, as whatever."""
    posts = OrganisationMember.objects.filter(user=user, organisation=organisation_id)
    return bool(posts.valid_on(timezone.localdate()).exists())


def is_representative(user: User, organisation_id: int) -> bool:
    """Whether the person is its legal representative today, who may also give away and delete."""
    posts = OrganisationMember.objects.filter(
        user=user, organisation=organisation_id, role=OrganisationRole.REPRESENTATIVE
    )
    return bool(posts.valid_on(timezone.localdate()).exists())
