"""Papers that agencies send each other about a dossier, from the workbench; and what an agency has answered."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from datastore.views_files import send_bytes
from dossiers import consultation_papers
from dossiers.models import ConsultationPaper, Dossier
from portal.agencies.actors import Actor
from portal.backoffice import opinions
from portal.backoffice.officials import at_work, official_of
from portal.backoffice.rail import Rail
from portal.core import keyset

PAGE_SIZE = 20


@never_cache
@require_GET
def paper(request: HttpRequest, code: str, pk: int) -> FileResponse:
    """Send a paper of a question or its answer; `?xem=1` shows it in the page; 404 for everybody else, or once shut."""
    official = official_of(request)
    dossier = official.get_dossier(code)
    found, actor = opinions.get_paper(official, dossier, pk)
    return _sent(request, dossier, found, actor)


@never_cache
@require_GET
def answered(request: HttpRequest) -> HttpResponse:
    """What agencies of hers were asked and answered, asked last first; the dossiers themselves stay closed."""
    official = at_work(request)
    page = keyset.newest_first(opinions.answered_by(official), request, size=PAGE_SIZE)
    opinions.note_read(official, page.rows)
    context = {
        "official": official,
        "rows": opinions.answered_rows(page.rows),
        "next_url": page.next_url,
        "first_url": page.first_url,
        **Rail.of(official).context(),
    }
    return render(request, "backoffice/opinions_answered.html", context)


@never_cache
@require_GET
def sent_paper(request: HttpRequest, pk: int) -> FileResponse:
    """Send a paper that went with an answer of her agency, to that agency alone."""
    found, actor = opinions.get_sent_paper(at_work(request), pk)
    return _sent(request, found.consultation.dossier, found, actor)


def _sent(request: HttpRequest, dossier: Dossier, found: ConsultationPaper, actor: Actor) -> FileResponse:
    stream = consultation_papers.open_file(dossier, found, actor=actor)
    file = found.file
    return send_bytes(
        stream,
        name=found.name,
        content_type=file.content_type,
        size_bytes=file.size_bytes,
        inline=request.GET.get("xem") == "1",
    )
