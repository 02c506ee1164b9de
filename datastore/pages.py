"""What the pages of the store show, read in keyset pages: the ten thousandth document costs what the tenth does."""

import base64
import binascii
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from datastore import letter_list, reminders, represented
from datastore.models import AccessLog, Document, DocumentStatus, DocumentType, TrustLevel
from datastore.models.documents import DocumentQuerySet
from portal.accounts.models import Organisation, User

PAGE_SIZE = 20
EDITIONS_MOST = 30
IN_FORCE = Q(status=DocumentStatus.VALID)
Holder = User | Organisation
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page and the mark where the next one begins; empty on the last."""

    rows: list[Any]
    next_mark: str


STANDINGS: dict[str, tuple[Any, Callable[[date], Q]]] = {
    "con": (_("Còn hiệu lực"), lambda day: IN_FORCE & ~Q(valid_until__lt=day) & ~Q(trust=TrustLevel.UPLOADED)),
    "sap-het": (_("Sắp hết hiệu lực"), lambda day: IN_FORCE & Q(valid_until__range=(day, day + reminders.SOON))),
    "het": (_("Đã hết hiệu lực"), lambda day: IN_FORCE & Q(valid_until__lt=day)),
    "chua-kiem-tra": (_("Nơi cấp chưa xác nhận"), lambda day: IN_FORCE & Q(trust=TrustLevel.UPLOADED)),
    "thay-the": (_("Đã được thay thế"), lambda day: Q(status=DocumentStatus.REPLACED)),
    "thu-hoi": (_("Đã bị thu hồi"), lambda day: Q(status=DocumentStatus.REVOKED)),
}
"""By what a paper is worth today: the word of the filter, and which documents it leaves."""


def documents(
    holder: Holder,
    *,
    query: str = "",
    type_code: str = "",
    standing: str = "",
    after: str = "",
    finds_letters: bool = False,
    reader: User | None = None,
) -> Page:
    """A page of the listed documents of a person or an organisation, newest first; unknown standings narrow nothing.

    With `finds_letters` a search of words alone finds letters of dossiers, too, which the list itself leaves out.
    `reader` is who represents the holder, where she reads it herself not.
    """
    found = _listed(holder, reader)
    if finds_letters and query.strip() and not type_code and standing not in STANDINGS:
        found = Document.objects.of(holder).filter(Q(is_listed=True) | letter_list.LETTER)
    found = found.select_related("type", "issuer").order_by("-created_at", "-id")
    if type_code:
        found = found.filter(type__code=type_code)
    if standing in STANDINGS:
        found = found.filter(STANDINGS[standing][1](timezone.localdate()))
    return _page(letter_list.narrowed(found, query), "created_at", after)


@dataclass(frozen=True, slots=True)
class AccessFilter:
    """Which readings a person asks for; what is empty does not narrow."""

    agency_id: int | None = None
    action: str = ""
    dossier_code: str = ""

    def __bool__(self) -> bool:
        return bool(self.agency_id or self.action or self.dossier_code)


def _all_accesses_of(holder: Holder) -> "QuerySet[AccessLog]":
    """Those of a person's own data, or of an organisation's papers: what she brought there is not hers to follow."""
    if isinstance(holder, Organisation):
        return AccessLog.objects.filter(document__organisation=holder)
    return AccessLog.objects.filter(owner=holder, document__organisation=None)


def accesses_of(holder: Holder, wanted: AccessFilter = AccessFilter()) -> "QuerySet[AccessLog]":
    """The readings of somebody's data by others."""
    found = _all_accesses_of(holder)
    if wanted.agency_id is not None:
        found = found.filter(agency=wanted.agency_id)
    if wanted.action:
        found = found.filter(action=wanted.action)
    if wanted.dossier_code:
        found = found.filter(dossier_code=wanted.dossier_code)
    return found


def accesses(holder: Holder, wanted: AccessFilter = AccessFilter(), *, after: str = "") -> Page:
    """A page of the readings of somebody's data by others, latest first."""
    found = accesses_of(holder, wanted).select_related("document__type", "agency").order_by("-read_at", "-id")
    return _page(found, "read_at", after)


def agencies_that_looked(holder: Holder) -> list[tuple[int, str]]:
    """Agencies in somebody's log with the name each had last: what the filter offers."""
    rows = _all_accesses_of(holder).filter(agency__isnull=False).order_by("agency_id", "-read_at")
    latest = rows.distinct("agency_id").select_related("agency")
    named = [(row.agency.pk, row.agency_title) for row in latest if row.agency is not None]
    return sorted(named, key=lambda pair: pair[1])


def types_of(holder: Holder, *, reader: User | None = None) -> Iterable[DocumentType]:
    """The types of which a holder has documents: one look into the index for each type there is."""
    mine = _listed(holder, reader).filter(type=OuterRef("pk"))
    return DocumentType.objects.filter(Exists(mine)).order_by("name")


def _listed(holder: Holder, reader: User | None) -> DocumentQuerySet:
    """What a store's list shows to its holder, or to who represents her."""
    listed = Document.objects.listed(holder)
    return listed if reader is None else represented.open_to(listed, reader, principal_id=holder.pk)


def editions(document: Document) -> list[Document]:
    """Every edition of a paper, oldest first: what it replaced and what replaced it; empty where there is one only.

    Newer ones are followed to the end, older ones all the way back, of the same holder, up to EDITIONS_MOST.
    """
    own = Document.objects.of(document.holder).select_related("type")
    found = {document.pk: document}
    newest = document
    while newest.replaced_by_id and newest.replaced_by_id not in found and len(found) < EDITIONS_MOST:
        following = own.filter(pk=newest.replaced_by_id).first()
        if following is None:
            break
        newest = found[following.pk] = following
    edge = [document.pk]
    while edge and len(found) < EDITIONS_MOST:
        older = list(own.filter(replaced_by__in=edge).exclude(pk__in=found)[: EDITIONS_MOST - len(found)])
        found.update({paper.pk: paper for paper in older})
        edge = [paper.pk for paper in older]
    return sorted(found.values(), key=lambda paper: (paper.created_at, paper.pk)) if len(found) > 1 else []


def next_url(mark: str, **filters: str) -> str:
    """The address of the next page with the filters kept; empty on the last one."""
    if not mark:
        return ""
    return "?" + urlencode({**{name: value for name, value in filters.items() if value}, "sau": mark})


def _page(found: "QuerySet[Row]", field: str, after: str) -> Page:
    if (mark := _read_mark(after)) is not None:
        moment, pk = mark
        # The first condition is where an index begins to read; the second alone is a filter over all that came before.
        found = found.filter(Q(**{f"{field}__lte": moment}), Q(**{f"{field}__lt": moment}) | Q(pk__lt=pk))
    rows = list(found[: PAGE_SIZE + 1])
    if len(rows) <= PAGE_SIZE:
        return Page(rows, "")
    last = rows[PAGE_SIZE - 1]
    return Page(rows[:PAGE_SIZE], _write_mark(getattr(last, field), last.pk))


def _write_mark(moment: datetime, pk: int) -> str:
    return base64.urlsafe_b64encode(f"{moment.isoformat()} {pk}".encode()).decode().rstrip("=")


def _read_mark(text: str) -> tuple[datetime, int] | None:
    """A mark that is not ours means the first page: old links keep working."""
    try:
        moment, _blank, pk = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
        parsed = datetime.fromisoformat(moment)
        return (parsed, int(pk)) if parsed.tzinfo is not None and 0 <= int(pk) < 2**63 else None
    except (binascii.Error, ValueError, UnicodeDecodeError):
        return None
