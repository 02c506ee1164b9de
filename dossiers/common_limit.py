"""The time limit of a bundle in its dossiers (thời hạn chung của hồ sơ liên thông): none is promised for a later day.

Frozen in each dossier when it is opened, so that desk, letters and pages read one day. NĐ 63/2024/NĐ-CP as amended by
NĐ 301/2026/NĐ-CP; how it meets the time of the single procedure is our reading (docs/assumptions.md).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dossiers import deadlines, local_terms
from dossiers.lifecycle import CLOCK_STOPPED
from dossiers.models import BundleFiling, Dossier
from portal.core.calendar import WorkCalendar
from portal.core.moments import vn_datetime


@dataclass(frozen=True, slots=True)
class CommonLimit:
    """By when the whole is to be done, and how many working days that gave it."""

    due_at: datetime
    working_days: int


def terms_of(bundle: BundleFiling) -> dict[str, Any]:
    """What a dossier of this bundle keeps of it; empty where nothing limits the whole."""
    if bundle.due_at is None:
        return {}
    return {local_terms.WHOLE: {"due_at": bundle.due_at.isoformat(), "working_days": bundle.working_days}}


def of(dossier: Dossier) -> CommonLimit | None:
    """The limit of the bundle that a dossier is part of; None where it is part of none, or nothing limits it."""
    kept = dossier.local_terms.get(local_terms.WHOLE)
    return CommonLimit(datetime.fromisoformat(kept["due_at"]), kept["working_days"]) if kept else None


def first_due_at(calendar: WorkCalendar, dossier: Dossier, accepted_at: datetime) -> datetime | None:
    """The appointment from acceptance: by the procedure's own time, and no later than the whole where that binds."""
    own = deadlines.due_at(calendar, local_terms.timing(dossier), accepted_at)
    limit = of(dossier)
    if limit is None or not accepted_at < limit.due_at or _has_waited(dossier, accepted_at):
        return own
    return limit.due_at if own is None else min(own, limit.due_at)


def words(limit: CommonLimit) -> str:
    """The limit in a sentence."""
    text = ngettext(
        "Hồ sơ liên thông có thời hạn chung %(days)d ngày làm việc, trước %(moment)s.",
        "Hồ sơ liên thông có thời hạn chung %(days)d ngày làm việc, trước %(moment)s.",
        limit.working_days,
    )
    return text % {"days": limit.working_days, "moment": vn_datetime(limit.due_at)}


def time_in_words(dossier: Dossier, due: datetime | None) -> str:
    """The processing time as a letter writes it: the procedure's, and that of the whole where it gave the day."""
    own = deadlines.duration_in_words(local_terms.timing(dossier))
    limit = of(dossier)
    if limit is None or due != limit.due_at:
        return own
    both = {"own": own, "days": limit.working_days}
    return _("%(own)s; cả hồ sơ liên thông %(days)d ngày làm việc") % both


def _has_waited(dossier: Dossier, accepted_at: datetime) -> bool:
    """Whether it waited for its applicant before: that time is nobody's at the agency, and its own limit counts."""
    return dossier.events.filter(from_state__in=sorted(CLOCK_STOPPED), occurred_at__lte=accepted_at).exists()
