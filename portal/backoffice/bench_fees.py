"""What the workbench says of a dossier's fees that nobody asked for yet, or that were not charged in the end."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from dossiers import charging, paid_ahead, uncharged
from dossiers.models import Dossier, FinancialObligation
from portal.core.money import format_vnd
from procedures.fees import FeeLine


def still_open(dossier: Dossier, owed: list[FinancialObligation], *, is_asked_only: bool = False) -> dict[str, Any]:
    """Fees that the sheet names and nobody asked for, while the decision is still to be made here, and a line of them.

    Those that the applicant paid ahead only have to be written down as collected. An agency that is only asked for its
    opinion asks nobody for fees: it is warned of none.
    """
    lines = charging.fees_to_come(dossier, owed) if dossier.is_decided_here and not is_asked_only else []
    paid = set(paid_ahead.held_for(dossier)) if lines else set()
    unpaid, held = [line for line in lines if line.charge not in paid], [line for line in lines if line.charge in paid]
    words = [_("Chưa yêu cầu nộp: %(fees)s.") % {"fees": _named(unpaid)}] if unpaid else []
    if held:
        words.append(_("Đã nộp trước, chờ ghi thu: %(fees)s.") % {"fees": _named(held)})
    return {
        "open_fees": lines,
        "paid_ahead": paid,
        "fees_unpaid": unpaid,
        "fees_held": held,
        "open_fees_words": " ".join(words),
    }


def not_charged(dossier: Dossier, owed: list[FinancialObligation]) -> dict[str, Any]:
    """Fees that were told and not charged, now that it is decided, and why."""
    lines = charging.fees_never_asked_for(dossier, owed)
    return {"fees_not_charged": lines, "not_charged_reason": uncharged.reason_for(dossier) if lines else ""}


def _named(lines: Iterable[FeeLine]) -> str:
    return "; ".join(
        f"{line.description}, {_('chưa rõ mức') if line.amount_vnd is None else format_vnd(line.amount_vnd)}"
        for line in lines
    )
