"""National records that changed beside what the portal publishes itself: told of until somebody has looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.core.errors import ConflictError, NotFoundError
from procedures import desk_log
from procedures.models import NationalRecord, ProcedureVersion
from procedures.national import differences
from procedures.national.differences import Difference

MOST = 50
"""Records that are told of at once; those that were looked at make room for the next."""

MOST_LINES = 200
"""Changes of one record that a page writes out."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A record that says something else than officials know."""

    record: NationalRecord
    differences: list[Difference]

    @property
    def shown(self) -> list[Difference]:
        """As many differences as a page writes out."""
        return self.differences[:MOST_LINES]

    @property
    def more(self) -> int:
        """How many are left."""
        return len(self.differences) - len(self.shown)

    @property
    def parts(self) -> str:
        """The parts that changed, in words."""
        return ", ".join(dict.fromkeys(each.part for each in self.differences))


def changed(versions: QuerySet[ProcedureVersion]) -> list[Changed]:
    """Of the procedures whose current versions these are, the records that changed, the longest waiting first."""
    rows = NationalRecord.objects.filter(changed_at__isnull=False, procedure__current__in=versions.values("pk"))
    found = rows.select_related("procedure__current").order_by("changed_at", "procedure__code")[:MOST]
    return [Changed(row, differences.between(row.seen or {}, row.record or {})) for row in found]


@transaction.atomic
def mark_seen(code: str, *, changed_at: datetime | None, user: User) -> None:
    """Let a change rest that an official has looked at.

    Raises NotFoundError where nothing changed, ConflictError where the record changed once more since she read it.
    """
    found = NationalRecord.objects.select_for_update(of=("self",)).select_related("procedure__current")
    record = found.filter(procedure__code=code).first()
    if record is None or record.changed_at is None:
        raise NotFoundError
    if record.changed_at != changed_at:
        raise ConflictError(_("Bản ghi quốc gia vừa đổi thêm lần nữa. Hãy xem bản mới ở đây rồi xác nhận lại."))
    record.seen, record.changed_at = None, None
    record.save(update_fields=["seen", "changed_at"])
    desk_log.record_seen(record, user=user)
