"""What no longer holds once a step was taken back, or an end undone (bước đã thu hồi), in the portal's own words.

Nothing that an official typed stands in them: they go out by e-mail and SMS, too.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierEvent
from portal.core.moments import vn_datetime

REVERTED, REOPENED = "dossier.reverted", "dossier.reopened"


def facts_of(step: DossierEvent, dossier: Dossier) -> dict[str, Any]:
    """What the event that takes a step back keeps of it: when it was, and which appointment there was."""
    return {
        "step_at": step.occurred_at.isoformat(),
        "due_at_before": step.data.get("due_at") or "",
        "has_appointment": dossier.due_at is not None,
    }


def words(event: DossierEvent) -> str:
    """Which step it was, and that its letter and appointment no longer hold; empty for any other event.

    Events of before the step's time was kept say nothing.
    """
    if event.name == REOPENED:
        return _ended(event)
    return _reverted(event.data) if event.name == REVERTED and event.data.get("step_at") else ""


def with_reason(event: DossierEvent) -> str:
    """The same for who may read what was typed, the reason after it."""
    said = words(event)
    return f"{said}\n{_('Lý do: %(reason)s') % {'reason': event.reason}}" if said else event.reason


def _reverted(data: Mapping[str, Any]) -> str:
    at = {"at": _moment(data["step_at"]), "due": _moment(data.get("due_at_before"))}
    match data["reverted"]:
        case "dossier.accepted" if at["due"]:
            return (
                _(
                    "Việc tiếp nhận lúc %(at)s đã thu hồi. Giấy tiếp nhận hồ sơ và lịch hẹn trả lúc %(due)s không còn "
                    "hiệu lực."
                )
                % at
            )
        case "dossier.accepted":
            return _("Việc tiếp nhận lúc %(at)s đã thu hồi. Giấy tiếp nhận hồ sơ không còn hiệu lực.") % at
        case "dossier.supplement_requested":
            return (
                _(
                    "Yêu cầu bổ sung lúc %(at)s đã thu hồi, không phải trả lời. Phiếu yêu cầu bổ sung không còn "
                    "hiệu lực."
                )
                % at
            )
        case "dossier.payment_required":
            return _("Yêu cầu nộp phí, lệ phí lúc %(at)s đã thu hồi, không phải nộp khoản đó.") % at
        case _ if data.get("has_appointment"):
            return _("Việc bắt đầu xử lý lúc %(at)s đã thu hồi. Giấy tiếp nhận hồ sơ và lịch hẹn trả giữ nguyên.") % at
    return _("Việc bắt đầu xử lý lúc %(at)s đã thu hồi. Giấy tiếp nhận hồ sơ giữ nguyên.") % at


def _ended(event: DossierEvent) -> str:
    if event.from_state == DossierState.REFUSED:
        return _("Phiếu từ chối tiếp nhận đã gửi không còn hiệu lực.")
    return _("Thông báo dừng giải quyết đã gửi không còn hiệu lực.")


def _moment(said: str | None) -> str:
    return vn_datetime(datetime.fromisoformat(said)) if said else ""
