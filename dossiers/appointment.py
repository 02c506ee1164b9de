"""The day a result is promised for, and what moves it while it does (ngày hẹn trả khi thời hạn tạm dừng).

Whether the time stands still is what the rules wrote down (`clock_stopped_at`: passage, draft_checks); what follows for
the day is the procedure's supplement rule or the pause itself (deadlines.resumed_due_at), as it will be reckoned then.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from dossiers import deadlines, local_terms
from dossiers.lifecycle import FINISHED_STATES, DossierState
from dossiers.models import Dossier
from portal.core.moments import vn_datetime

S = DossierState


@dataclass(frozen=True, slots=True)
class Appointment:
    """The day as it stands, and why it is not firm; without words it is."""

    at: datetime
    moves: str = ""


def is_paused(dossier: Dossier) -> bool:
    """Whether the agency's time stands still now, so that its day is going to move."""
    return dossier.clock_stopped_at is not None and dossier.state not in FINISHED_STATES


def of(dossier: Dossier) -> Appointment | None:
    """The appointment of a dossier; None where no day was promised yet."""
    if dossier.due_at is None:
        return None
    return Appointment(dossier.due_at, _why_it_moves(dossier) if is_paused(dossier) else "")


def _why_it_moves(dossier: Dossier) -> str:
    since = {"since": vn_datetime(dossier.clock_stopped_at)}
    if dossier.state == S.WITHDRAWAL_REQUESTED:
        return (
            _("Thời hạn tạm dừng từ %(since)s vì bạn yêu cầu rút hồ sơ. Nếu không rút, ngày này được lùi lại.") % since
        )
    if dossier.state == S.CONSULTING:
        return _("Thời hạn tạm dừng từ %(since)s để lấy ý kiến cơ quan khác; ngày này sẽ được lùi lại.") % since
    if dossier.state == S.AWAITING_SUPPLEMENT and deadlines.restarts(local_terms.timing(dossier)):
        return (
            _("Thời hạn tạm dừng từ %(since)s. Khi bạn bổ sung, thời hạn tính lại từ đầu và có ngày hẹn mới.") % since
        )
    return _("Thời hạn tạm dừng từ %(since)s để chờ bạn; dừng bao lâu, ngày này lùi lại bấy nhiêu.") % since
