"""PDFs of a dossier from the workbench: the draft before a leader signs it, then letters and the signed result."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from datastore.views_files import send
from dossiers import draft_papers, issued_papers
from portal.backoffice import passages
from portal.backoffice import workbench as bench
from portal.backoffice.officials import official_of
from portal.backoffice.views_workbench import any_actor
from portal.core.pdf_responses import inline_pdf


@never_cache
@require_GET
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """The draft as PDF, for who decides the dossier; the owner sees in her log who opened it.

    Numbers stand whole on it only while the workbench shows them whole: against a reason that is kept.
    """
    official = official_of(request)
    dossier = official.get_dossier(code)
    is_masked = not bench.has_revealed(dossier.events.filter(name=passages.REVEALED), official)
    pdf = draft_papers.draw(dossier, actor=any_actor(official, dossier), is_masked=is_masked)
    return inline_pdf(pdf, name=f"ban-du-thao-{dossier.code}.pdf")


@never_cache
@require_GET
def issued_paper(request: HttpRequest, code: str, document_id: int) -> FileResponse:
    """A letter or the signed result as it was issued, for who decides the dossier; the owner's log says so."""
    official = official_of(request)
    dossier = official.get_dossier(code)
    stored, stream = issued_papers.open_first_file(dossier, document_id, actor=any_actor(official, dossier))
    return send(stored, stream, inline=True)
