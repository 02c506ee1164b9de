"""Who hears of an organisation's dossier (người nhận tin của tổ chức) once its filer has left the organisation."""

from dossiers.models import Dossier
from portal.accounts import representing
from portal.accounts.models import User


def has_left(dossier: Dossier, user_id: int) -> bool:
    """Whether it was filed for an organisation for which this person acts no longer."""
    if dossier.organisation_id is None:
        return False
    return not representing.is_member(User(pk=user_id), dossier.organisation_id)


def instead(dossier: Dossier) -> list[User]:
    """Who hears in the place of a filer who left: the legal representatives."""
    return representing.representatives(dossier.organisation_id) if dossier.organisation_id is not None else []
