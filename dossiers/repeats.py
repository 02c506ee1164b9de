"""Whether somebody files the same thing again (nộp trùng): said before the last button, never a reason to refuse."""

from collections.abc import Iterable

from dossiers import access, subjects
from dossiers.lifecycle import OPEN_STATES
from dossiers.models import Dossier
from portal.agencies.actors import Actor, ActorKind

LOOKED_AT = 20


def unfinished_like(draft: Dossier, codes: Iterable[str], *, actor: Actor) -> Dossier | None:
    """The newest unfinished dossier of these procedures, among the person's own, about whom the draft is about.

    None where the draft names nobody: of certificates about herself she may well need two. A desk sees what all people
    filed at its agency; of those only the dossiers of the one who stands before it are hers.
    """
    about = subjects.identity_of(draft)
    if about is None:
        return None
    mine = access.visible_to(actor).filter(organisation=draft.organisation_id, procedure_code__in=set(codes))
    if actor.kind is not ActorKind.CITIZEN and draft.organisation_id is None:
        mine = mine.filter(owner=draft.owner_id)
    newest = mine.filter(state__in=OPEN_STATES).select_related("procedure_version").order_by("-id")[:LOOKED_AT]
    return next((dossier for dossier in newest if subjects.identity_of(dossier) == about), None)
