"""The citizen's page of messages about a dossier (trao đổi với cơ quan): read, answer, attach."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dossiers import access, correspondence, message_files, naming
from dossiers.forms import MessageForm
from dossiers.models import Dossier, DossierMessage, Side
from portal.accounts import representing
from portal.accounts.interrupted import keeps_what_was_typed, take_back
from portal.agencies import post_titles
from portal.agencies.actors import Actor
from portal.core.errors import NotAllowedError

SHOWN_ON_DOSSIER = 3
"""Messages on the dossier's own page; the page of messages has them all."""


def shown(rows: list[DossierMessage]) -> list[dict[str, Any]]:
    """Rows for templates/dossiers/_thread.html, as the applicant reads them."""
    return [
        {
            "message": row,
            "is_mine": row.side == Side.APPLICANT,
            "who": "" if row.side == Side.APPLICANT else post_titles.official(row.author_name),
            "is_new": row.side == Side.AGENCY and row.read_at is None,
            "files": message_files.shown(row),
        }
        for row in rows
    ]


def section(dossier: Dossier, actor: Actor) -> dict[str, Any]:
    """What the dossier's page shows of the messages; nothing is marked as read there."""
    rows = correspondence.thread(dossier)
    return {
        "is_open": correspondence.is_open(dossier) and access.may_act(dossier, actor=actor),
        "rows": shown(rows[-SHOWN_ON_DOSSIER:]),
        "count": len(rows),
        "unread": sum(row.side == Side.AGENCY and row.read_at is None for row in rows),
    }


@keeps_what_was_typed
@never_cache
@require_http_methods(["GET", "POST"])
def thread(request: HttpRequest, code: str) -> HttpResponse:
    """The whole conversation, and the form below it; what is on the page counts as read."""
    actor = Actor.citizen(request.user)
    dossier = access.get_dossier(code, actor=actor)
    interrupted = take_back(request)
    if interrupted and interrupted.had_files:
        messages.warning(request, _("Phiên đăng nhập đã hết trước khi tệp tới nơi. Hãy chọn lại tệp rồi gửi."))
    is_post = request.method == "POST"
    may_act = access.may_act(dossier, actor=actor)
    if is_post and not may_act:
        raise NotAllowedError(representing.ONLY_READS)
    typed = request.POST if is_post else interrupted.posted if interrupted else None
    form = MessageForm(typed, has_files=bool(request.FILES))
    file_errors: list[str] = []
    if is_post and form.is_valid():
        file_errors = message_files.send_form(dossier, form, request.FILES.getlist("files"), actor=actor)
        if not form.errors and not file_errors:
            messages.success(request, _("Đã gửi tin nhắn cho cơ quan."))
            return redirect("dossiers:messages", code)
    rows = correspondence.thread(dossier)
    context = {
        "dossier": dossier,
        "title": naming.dossier_title(dossier),
        "rows": shown(rows),
        "is_open": correspondence.is_open(dossier) and may_act,
        "only_reads": "" if may_act else representing.ONLY_READS,
        "form": form,
        "file_errors": file_errors,
        "errors": [(f"#id_{name}" if name != "__all__" else "#id_text", text) for name, text in form.texts()]
        + [("#tep-kem", text) for text in file_errors],
    }
    response = render(request, "dossiers/messages.html", context, status=422 if context["errors"] and is_post else 200)
    if may_act:  # what a reader of an organisation saw is still unread for who answers
        correspondence.mark_read(code, actor=actor, seen=max((row.pk for row in rows), default=0))
    return response
