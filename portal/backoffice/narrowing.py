"""A queue narrowed (bộ lọc của hàng đợi): by official, agency, desk, procedure and stage, in the order she wants.

It stands in the address of the page, in a bulk job over the whole queue and in a filter that was saved.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext as _

from dossiers import extension
from dossiers.lifecycle import DossierState
from portal.accounts.models import User
from portal.agencies.models import Agency, Membership, OneStopDesk
from portal.backoffice.officials import Official
from portal.backoffice.queue_marks import Order
from portal.core.text import whole_number
from procedures.models import ProcedureVersion

CODE_LENGTH = 50
STAGE_LENGTH = 60
WITHOUT_APOLOGY = "chua"
"""The only value of its part: form 04 was not sent."""
CHOSEN = (Order.URGENT, Order.OLDEST, Order.NEWEST)
"""The orders an official may choose."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What is left of a queue, and its order; empty is the whole queue in its own order."""

    assignee_id: int | None = None
    agency_id: int | None = None
    desk_id: int | None = None
    procedure_code: str = ""
    stage: str = ""
    """The name of a stage of the work (dossiers.stages)."""
    apology: str = ""
    order: str = ""

    @property
    def rows(self) -> Q:
        """The condition on dossiers."""
        found = Q()
        if self.assignee_id is not None:
            found &= Q(assignee=self.assignee_id)
        if self.agency_id is not None:
            found &= Q(agency=self.agency_id)
        if self.desk_id is not None:
            found &= Q(desk=self.desk_id)
        if self.procedure_code:
            found &= Q(procedure_code=self.procedure_code)
        if self.stage:
            found &= Q(stage__name=self.stage, state=DossierState.PROCESSING)
        if self.apology:
            found &= extension.not_sent()
        return found

    def among(self, agency_ids: list[int]) -> list[int]:
        """Of these agencies, those that may have rows of it."""
        return agency_ids if self.agency_id is None else [pk for pk in agency_ids if pk == self.agency_id]

    def query(self) -> dict[str, str]:
        """What stands in an address, without what is empty."""
        values = {name: getattr(self, field) for name, field in NAMES.items()}
        return {name: str(value) for name, value in values.items() if value not in {None, ""}}

    def encoded(self) -> str:
        """The same as text."""
        return urlencode(self.query())

    def kept(self) -> dict[str, Any]:
        """What a row of the database keeps of it."""
        return {field: value for field, value in asdict(self).items() if value not in {None, ""}}


EVERYTHING = Narrowing()
NAMES = {
    "nguoi": "assignee_id",
    "co-quan": "agency_id",
    "bo-phan": "desk_id",
    "thu-tuc": "procedure_code",
    "buoc": "stage",
    "xin-loi": "apology",
    "xep": "order",
}
"""Its parts in an address."""


def read(data: Mapping[str, Any]) -> Narrowing:
    """What an address or a form says; nonsense narrows nothing."""
    order, apology = data.get("xep", ""), data.get("xin-loi", "")
    return Narrowing(
        assignee_id=_id(data.get("nguoi", "")),
        agency_id=_id(data.get("co-quan", "")),
        desk_id=_id(data.get("bo-phan", "")),
        procedure_code=data.get("thu-tuc", "").strip()[:CODE_LENGTH],
        stage=" ".join(data.get("buoc", "").split())[:STAGE_LENGTH],
        apology=apology if apology == WITHOUT_APOLOGY else "",
        order=order if order in CHOSEN else "",
    )


def from_kept(kept: Mapping[str, Any]) -> Narrowing:
    """What a row of the database kept; parts of a later release are left out."""
    return Narrowing(**{field: kept[field] for field in NAMES.values() if field in kept})


class Known:
    """The people, places and procedures that some narrowings name, read at once for all of them."""

    def __init__(self, *narrowings: Narrowing) -> None:
        def keys(field: str) -> set[Any]:
            return {getattr(one, field) for one in narrowings} - {None, ""}

        def rows(model: Any, field: str) -> dict[int, Any]:
            found: dict[int, Any] = model.in_bulk(wanted) if (wanted := keys(field)) else {}
            return found

        # an address may hold any number: only who holds or held a post is named, no citizen
        officials = User.objects.filter(pk__in=Membership.objects.values("user"))
        self.people = rows(officials, "assignee_id")
        self.agencies = rows(Agency.objects, "agency_id")
        self.desks = rows(OneStopDesk.objects.select_related("agency"), "desk_id")
        self.procedures: dict[str, str] = {}
        if codes := keys("procedure_code"):
            versions = ProcedureVersion.objects.filter(procedure__code__in=codes).order_by("number")
            named = versions.only("short_name", "name", "short_name_en", "name_en", "procedure__code")
            self.procedures = {one.procedure.code: one.title for one in named.select_related("procedure")}

    def words(self, narrowed: Narrowing) -> list[str]:
        """What a narrowing says, part by part, for people."""
        found = []
        if (pk := narrowed.assignee_id) is not None:
            found.append(_("Thụ lý: %(name)s") % {"name": self.people.get(pk, "–")})
        if (pk := narrowed.agency_id) is not None:
            found.append(_("Cơ quan: %(name)s") % {"name": self.agencies[pk].title if pk in self.agencies else "–"})
        if (pk := narrowed.desk_id) is not None:
            found.append(_("Bộ phận một cửa: %(name)s") % {"name": self.desks.get(pk, "–")})
        if code := narrowed.procedure_code:
            found.append(_("Thủ tục: %(name)s") % {"name": self.procedures.get(code, code)})
        if narrowed.stage:
            found.append(_("Bước: %(name)s") % {"name": narrowed.stage})
        if narrowed.apology:
            found.append(_("Chưa gửi văn bản xin lỗi (mẫu 04)"))
        if narrowed.order:
            found.append(str(Order(narrowed.order).label))
        return found

    def lost(self, narrowed: Narrowing, official: Official) -> str:
        """Why it shows nothing any more, in words: its agency or desk is not hers today; empty where it still is."""
        paths = tuple(official.top_paths())
        if narrowed.agency_id is not None:
            agency = self.agencies.get(narrowed.agency_id)
            if agency is None or not agency.path.startswith(paths):
                return _("Bạn không còn làm việc tại %(place)s.") % {"place": agency.title if agency else "–"}
        if narrowed.desk_id is not None:
            desk = self.desks.get(narrowed.desk_id)
            if desk is None or not desk.agency.path.startswith(paths):
                place = f"{desk.name}, {desk.agency.title}" if desk else "–"
                return _("Bạn không còn làm việc tại %(place)s.") % {"place": place}
            if not desk.is_active:
                return _("%(place)s đã ngừng hoạt động.") % {"place": desk.name}
        return ""


def _id(text: str) -> int | None:
    return whole_number(text, most_figures=18)
