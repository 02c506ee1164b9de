"""What people read of a bundle: where each dossier stands, whose turn it is, one timeline, one folder of results."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from datastore.models import Document
from dossiers import appointment, naming, steps, subjects, timeline, turns
from dossiers.lifecycle import DossierState
from dossiers.models import BundleFiling, BundlePart, Dossier
from dossiers.models.bundles import FAILED, HAS_RESULT
from dossiers.turns import Turn
from portal.core.errors import NotFoundError
from portal.core.language import is_english
from portal.core.moments import vn_weekday
from procedures import bundles
from procedures.models import Procedure

S = DossierState
SHOWN = 5
"""Bundles at the head of a person's list."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one part stands."""

    part: BundlePart
    title: str
    turn: Turn
    action_url: str = ""
    action_text: str = ""

    @property
    def dossier(self) -> Dossier | None:
        """Its dossier once it is filed."""
        found = self.part.dossier
        return found if found is not None and found.code else None

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it by itself."""
        return self.turn.whose in {"done", "stopped"}

    @property
    def is_done(self) -> bool:
        """Whether its result is there, though the paper may still wait for the applicant."""
        found = self.dossier
        has_result = found is not None and found.state in HAS_RESULT and found.result_document_id is not None
        return self.turn.whose == "done" or (has_result and not self.turn.is_void)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something before its result is there."""
        return not (self.is_over or self.is_done)


def of_citizen(user: Any) -> "QuerySet[BundleFiling]":
    """The bundles somebody filed or that are hers, newest first, with all that a list shows."""
    return with_parts(BundleFiling.objects.filter(Q(filer=user) | Q(owner=user)))


def newest(user: Any) -> list[dict[str, Any]]:
    """The newest bundles for the head of her list, each with whose turn it is."""
    now = timezone.now()
    return [
        {"bundle": bundle, "title": heading(bundle), "turn": whole(standings(bundle, now))}
        for bundle in of_citizen(user)[:SHOWN]
    ]


def with_parts(found: "QuerySet[BundleFiling]") -> "QuerySet[BundleFiling]":
    """Bundles with their parts, dossiers and agencies, in a number of queries that does not grow."""
    parts = Prefetch("parts", _parts())
    return found.select_related("procedure_version").prefetch_related(parts).order_by("-id")


def _parts() -> "QuerySet[BundlePart]":
    return (
        BundlePart.objects.select_related(
            "dossier__agency", "dossier__procedure_version", "dossier__result_document__type"
        )
        .prefetch_related(Prefetch("needs", BundlePart.objects.select_related("dossier")))
        .order_by("position")
    )


def get(public_id: Any, *, user: Any) -> BundleFiling:
    """A bundle of this person. Raises NotFoundError."""
    bundle = of_citizen(user).filter(public_id=public_id).first()
    if bundle is None:
        raise NotFoundError(code="dossier.not_found")
    return bundle


def standings(bundle: BundleFiling, now: datetime) -> list[Standing]:
    """Every part with whose turn it is; the parts come with their dossiers (with_parts)."""
    return _standings(list(bundle.parts.all()), now)


def _standings(parts: list[BundlePart], now: datetime) -> list[Standing]:
    names = {part.procedure_code: part.procedure_name for part in parts}
    if is_english():  # what the plan was filed with is kept in Vietnamese
        known = Procedure.objects.filter(code__in=names, current__isnull=False).select_related("current")
        names |= {procedure.code: procedure.current.title for procedure in known if procedure.current}
    filed = [part.dossier for part in parts if part.dossier and part.dossier.procedure_version]
    names |= {dossier.procedure_code: naming.dossier_title(dossier) for dossier in filed}
    return [_standing(part, now, names) for part in parts]


def _standing(part: BundlePart, now: datetime, names: Mapping[str, str]) -> Standing:
    dossier = part.dossier
    sheet = reverse("procedures:detail", args=[part.procedure_code])
    if dossier is None:
        title = names[part.procedure_code]
        if part.problem:
            return Standing(part, title, Turn("stopped", _("Chưa nộp được."), part.problem), sheet, _("Nộp riêng"))
        if part.opened_at:
            return Standing(part, title, Turn("stopped", _("Bạn đã xóa bản nháp này.")), sheet, _("Nộp riêng"))
        if failed := _failed_needs(part, names):
            words = _("Không nộp được: %(names)s kết thúc mà không có kết quả.") % {"names": ", ".join(failed)}
            return Standing(part, title, Turn("stopped", words), sheet, _("Nộp riêng"))
        waits = ", ".join(names[need.procedure_code] for need in part.needs.all())
        return Standing(
            part,
            title,
            Turn("theirs", _("Chờ kết quả: %(names)s.") % {"names": waits}, _("Cổng tự nộp ngay khi có kết quả đó.")),
        )
    version = dossier.procedure_version
    title = version.title if version else names[part.procedure_code]
    if dossier.state == S.DRAFT:
        words = _("Phần đã biết được điền sẵn. Điền nốt những mục còn thiếu rồi nộp.")
        url = steps.address(dossier, steps.CHECK)
        return Standing(part, title, Turn("yours", _("Đến lượt bạn: điền thêm rồi nộp."), words), url, _("Điền và nộp"))
    turn = turns.whose_turn(dossier, now)
    url, text = "", ""
    if dossier.state == S.AWAITING_PAYMENT and not dossier.is_reported:
        url, text = reverse("payments:start", args=[dossier.code]), _("Thanh toán")
    elif dossier.state == S.AWAITING_SUPPLEMENT and not dossier.is_reported:
        url, text = reverse("dossiers:supplement", args=[dossier.code]), _("Bổ sung hồ sơ")
    return Standing(part, title, turn, url, text)


def _failed_needs(part: BundlePart, names: Mapping[str, str]) -> list[str]:
    return [
        names[need.procedure_code]
        for need in part.needs.all()
        if need.problem or (need.opened_at and (need.dossier is None or need.dossier.state in FAILED))
    ]


def beside(dossier: Dossier, now: datetime) -> list[Standing]:
    """The other parts of the bundle a dossier belongs to; asked only of procedures that some bundle has."""
    if not bundles.is_part_of_any(dossier.procedure_code):
        return []
    parts = list(_parts().filter(bundle__parts__dossier=dossier))
    return [row for row in _standings(parts, now) if row.part.dossier_id != dossier.pk]


def _titles(rows: Iterable[Standing]) -> str:
    return "; ".join(row.title for row in rows)


def whole(found: Iterable[Standing]) -> Turn:
    """The bundle in one sentence: the applicant's turn goes first, then whoever is slowest."""
    rows = list(found)
    done = sum(row.is_done for row in rows)
    count = ngettext("Xong %(done)d trên %(all)d hồ sơ.", "Xong %(done)d trên %(all)d hồ sơ.", len(rows)) % {
        "done": done,
        "all": len(rows),
    }
    yours = [row for row in rows if row.turn.whose == "yours"]
    if asked := [row for row in yours if not row.is_done]:
        return Turn("yours", _("Đến lượt bạn: %(names)s.") % {"names": _titles(asked)}, count)
    paper = _("Bản giấy chờ bạn: %(names)s.") % {"names": _titles(yours)} if yours else ""
    if any(row.is_open for row in rows):
        promised = [row.dossier for row in rows if row.dossier and row.is_open]
        dues = [dossier.due_at for dossier in promised if dossier.due_at]
        latest = _("Hẹn trả muộn nhất %(due)s.") % {"due": vn_weekday(max(dues))} if dues else ""
        if any(appointment.is_paused(dossier) for dossier in promised):
            latest = _("Có hồ sơ đang tạm dừng thời hạn nên ngày hẹn sẽ lùi lại.")
        return Turn("theirs", _("Các cơ quan đang giải quyết."), " ".join(filter(None, [count, latest, paper])))
    if yours:
        return Turn("yours", paper, count)
    if done == len(rows):
        return Turn("done", _("Xong. Mọi kết quả nằm trong kho dữ liệu của bạn."))
    return Turn("stopped" if not done else "done", _("Đã kết thúc; có phần không có kết quả."), count)


def is_late(bundle: BundleFiling, found: Iterable[Standing], now: datetime) -> bool:
    """Whether the time for all of it is over and something is still to come, whoever's turn it is."""
    return bundle.due_at is not None and bundle.due_at < now and any(row.is_open for row in found)


def later_than_all(bundle: BundleFiling, found: Iterable[Standing]) -> str:
    """Which dossiers are promised for a later day than the whole, and why; empty where none is."""
    if bundle.due_at is None:
        return ""
    limit = bundle.due_at
    later = [row for row in found if row.is_open and row.dossier and row.dossier.due_at and row.dossier.due_at > limit]
    if not later:
        return ""
    text = _(
        "Hẹn trả muộn hơn thời hạn chung: %(names)s. Hồ sơ ấy từng tạm dừng để chờ bạn hoặc cơ quan khác, "
        "được hẹn lại, hoặc tiếp nhận khi thời hạn chung đã hết."
    )
    return text % {"names": _titles(later)}


def items(bundle: BundleFiling, found: Iterable[Standing]) -> list[dict[str, Any]]:
    """One timeline of all its dossiers, oldest first; what is still to come stands at the end."""
    rows: list[dict[str, Any]] = []
    for row in found:
        if row.dossier is not None:
            rows += [
                {**item, "title": f"{row.title}: {item['title']}", "current": False}
                for item in timeline.items(row.dossier)
            ]
    past = sorted((item for item in rows if not item.get("future")), key=itemgetter("at"))
    coming = sorted((item for item in rows if item.get("future")), key=itemgetter("at"))
    return [*past, *coming]


def results(found: Iterable[Standing]) -> list[Document]:
    """The results that are there, in the order of the plan."""
    return [
        row.dossier.result_document
        for row in found
        if row.dossier and row.dossier.result_document and row.dossier.state in HAS_RESULT
    ]


def heading(bundle: BundleFiling) -> str:
    """The same with whom it is about, for the pages of who filed it (dossiers.subjects)."""
    filed = (part.dossier for part in bundle.parts.all())
    about = next((name for dossier in filed if dossier and (name := subjects.told_apart(dossier))), "")
    return f"{title(bundle)} – {about}" if about else title(bundle)


def title(bundle: BundleFiling) -> str:
    """The linked procedure's name in the reader's language."""
    return bundle.procedure_version.title
