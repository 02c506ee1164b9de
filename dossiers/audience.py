"""Who hears of an organisation's dossier (người nhận tin của tổ chức), and who in place of a filer who left."""

from dossiers.models import Dossier
from portal.accounts import representing
from portal.accounts.models import OrganisationMember, User


def reads(dossier: Dossier, user_id: int) -> bool:
    """Whether somebody who filed or owns it opens its page today: for an organisation's, whoever acts for that."""
    return dossier.organisation_id is None or representing.is_member(User(pk=user_id), dossier.organisation_id)


def has_left(dossier: Dossier, user_id: int) -> bool:
    """Whether it was filed for an organisation for which this person acts no longer.

    Who came to a counter under a mandate was never a member, and hears of what she filed there.
    """
    if reads(dossier, user_id):
        return False
    if dossier.counter_visit_id is None:
        return True
    return OrganisationMember.objects.filter(organisation=dossier.organisation_id, user=user_id).exists()


def representatives(dossier: Dossier) -> list[User]:
    """The legal representatives of the organisation it is filed for; nobody for a person's own dossier."""
    return representing.representatives(dossier.organisation_id) if dossier.organisation_id is not None else []


def link(dossier: Dossier, user_id: int, *, to_receipt: bool = False) -> str:
    """Where a notice leads: to the dossier or its receipt, or to tracking for who filed at a counter and is no member.

    Paths and not names of addresses: payments' pages are above this app, and a notice is kept without its language.
    """
    if not reads(dossier, user_id):
        return f"/tra-cuu/?code={dossier.code}"
    return f"/thanh-toan/{dossier.code}/bien-lai/" if to_receipt else f"/ho-so/{dossier.code}/"


def person(dossier: Dossier, pk: int) -> User:
    """One lean row for all channels, with what e-mail and SMS ask for; a partner's lock brought it along."""
    known: User | None = dossier._state.fields_cache.get("filer" if dossier.filer_id else "owner")
    if known is not None:
        return known
    people = User.objects.select_related("citizen")
    wanted = ("username", "email", "language", "is_official", "notice_modes")
    return people.only(*wanted, "citizen__user", "citizen__email", "citizen__phone").get(pk=pk)
