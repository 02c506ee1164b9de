"""Writing to the applicant, saying that her messages were read, and noting something for colleagues."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from dossiers import correspondence, message_files
from dossiers.forms import MessageForm
from portal.backoffice import walking
from portal.backoffice.officials import official_of
from portal.backoffice.sites import keeps_words
from portal.backoffice.views_workbench import any_actor, bench_page, to_workbench
from portal.core.errors import InvalidInputError
from portal.core.text import whole_number


def workbench_of(request: HttpRequest, code: str) -> str:
    """Where both forms stand."""
    return f"{reverse('admin:dossier', args=[code])}{walking.query_of(request.GET)}"


@keeps_words(workbench_of)
@never_cache
@require_POST
def write(request: HttpRequest, code: str) -> HttpResponse:
    """Send a message to the applicant; what was typed stays when it is refused."""
    official = official_of(request)
    dossier = official.get_dossier(code)
    actor = any_actor(official, dossier)
    form = MessageForm(request.POST, has_files=bool(request.FILES))
    file_errors: list[str] = []
    if form.is_valid():
        file_errors = message_files.send_form(dossier, form, request.FILES.getlist("files"), actor=actor)
    if form.errors or file_errors:
        shown = {"message_form": form, "message_file_errors": file_errors, "is_talk_open": True}
        return bench_page(request, official, dossier, status=422, extra=shown)
    messages.success(request, _("Đã gửi tin nhắn cho người nộp."))
    return to_workbench(request, code, "#trao-doi")


@never_cache
@require_POST
def mark_read(request: HttpRequest, code: str) -> HttpResponse:
    """The applicant's messages need no answer: say that they were read."""
    official = official_of(request)
    dossier = official.get_dossier(code)
    seen = whole_number(request.POST.get("seen", ""))
    correspondence.mark_read(code, actor=any_actor(official, dossier), seen=seen)
    messages.success(request, _("Đã ghi là đã đọc."))
    return to_workbench(request, code, "#trao-doi")


@keeps_words(workbench_of)
@never_cache
@require_POST
def note(request: HttpRequest, code: str) -> HttpResponse:
    """Keep a note for colleagues; the applicant never sees it."""
    official = official_of(request)
    dossier = official.get_dossier(code)
    actor = any_actor(official, dossier)
    form = MessageForm(request.POST, auto_id="note_%s")
    if form.is_valid():
        try:
            correspondence.note(
                code, actor=actor, text=form.cleaned_data["text"], form_token=form.cleaned_data["token"]
            )
        except InvalidInputError as error:
            form.take(error, [])
    if form.errors:
        shown: dict[str, Any] = {"note_form": form, "is_note_open": True}
        return bench_page(request, official, dossier, status=422, extra=shown)
    messages.success(request, _("Đã ghi chú nội bộ."))
    return to_workbench(request, code, "#ghi-chu")
