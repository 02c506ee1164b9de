"""On a page of the form: whose paper fills it (điền từ giấy tờ trong kho), offered and chosen without scripts."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from dossiers import acting, draft_access, drafts, paper_facts
from dossiers.models import Dossier
from portal.agencies.actors import Actor
from portal.core.errors import NotFoundError
from portal.core.text import whole_number
from procedures import eforms
from procedures.eforms.prefilling import contents_wanted, store_item

CHOSEN = "_paper"
NONE = "none"


def wanted_on(page: eforms.Page) -> set[str]:
    """What a page may take out of results, as `<type>#<item>`."""
    return {item for field in page.fields() for item in contents_wanted(field)}


def types_of(wanted: set[str]) -> set[str]:
    """The kinds of result that such contents stand in."""
    return {store_item(item)[0] for item in wanted}


def offered(dossier: Dossier, page: eforms.Page, *, actor: Actor) -> list[dict[str, Any]]:
    """The papers that may fill a page, each with whether its contents stand there now; none where none is of use."""
    wanted = wanted_on(page)
    if not wanted or dossier.owner is None or not draft_access.may_use_store(dossier, actor=actor):
        return []
    told = paper_facts.told_by(dossier.owner, types=types_of(wanted))
    papers = [paper for paper in told if wanted & set(paper_facts.of_one(paper))]
    acting.note_papers_seen(
        [paper.document for paper in papers], actor=actor, purpose=acting.purpose_on(dossier, actor)
    )
    keys = [field.key for field in page.fields() if contents_wanted(field) and field.key in dossier.answer_sources]
    filled = {str(dossier.answers.get(key)) for key in keys}
    return [
        {
            "pk": paper.document.pk,
            "about": paper.document.about_name or paper.document.title,
            "title": paper.document.shown_title,
            "number": paper.document.number,
            "is_used": bool(filled) and filled <= {str(known.value) for known in paper.contents.values()},
        }
        for paper in papers
    ]


def choose(request: HttpRequest, dossier: Dossier, page: eforms.Page, *, actor: Actor) -> None:
    """Take what the pressed button says; raises NotFoundError for a paper that is not hers to use."""
    said = request.POST.get(CHOSEN, "")
    document_id = None if said == NONE else whole_number(said)
    if document_id is None and said != NONE:
        raise NotFoundError(_("Không tìm thấy giấy tờ này."))
    drafts.fill_from_paper(dossier.public_id, actor=actor, types=types_of(wanted_on(page)), document_id=document_id)
