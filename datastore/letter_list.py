"""The letters of dossiers in the store's list (văn bản hồ sơ): by dossier, the one with the newest letter first."""

from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet

from datastore.models import Document, DocumentGroup, TrustLevel
from portal.accounts.models import Organisation, User
from portal.core.text import clean_line, fold
from procedures.models import Procedure

TYPE = "van-ban-ho-so"
"""What the filter of types says for them: letters have several types and stand in the list only under this one."""
PAGE_SIZE = 20
LETTER = Q(type__group=DocumentGroup.LETTER, trust=TrustLevel.ISSUED)


@dataclass(frozen=True, slots=True)
class DossierLetters:
    """One dossier: its code, what it is about in the reader's language where the catalogue knows it, its letters."""

    code: str
    title: str
    letters: list[Document]


@dataclass(frozen=True, slots=True)
class Page:
    """Dossiers of one page, and the mark where the next one begins; empty on the last."""

    dossiers: list[DossierLetters]
    next_mark: str


def narrowed(found: "QuerySet[Document]", query: str) -> "QuerySet[Document]":
    """Those that have every word of a search, typed with or without marks."""
    for word in fold(clean_line(query)[:100]).split():
        found = found.filter(search_text__contains=word)
    return found


def page(holder: User | Organisation, *, query: str = "", after: str = "") -> Page:
    """The letters and receipts that somebody's dossiers brought, PAGE_SIZE dossiers at a time.

    Each dossier shows those that the search finds; a mark that is not ours means the first page.
    """
    found = narrowed(Document.objects.of(holder).filter(LETTER).exclude(dossier_code=""), query)
    newest = found.order_by().values("dossier_code").annotate(newest=Max("pk")).order_by("-newest")
    if after.isascii() and after.isdigit() and len(after) < 19:
        newest = newest.filter(newest__lt=int(after))
    rows = list(newest[: PAGE_SIZE + 1])
    codes = [row["dossier_code"] for row in rows[:PAGE_SIZE]]
    papers = found.filter(dossier_code__in=codes).select_related("type", "issuer").order_by("-pk")
    by_code: dict[str, list[Document]] = {code: [] for code in codes}
    for paper in papers:
        by_code[paper.dossier_code].append(paper)
    titles = _titles({paper.procedure_code for paper in papers})
    dossiers = [
        DossierLetters(code, titles.get(letters[0].procedure_code, ""), letters) for code, letters in by_code.items()
    ]
    return Page(dossiers, str(rows[PAGE_SIZE - 1]["newest"]) if len(rows) > PAGE_SIZE else "")


def _titles(codes: set[str]) -> dict[str, str]:
    known = Procedure.objects.filter(code__in=codes, current__isnull=False).select_related("current")
    return {procedure.code: procedure.current.title for procedure in known if procedure.current}
