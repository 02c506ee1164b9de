"""The draft of a result on the workbench: the paper as it will be, before a leader signs it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dossiers import draft_papers
from portal.backoffice.officials import official_of
from portal.backoffice.views_workbench import any_actor
from portal.core.pdf_responses import inline_pdf


@never_cache
@require_GET
def draft(request: HttpRequest, code: str) -> HttpResponse:
    """The draft as PDF, for who decides the dossier; the owner sees in her log who opened it."""
    official = official_of(request)
    dossier = official.get_dossier(code)
    pdf = draft_papers.draw(dossier, actor=any_actor(official, dossier))
    return inline_pdf(pdf, name=f"ban-du-thao-{dossier.code}.pdf")
