"""What a result in the store says of whom it is about (dữ liệu của giấy tờ đã cấp): never asked for again.

The words of a paper are the answers of the dossier it was issued for, put right where an edition was corrected, and the
number that the authority gave. Papers that came from elsewhere tell only what stands in the store's own columns.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from datastore.models import Document, TrustLevel
from dossiers import subjects
from dossiers.models import Dossier
from portal.accounts.models import User
from procedures.eforms.prefilling import STORE_ITEMS, Known

STORE_WORDS = gettext_noop("Từ kho dữ liệu: %(title)s, %(day)s")
VOUCHED = (TrustLevel.ISSUED, TrustLevel.CERTIFIED, TrustLevel.DIGITISED, TrustLevel.FETCHED)
"""Papers that an authority vouches for."""


@dataclass(frozen=True, slots=True)
class Told:
    """A paper in force, and what it says: of itself (`number` …) and, of a result, of whom it is about."""

    document: Document
    own: dict[str, Known]
    contents: dict[str, Known]


def told_by(user: User, *, types: Iterable[str] = (), on: date | None = None) -> list[Told]:
    """What each vouched paper of a person's own store says, the oldest first; of some types only, or of all."""
    day = on or timezone.localdate()
    found = Document.objects.listed(user).filter(trust__in=VOUCHED).select_related("type").order_by("created_at", "id")
    if types := list(types):
        found = found.filter(type__code__in=types)
    papers = [paper for paper in found if paper.is_in_force(day)]
    results = {
        dossier.result_document_id: dossier
        for dossier in Dossier.objects.filter(result_document__in=[paper.pk for paper in papers], owner=user)
        .select_related("result_issue")
        .order_by("pk")
    }
    return [_told(paper, results.get(paper.pk)) for paper in papers]


def _told(paper: Document, dossier: Dossier | None) -> Told:
    told = paper.issued_on or timezone.localdate(paper.created_at)
    words = _(STORE_WORDS) % {"title": paper.title, "day": told.strftime("%d/%m/%Y")}
    own = {item: Known(value, words) for item in STORE_ITEMS if (value := getattr(paper, item))}
    contents = {key: Known(value, words) for key, value in _contents(paper, dossier).items()} if dossier else {}
    return Told(paper, own, contents)


def _contents(paper: Document, dossier: Dossier) -> dict[str, Any]:
    issue = getattr(dossier, "result_issue", None)
    right: dict[str, str] = issue.corrections if issue else {}
    # of an answer with parts no word is right any more where one part was put right: better to ask than to guess
    wholes = {key.partition(".")[0] for key in right if "." in key}
    found = {key: value for key, value in {**dossier.answers, **right}.items() if key not in wholes}
    # an answer of this name is the number of who filed; a paper's is that of whom it is about, or none
    found["personal_id"] = paper.about_personal_id or (subjects.number_given(issue) if issue else "")
    return {key: value for key, value in found.items() if value not in ("", None)}


def by_type(papers: Iterable[Told]) -> dict[str, Known]:
    """Facts as a form names them, `<type>#<item>`: the newest paper's, of contents only where all are about one.

    Of two children's certificates nobody can tell which one a form means: then its page offers them.
    """
    found: dict[str, Known] = {}
    about: dict[str, set[str]] = {}
    newest: dict[str, Told] = {}
    for paper in papers:
        code = paper.document.type.code
        found.update({f"{code}#{item}": known for item, known in paper.own.items()})
        if paper.contents:
            about.setdefault(code, set()).add(paper.document.about_name)
            newest[code] = paper
    for code, paper in newest.items():
        if len(about[code]) == 1:
            found.update(of_one(paper))
    return found


def of_one(paper: Told) -> dict[str, Known]:
    """The contents of one paper, as a form names them."""
    return {f"{paper.document.type.code}#{item}": known for item, known in paper.contents.items()}
