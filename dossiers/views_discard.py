"""The page that throws a draft away: it names what goes and what stays before anything is deleted."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dossiers import acting, draft_access, drafts, naming, steps
from dossiers.lifecycle import DossierState
from dossiers.models import Dossier
from dossiers.steps import PLACE
from portal.core.errors import ConflictError
from procedures import eforms


@never_cache
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, code: str, public_id: UUID) -> HttpResponse:
    """Ask, then throw the draft away."""
    actor = acting.on_draft(request.user, public_id)
    dossier = draft_access.get_draft(public_id, actor=actor, to_discard=True)
    if dossier.state != DossierState.DRAFT:
        raise ConflictError(_("Hồ sơ này đã nộp. Bạn có thể rút hồ sơ ở trang hồ sơ."))
    if request.method == "POST":
        kept = dossier.components.count()
        drafts.discard(public_id, actor=actor)
        words = _("Đã xóa bản nháp “%(title)s”.") % {"title": naming.dossier_title(dossier)}
        if kept:
            words += " " + _("Giấy tờ bạn đã tải lên vẫn còn trong kho dữ liệu.")
        messages.success(request, words)
        return redirect(acting.page_context(dossier, actor).get("for_whom_url") or "dossiers:list")
    lost, titles = _lost(dossier), naming.component_titles(dossier)
    context = {
        "title": naming.dossier_title(dossier),
        "back_url": steps.address(dossier, dossier.step or PLACE),
        "begun_at": dossier.created_at,
        "lost": lost,
        "is_answered": any(part["labels"] for part in lost),
        "papers": [
            {"name": titles.get(row.component_code, row.name), "files": ", ".join(file["name"] for file in row.files)}
            for row in dossier.components.order_by("id")
        ],
        "store": dossier.organisation,
    }
    return render(request, "dossiers/filing_discard.html", context)


def _lost(dossier: Dossier) -> list[dict[str, Any]]:
    """What was filled in, by part of the form: the questions, not the answers, which stay covered."""
    found: list[dict[str, Any]] = []
    if dossier.procedure_version is not None:
        form = eforms.form_for(dossier.procedure_version)
        for section in eforms.summary(form, dossier.answers, filled_only=True):
            if section.rows:
                labels = list(dict.fromkeys(row.label for row in section.rows))
                found.append({"title": section.title, "place": "", "count": len(section.rows), "labels": labels})
    if half := len(dossier.unread_answers):
        words = ngettext("%(count)d câu trả lời gõ dở", "%(count)d câu trả lời gõ dở", half) % {"count": half}
        found.append({"title": words, "place": "", "count": 0, "labels": []})
    if dossier.agency is not None:
        found.append({"title": _("Nơi nộp"), "place": naming.agency_title(dossier), "count": 0, "labels": []})
    if held := dossier.held_papers.count():
        words = ngettext("%(count)d lời báo Nhà nước đã có giấy", "%(count)d lời báo Nhà nước đã có giấy", held)
        found.append({"title": words % {"count": held}, "place": "", "count": 0, "labels": []})
    return found
