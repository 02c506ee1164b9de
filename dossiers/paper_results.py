"""Paper beside the electronic result (bản giấy của kết quả): what was ordered, where it waits, who collected it.

The electronic result goes into the store as soon as it is signed (NĐ 45/2020/NĐ-CP art. 14). Paper is what the
applicant asked for when filing; the one-stop desk returns it, in person or by the public post (NĐ 61/2018/NĐ-CP art. 20
as amended by NĐ 107/2021/NĐ-CP, now NĐ 118/2025/NĐ-CP; which answers mean paper is an assumption, docs/assumptions.md).
Reading only; the steps are in `dossiers.handing_over`.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from datastore.models import DocumentStatus
from dossiers import naming
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier, DossierEvent, ResultIssue
from portal.agencies.models import Agency, OneStopDesk
from portal.core.language import column_text
from portal.core.rows import JoinedSelect, Part
from portal.core.work import WorkState
from procedures import eforms, published

READY = "dossier.result_ready"
"""The event that says that paper waits; the state stays "Đã xử lý xong" (9) until it is handed over."""
RETURNED = "dossier.returned"
WAITING = (
    Q(state=DossierState.DECIDED, result_document__isnull=False, handled_by__isnull=True, source__isnull=True)
) & ~Q(result_document__status=DocumentStatus.REVOKED)
"""Dossiers whose result lies in the store and whose paper waits: every other one leaves DECIDED as its result comes."""

_COMMUNE = re.compile(r"\b(?:phường|xã|đặc khu) [^,]+")


class Way(models.TextChoices):
    """How the applicant wants the paper (hình thức nhận kết quả)."""

    DESK = "desk", gettext_lazy("Tại bộ phận một cửa")
    POST = "post", gettext_lazy("Qua bưu chính công ích")


class Receiver(models.TextChoices):
    """Into whose hands the paper goes (người nhận)."""

    SELF = "self", gettext_lazy("Chính người nộp hoặc chủ hồ sơ")
    AUTHORISED = "authorised", gettext_lazy("Người được ủy quyền")
    POST = "post", gettext_lazy("Bưu chính công ích")


class Checked(models.TextChoices):
    """The identity paper that the official saw (giấy tờ tùy thân)."""

    CARD = "card", gettext_lazy("Thẻ căn cước")
    ELECTRONIC = "electronic", gettext_lazy("Căn cước điện tử trên VNeID")
    PASSPORT = "passport", gettext_lazy("Hộ chiếu")
    OTHER = "other", gettext_lazy("Giấy tờ khác có ảnh")


@dataclass(frozen=True, slots=True)
class Paper:
    """What was ordered: how it is received, and how many sheets of the result and copies of it."""

    way: Way
    prints: int
    copies: int

    @property
    def words(self) -> str:
        """What is to be printed, in words."""
        parts = []
        if self.prints:
            words = ngettext("%(number)d bản giấy kết quả", "%(number)d bản giấy kết quả", self.prints)
            parts.append(words % {"number": self.prints})
        if self.copies:
            words = ngettext("%(number)d bản sao", "%(number)d bản sao", self.copies)
            parts.append(words % {"number": self.copies})
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the paper is collected, as far as it is known."""

    name: str
    address: str
    hours: str

    @property
    def words(self) -> str:
        """Name and address in one line."""
        return ", ".join(filter(None, (self.name, self.address)))


def ordered(dossier: Dossier) -> Paper | None:
    """The paper that the desk here hands over; None for a purely electronic result.

    An agency's own system hands over by itself and tells us of it (`wanted`).
    """
    return wanted(dossier) if dossier.is_decided_here else None


def wanted(dossier: Dossier) -> Paper | None:
    """The paper that was asked for when filing, whoever hands it over."""
    answers = dossier.answers
    way = answers.get("result_method")
    added = _number(answers.get("extra_copies")) if answers.get("want_extra_copies") is True else 0
    if way not in Way.values:
        chosen = answers.get("copies_method")  # copies are paper: they were paid for and are collected or posted
        return Paper(Way(chosen) if chosen in Way.values else Way.DESK, 0, added) if added else None
    extracts = _number(answers.get("extract_copies"))  # the result itself, so many times (2.000635)
    prints = 0 if extracts else _number(answers.get("number_of_certificates")) or 1  # 1.004873: so many originals
    return Paper(Way(way), prints, added + extracts)


def awaits(dossier: Dossier) -> bool:
    """Whether the result is there and its paper has not been handed over; as WAITING, of one row."""
    document = dossier.result_document
    return (
        dossier.state == DossierState.DECIDED
        and document is not None
        and document.status != DocumentStatus.REVOKED
        and ordered(dossier) is not None
    )


def is_being_replaced(dossier: Dossier) -> bool:
    """Whether a corrected result is being signed: what lies in the store now is not the paper to print."""
    return ResultIssue.objects.filter(dossier=dossier, edition__gt=1).exclude(work_state=WorkState.DONE).exists()


def place_of(dossier: Dossier) -> Place:
    """The desk that returns the paper: the one it was routed to while that is open, else one of the agency, or it."""
    agency, own = _agency(dossier), dossier.desk
    if own is not None and own.is_active:
        return _place(dossier, own)
    return _place(dossier, agency.desks.filter(is_active=True).order_by("pk").first())


def _agency(dossier: Dossier) -> Agency:
    assert dossier.agency is not None  # noqa: S101 - a constraint: submitted dossiers have an agency
    return dossier.agency


def _place(dossier: Dossier, desk: OneStopDesk | None) -> Place:
    agency = _agency(dossier)
    if desk is None:
        return Place(agency.title, agency.address, _hours(dossier))
    name = desk.title if _names(desk, agency) else f"{desk.title} – {agency.title}"
    return Place(name, desk.address or agency.address, _hours(dossier))


def _names(desk: OneStopDesk, agency: Agency) -> bool:
    """Whether a desk's name says whose it is: by the agency's name, or by that of its commune."""
    commune = _COMMUNE.search(agency.name)
    return agency.name in desk.name or (commune is not None and commune[0] in desk.name)


_ANSWERS_AND_DESK = JoinedSelect(
    [Part("dossier", Dossier, fields=("answers",)), Part("desk", OneStopDesk, fields=("name", "name_en", "address"))],
    f"""
    FROM {Dossier._meta.db_table} AS dossier
    LEFT JOIN LATERAL (
        SELECT * FROM {OneStopDesk._meta.db_table} AS one
        WHERE one.is_active AND (one.id = dossier.desk_id OR one.agency_id = dossier.agency_id)
        ORDER BY one.id = dossier.desk_id DESC NULLS LAST, one.id LIMIT 1
    ) AS desk ON true
    WHERE dossier.id = %s
    """,  # noqa: S608 - our own names
)
"""What was asked for and the dossier's desk while it is open, else the agency's oldest in use.

Asked at every result of a partner.
"""


def where_to_have_it(dossier: Dossier) -> str:
    """Which paper is to be had where, in one line, for the receipt (form 01); empty for a purely electronic result."""
    paper = wanted(dossier)
    if paper is None:
        return ""
    names = {"papers": thing_of(dossier) or paper.words, "place": place_of(dossier).words}
    if paper.way == Way.POST:
        return _("%(papers)s, gửi qua bưu chính công ích") % names
    return _("%(papers)s, nhận tại %(place)s") % names


def thing_of(dossier: Dossier) -> str:
    """The name of a result that is a thing to be held (thẻ căn cước, biển số): its form offers no electronic one."""
    version = published.version(dossier.procedure_version_id) if dossier.procedure_version_id else None
    fields = eforms.form_of(eforms.form_for(version)).fields() if version else []
    asked = next((field for field in fields if field.key == "result_method"), None)
    if version is None or asked is None or asked.choice("store") is not None:
        return ""
    result = version.results.filter(is_default=True).first()
    return column_text(result, "name") if result else ""


def by_the_agency(dossier: Dossier) -> str:
    """Where the paper is to be had that the agency's own system hands over; empty where none was asked for."""
    if dossier.is_decided_here:
        return ""
    is_lean, desk = "answers" not in dossier.__dict__, None  # what a partner reports of comes without them
    if is_lean:
        found = _ANSWERS_AND_DESK.first([dossier.pk])
        kept, desk = found[1] if found else (None, None)
        dossier.answers = kept.answers if kept is not None else {}
    paper = wanted(dossier)
    if paper is None:
        return ""
    place = _place(dossier, desk) if is_lean else place_of(dossier)
    names = {"papers": thing_of(dossier) or paper.words, "place": place.words, "agency": naming.agency_title(dossier)}
    if paper.way == Way.POST:
        return _("%(agency)s gửi %(papers)s qua bưu chính công ích đến địa chỉ bạn đã ghi.") % names
    words = _("%(agency)s trao %(papers)s tại bộ phận một cửa (%(place)s), nếu bạn chưa nhận.") % names
    return f"{words} {what_to_bring(place)}"


def _hours(dossier: Dossier) -> str:
    """Office hours in words; nothing where the agency has not told its own."""
    agency = dossier.agency
    if agency is None or not agency.office_hours:
        return ""
    spans = ", ".join(f"{start}–{end}" for start, end in agency.office_hours)
    if agency.works_on_saturday:
        return _("%(spans)s các ngày làm việc, và sáng thứ Bảy") % {"spans": spans}
    return _("%(spans)s các ngày làm việc") % {"spans": spans}


def what_to_bring(place: Place) -> str:
    """What who collects a result shows at the desk, and when it is open, where that is known."""
    words = _("Mang theo thẻ căn cước hoặc VNeID và mã hồ sơ; người nhận thay mang thêm giấy ủy quyền.")
    return words + " " + _("Giờ làm việc: %(hours)s.") % {"hours": place.hours} if place.hours else words


def handed(event: DossierEvent) -> dict[str, Any]:
    """What the hand-over wrote down; empty for a result that is electronic only."""
    return dict(event.data.get("hand_over") or {}) if event.name == RETURNED else {}


def handed_words(event: DossierEvent) -> str:
    """Who collected the paper and what the official looked at, in one sentence; empty without a hand-over."""
    said = handed(event)
    if not said:
        return ""
    names = {
        "name": said["name"],
        "checked": Checked(said["checked"]).label if said["checked"] else "",
        "proof": said["proof"],
        "papers": Paper(Way(said["way"]), said["prints"], said["copies"]).words,
    }
    match said["receiver"]:
        case Receiver.POST:
            return _("Gửi %(papers)s qua bưu chính công ích, số hiệu %(proof)s.") % names
        case Receiver.AUTHORISED:
            return _("Trao %(papers)s cho %(name)s, người được ủy quyền; đã xem: %(checked)s, %(proof)s.") % names
    return _("Trao %(papers)s cho %(name)s; đã xem: %(checked)s.") % names


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
