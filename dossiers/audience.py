"""Who hears of a dossier filed for somebody else (người nhận tin), and who in place of a filer who left."""

from dossiers.models import Dossier
from portal.accounts import representations, representing, written_mandates
from portal.accounts.models import OrganisationMember, User


def reads(dossier: Dossier, user_id: int) -> bool:
    """Whether somebody who filed or owns it opens its page today: for an organisation's, whoever acts for that.

    Of what was filed for a person, that person and who still represents her.
    """
    if dossier.organisation_id is not None:
        return representing.is_member(User(pk=user_id), dossier.organisation_id)
    if dossier.representation_id is None or dossier.owner_id in {None, user_id}:
        return True
    return representations.acts_for(user_id, dossier.owner_id or 0, dossier.procedure_code)


def has_left(dossier: Dossier, user_id: int) -> bool:
    """Whether it was filed for an organisation or a person for whom this person acts no longer.

    Who came to a counter under a mandate was never a member, and hears of what she filed there; so does who came for
    a person by a mandate on paper, as long as that counts.
    """
    if reads(dossier, user_id):
        return False
    if dossier.representation is not None and dossier.representation.is_written:
        return not written_mandates.counts(
            dossier.representation, bearer_id=user_id, procedure_code=dossier.procedure_code
        )
    if dossier.counter_visit_id is None or dossier.organisation_id is None:
        return True
    return OrganisationMember.objects.filter(organisation=dossier.organisation_id, user=user_id).exists()


def representatives(dossier: Dossier) -> list[User]:
    """Who hears in the filer's place, or beside her: the legal representatives of the organisation it is filed for.

    Of a mandate, the one who gave it; of a child or a ward whose filer represents no more, who does now, else herself.
    Nobody for a person's own dossier.
    """
    if dossier.organisation_id is not None:
        return representing.representatives(dossier.organisation_id)
    held = dossier.representation
    if held is None or dossier.owner_id is None:
        return []
    if held.is_by_law:
        if dossier.filer_id is not None and reads(dossier, dossier.filer_id):
            return []
        if others := representations.by_law(dossier.owner_id):
            return others
    return list(User.objects.select_related("citizen").filter(pk=dossier.owner_id))


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
