"""Moving a draft to the version of its procedure that is in force: what changes, then the button."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from datastore.signed_in import SignedInRequest
from dossiers import acting, draft_access, rebasing, steps
from dossiers.lifecycle import DossierState
from portal.core.errors import ConflictError, NotFoundError


@never_cache
@require_http_methods(["GET", "POST"])
def rebase(request: SignedInRequest, code: str, public_id: UUID) -> HttpResponse:
    """Show the differences; a POST moves the draft, and the person goes on where it begins."""
    actor = acting.on_draft(request.user, public_id)
    draft = draft_access.get_draft(public_id, actor=actor)
    if draft.procedure_code != code:
        raise NotFoundError
    if draft.state != DossierState.DRAFT:
        raise ConflictError(_("Hồ sơ này đã nộp nên không sửa được nữa."), code="dossier.already_submitted")
    if request.method == "POST":
        moved = rebasing.rebase_draft(public_id, actor=actor)
        messages.success(request, _("Bản nháp đã theo bản công bố mới. Hãy xem lại từng mục trước khi nộp."))
        return redirect(steps.address(moved, steps.PLACE))
    found = rebasing.differences(draft)
    if found is None:
        return redirect(steps.address(draft, draft.step or steps.PLACE))
    context = {
        "found": found,
        "title": found.newer.title,
        "back_url": steps.address(draft, draft.step or steps.PLACE),
        **acting.page_context(draft, actor),
    }
    return render(request, "dossiers/filing_rebase.html", context)
