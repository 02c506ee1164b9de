"""Dossiers of each kind that the leader's board tells apart."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from dossiers.lifecycle import DossierState as S
from dossiers.models import Dossier, DossierEvent
from portal.indicators.periods import VIETNAM
from tests.backoffice.conftest import Office

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=VIETNAM)
B = "/quan-tri/dieu-hanh/"


@pytest.fixture(autouse=True)
def november() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def dossier(office: Office, number: int, **fields: Any) -> Dossier:
    """A dossier as it lies in the table, finished on time unless said otherwise."""
    made = Dossier.objects.create(
        **{
            "code": f"{office.agency.code}-261120-{number:04d}",
            "state": S.RETURNED,
            "procedure_code": "1.000001",
            "procedure_name": "Đăng ký khai sinh",
            "agency": office.agency,
            "applicant_name": f"Người Nộp {number}",
            "submitted_at": NOW - timedelta(days=10),
            "due_at": NOW - timedelta(days=2),
            "finished_at": NOW - timedelta(days=3),
            **fields,
        }
    )
    moves = [("submitted", 10.0)] + ([("returned", 3.0)] if made.finished_at else [])
    for sequence, (state, days) in enumerate(moves, start=1):
        DossierEvent.objects.create(
            dossier=made,
            sequence=sequence,
            name=f"dossier.{state}",
            to_state=state,
            actor_kind="system",
            occurred_at=NOW - timedelta(days=days),
        )
    return made


def some(office: Office) -> dict[str, Dossier]:
    """One dossier of each kind that the board tells apart."""
    running = {"finished_at": None, "state": S.PROCESSING, "accepted_at": NOW}
    return {
        "on_time": dossier(office, 1),
        "late": dossier(office, 2, finished_at=NOW - timedelta(days=1), assignee=office.specialist),
        "overdue": dossier(office, 3, **running, assignee=office.specialist),
        "open": dossier(office, 4, **{**running, "due_at": NOW + timedelta(days=3)}),
        "waiting": dossier(
            office, 5, **{**running, "state": S.AWAITING_SUPPLEMENT, "clock_stopped_at": NOW - timedelta(days=1)}
        ),
        "extended": dossier(
            office, 6, original_due_at=NOW - timedelta(days=6), due_at=NOW - timedelta(days=1), assignee=office.leader
        ),
    }


ROWS = {
    "da-nhan": {"on_time", "late", "overdue", "open", "waiting", "extended"},
    "da-xong": {"on_time", "late", "extended"},
    "dung-han": {"on_time"},
    "tre": {"late", "extended", "overdue"},
    "qua-han": {"overdue"},
    "dang-giu": {"overdue", "open", "waiting"},
    "cho-nguoi-nop": {"waiting"},
}
