"""The page that throws a draft away."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dossiers import access, acting, drafts, naming, steps
from dossiers.lifecycle import DossierState
from dossiers.steps import PLACE
from portal.core.errors import ConflictError


@never_cache
@require_http_methods(["GET", "POST"])
def discard(request: HttpRequest, code: str, public_id: UUID) -> HttpResponse:
    """Ask, then throw the draft away."""
    actor = acting.on_draft(request.user, public_id)
    dossier = access.get_draft(public_id, actor=actor)
    if dossier.state != DossierState.DRAFT:
        raise ConflictError(_("Hồ sơ này đã nộp. Bạn có thể rút hồ sơ ở trang hồ sơ."))
    if request.method == "POST":
        drafts.discard(public_id, actor=actor)
        messages.success(request, _("Đã xóa bản nháp. Giấy tờ bạn đã tải lên vẫn còn trong kho dữ liệu."))
        return redirect(acting.page_context(dossier, actor).get("for_whom_url") or "dossiers:list")
    return render(
        request,
        "dossiers/filing_discard.html",
        {"title": naming.dossier_title(dossier), "back_url": steps.address(dossier, dossier.step or PLACE)},
    )
