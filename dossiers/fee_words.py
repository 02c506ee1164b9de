"""What a notice says of fees that were told (phí, lệ phí trong thông báo): still to come, or not charged in the end."""

from collections.abc import Iterable

from django.utils.translation import gettext

from dossiers import charging, paid_ahead, uncharged
from dossiers.models import Dossier
from portal.core.money import format_vnd
from procedures.fees import FeeLine


def to_come(dossier: Dossier) -> str:
    """The fees that the agency here will ask for yet; empty where there is none."""
    if not dossier.is_decided_here:
        return ""
    lines = charging.fees_to_come(dossier, list(dossier.obligations.all()))
    paid = paid_ahead.held_for(dossier) if lines else {}
    return _to_come(line for line in lines if line.charge not in paid)


def to_come_after_filing(dossier: Dossier) -> str:
    """The same while it is being filed: what is paid at once is not written yet, and nothing is asked of the database.

    A question would send what the filing has gathered (portal.core.writes) before it is whole.
    """
    if not dossier.is_decided_here:
        return ""
    lines = charging.fees_to_come(dossier, ())
    return _to_come(line for line in lines if line.payable_on != "filing" or line.amount_vnd is None)


def _to_come(lines: Iterable[FeeLine]) -> str:
    if not (named := _named(lines)):
        return ""
    text = gettext("Phí, lệ phí chưa phải nộp lúc này: %(fees)s. Cơ quan gửi yêu cầu khi đến lúc nộp.")
    return text % {"fees": named}


def not_charged(dossier: Dossier) -> tuple[str, str]:
    """The fees that were told and that the decision left uncharged; beside it, as it was typed, why, if that was said.

    Both are empty where nothing was left uncharged.
    """
    if not dossier.is_decided_here:  # a partner's result comes by the way of plain pushes, which composes no query
        return "", ""
    lines = charging.fees_never_asked_for(dossier, list(dossier.obligations.all()))
    if not lines:
        return "", ""
    said = gettext("Phí, lệ phí đã báo, nay không thu: %(fees)s.") % {
        "fees": "; ".join(line.description for line in lines)
    }
    reason = uncharged.reason_for(dossier)
    return said, gettext("Lý do: %(reason)s") % {"reason": reason} if reason else ""


def _named(lines: Iterable[FeeLine]) -> str:
    return "; ".join(f"{line.description}, {_amount(line)}" for line in lines)


def _amount(line: FeeLine) -> str:
    return gettext("mức thu do cơ quan thông báo") if line.amount_vnd is None else format_vnd(line.amount_vnd)
