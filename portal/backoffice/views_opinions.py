"""Papers that agencies send each other about a dossier, from the workbench."""

from django.http import FileResponse, HttpRequest
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from datastore.views_files import send_bytes
from dossiers import consultation_papers
from portal.backoffice import opinions
from portal.backoffice.officials import official_of


@never_cache
@require_GET
def paper(request: HttpRequest, code: str, pk: int) -> FileResponse:
    """Send a paper of a question or its answer; `?xem=1` shows it in the page; 404 for everybody else, or once shut."""
    official = official_of(request)
    dossier = official.get_dossier(code)
    found, actor = opinions.get_paper(official, dossier, pk)
    stream = consultation_papers.open_file(dossier, found, actor=actor)
    file = found.file
    return send_bytes(
        stream,
        name=found.name,
        content_type=file.content_type,
        size_bytes=file.size_bytes,
        inline=request.GET.get("xem") == "1",
    )
