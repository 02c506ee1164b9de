"""Fees that the applicant was told of and nobody charged (khoản không thu): why, said by who signs.

A fee of the published rules is owed unless a rule lets it off (Luật Phí và lệ phí 97/2015/QH13 art. 10): who decides
without it says the ground, and the applicant reads it. What each procedure lets off stands in its fee rules; that the
leader's words are enough where they do not is our reading (docs/assumptions.md).
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from dossiers import charging
from dossiers.models import Dossier, DossierEvent
from dossiers.reasons import clean_reason, said_last_of, said_of
from portal.core.errors import InvalidInputError
from procedures.fees import FeeLine

FIELD = "not_charged"
"""Key in the data of a proposal or a decision, and name of the form's field."""
MISSING = _("Hãy ghi vì sao không thu, hoặc yêu cầu nộp trước.")


def fixed(dossier: Dossier) -> list[FeeLine]:
    """Fees of a known amount that were told, and that nobody asked for before the decision."""
    if not dossier.is_decided_here:
        return []
    return [line for line in charging.fees_to_come(dossier, list(dossier.obligations.all())) if line.amount_vnd]


def told(dossier: Dossier, reason: str, *, is_required: bool) -> dict[str, Any]:
    """What the event of a locked dossier keeps; empty where every fixed fee was asked for.

    Raises InvalidInputError naming the field where a decision would leave one without a reason.
    """
    lines = fixed(dossier)
    cleaned = clean_reason(reason) if lines else ""
    if lines and is_required and not cleaned:
        raise InvalidInputError(fields={FIELD: [MISSING]})
    if not cleaned:
        return {}
    return {FIELD: {"reason": cleaned, "charges": [line.charge for line in lines]}}


def reason_in(event: DossierEvent) -> str:
    """Why a fee is not charged, as said with this event; empty where nothing was said."""
    return said_of(event, FIELD)


def reason_for(dossier: Dossier) -> str:
    """Why the decision left a fee uncharged; before it, what was proposed last."""
    return said_last_of(dossier, FIELD)
