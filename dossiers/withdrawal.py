"""Taking a dossier back (rút hồ sơ): who filed asks, the agency lets go or says why not. Doors as in `services`."""

from django.utils.translation import gettext_lazy as _

from dossiers import access, consultation, passage, supplement_requests
from dossiers.models import Dossier
from dossiers.passage import HERE_AND_NOW, Occasion
from dossiers.plain_steps import close, step
from dossiers.reasons import clean_reason
from portal.agencies.actors import Actor


def request(code: str, *, actor: Actor, reason: str) -> Dossier:
    """Ask to take the dossier back (rút hồ sơ). NĐ 118/2025/NĐ-CP art. 21."""
    with access.locked(code, actor=actor) as dossier:
        event = passage.apply(dossier, "request_withdrawal", actor=actor, reason=clean_reason(reason))
        consultation.end_open(dossier, event.occurred_at)
        return dossier


def confirm(code: str, *, actor: Actor, reason: str = "", occasion: Occasion = HERE_AND_NOW) -> Dossier:
    """Let the citizen withdraw; form 05 is written. TT 03/2025/TT-VPCP art. 7."""
    words = reason or str(_("Công dân yêu cầu rút hồ sơ."))
    return step("confirm_withdrawal", code, actor=actor, reason=words, occasion=occasion, then=close)


def refuse(code: str, *, actor: Actor, reason: str, occasion: Occasion = HERE_AND_NOW) -> Dossier:
    """Refuse a withdrawal because a result already exists; the dossier goes on where it was.

    Once a decision stands here nobody can ask any more (the table), so what is left is a result that was signed and is
    not told here yet. Only the agency knows of it: its reason says so, and the applicant reads it word for word.
    """
    return step(
        "refuse_withdrawal",
        code,
        actor=actor,
        reason=reason,
        occasion=occasion,
        then=supplement_requests.give_time_back,
    )
