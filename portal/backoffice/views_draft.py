"""The draft of a result on the workbench: the paper as it will be, before a leader signs it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dossiers import draft_papers
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
