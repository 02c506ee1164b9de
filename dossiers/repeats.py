"""Whether somebody files the same thing again (nộp trùng): said before the last button, never a reason to refuse."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from dossiers import access, subjects
from dossiers.lifecycle import OPEN_STATES
from dossiers.models import Dossier
from portal.agencies.actors import Actor, ActorKind
from portal.core.text import clean_line, fold
from procedures import eforms

LOOKED_AT = 20
PURPOSE = ("purpose", "purpose_text", "intended_spouse")
"""Keys of e-forms that say what a paper is for: one to marry and one for the bank are two."""
ASIDE = frozenset({"phone", "email", "result_method", "postal_address", "copies_method", "copies_postal_address"})
"""How she is reached and how the result comes say nothing of what is asked for."""


def unfinished_like(draft: Dossier, codes: Iterable[str], *, actor: Actor) -> Dossier | None:
    """The newest unfinished dossier of these procedures, among the person's own, that asks for what the draft asks for.

    It is about the same person for the same purpose; a declaration without person and purpose is the same where all
    its answers are. A desk sees what all people filed at its agency; of those only the dossiers of the one who
    stands before it are hers.
    """
    mine = access.visible_to(actor).filter(organisation=draft.organisation_id, procedure_code__in=set(codes))
    if draft.organisation_id is None:
        if actor.kind is not ActorKind.CITIZEN or draft.representation_id is not None:
            mine = mine.filter(owner=draft.owner_id)
        else:  # what a parent filed for her child is no filing of her own
            mine = mine.filter(representation=None)
    newest = mine.filter(state__in=OPEN_STATES).select_related("procedure_version").order_by("-id")[:LOOKED_AT]
    wanted = _matter(draft, _as_filed(draft))
    return next((dossier for dossier in newest if _matter(dossier, dossier.answers) == wanted), None)


def _matter(dossier: Dossier, answers: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a dossier is about and for, to be compared with another's."""
    about = subjects.identity_of(dossier)
    purpose = [fold(clean_line(str(answers.get(key) or ""))) for key in PURPOSE]
    if about is not None or any(purpose):
        return about, *purpose
    version = dossier.procedure_version
    fields = eforms.form_of(eforms.form_for(version)).fields() if version else []
    aside = ASIDE | {field.key for field in fields if field.type == "consent"}
    return dossier.procedure_code, {key: said for key, said in answers.items() if key not in aside}


def _as_filed(draft: Dossier) -> dict[str, Any]:
    """The draft's answers as they would be filed, without what is not asked."""
    version = draft.procedure_version
    return eforms.complete(eforms.form_for(version), draft.answers, on=timezone.localdate()) if version else {}
