"""A step that only moves a dossier, and what ends with one that is stopped; the doors are made of these."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers import access, consultation, papers, passage, supplement_requests
from dossiers.models import Dossier, ObligationState
from dossiers.passage import HERE_AND_NOW, Occasion
from dossiers.reasons import clean_reason
from portal.agencies.actors import Actor


def step(
    name: str,
    code: str,
    *,
    actor: Actor,
    reason: str = "",
    occasion: Occasion = HERE_AND_NOW,
    then: Callable[[Dossier], None] | None = None,
) -> Dossier:
    """The opening and the end of every plain step; what it closes is closed under the same lock (`then`).

    Closed a moment later, a payment in between would settle what is cancelled, and a kill would leave it open.
    """
    with access.locked(code, actor=actor) as dossier:
        if passage.replayed(dossier, occasion) is None:
            passage.apply(dossier, name, actor=actor, reason=clean_reason(reason), occasion=occasion)
            if then is not None:
                then(dossier)
        return dossier


def close(dossier: Dossier) -> None:
    """Nothing is owed or asked for and nobody reads the papers any more once a dossier is stopped."""
    dossier.obligations.filter(state=ObligationState.DUE).update(state=ObligationState.CANCELLED)
    supplement_requests.end_open(dossier, _("Hồ sơ kết thúc khi yêu cầu này chưa có trả lời."))
    consultation.end_open(dossier, timezone.now())
    papers.end_grants(dossier)
