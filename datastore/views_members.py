"""Pages of an organisation's members (thành viên của tổ chức): who, what happened; appoint, dismiss, leave."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from datastore import members
from datastore.forms_members import AppointForm
from datastore.signed_in import SignedInRequest
from portal.accounts import representing
from portal.accounts.models import MembershipChange, OrganisationMember, OrganisationRole
from portal.core import form_errors, tries
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError
from portal.core.masking import mask_personal_id

TRIES, TRIES_SECONDS = 20, 3600
"""Numbers that fit nobody, before a representative has to wait: nobody finds out who has an account by guessing."""
HISTORY = 100


@never_cache
@require_GET
def organisations(request: SignedInRequest) -> HttpResponse:
    """The organisations that the reader acts for, and as what."""
    posts = OrganisationMember.objects.filter(user=request.user).valid_on(timezone.localdate())
    roles: dict[int, list[str]] = {}
    for post in posts:
        roles.setdefault(post.organisation_id, []).append(str(OrganisationRole(post.role).label))
    rows = [
        {"organisation": found, "roles": ", ".join(roles.get(found.pk, []))}
        for found in representing.organisations_of(request.user)
    ]
    return render(request, "datastore/organisations.html", {"rows": rows})


@never_cache
@require_GET
def members_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who acts for the organisation and what changed; the representative sees numbers' last figures and the buttons."""
    organisation = representing.organisation_of(request.user, pk)
    manages = representing.is_representative(request.user, pk)
    undoable = members.restorable(organisation, timezone.now()) if manages else set()
    history = MembershipChange.objects.filter(organisation=organisation).order_by("-id")[:HISTORY]
    context = {
        "organisation": organisation,
        "manages": manages,
        "rows": [_row(post, manages=manages) for post in members.members(organisation)],
        "history": [{"change": change, "can_restore": change.pk in undoable} for change in history],
    }
    return render(request, "datastore/members.html", context)


def _row(post: OrganisationMember, *, manages: bool) -> dict[str, Any]:
    profile = getattr(post.user, "citizen", None)
    return {
        "post": post,
        "number": mask_personal_id(profile.personal_id) if manages and profile else "",
        "tone": "jade" if post.role == OrganisationRole.REPRESENTATIVE else "neutral",
        "can_dismiss": manages and post.role in members.GIVEN,
    }


@never_cache
@require_http_methods(["GET", "POST"])
def appoint(request: SignedInRequest, pk: int) -> HttpResponse:
    """Appoint somebody by number and name; guessing is stopped by account and by address."""
    organisation = representing.organisation_of(request.user, pk)
    if not representing.is_representative(request.user, pk):
        raise NotAllowedError
    form = AppointForm(request.POST or None)
    if request.method == "POST":
        tries.refuse_after(request, "members", tries=TRIES, seconds=TRIES_SECONDS, account=request.user.pk)
    if request.method == "POST" and form.is_valid():
        try:
            change = members.appoint(pk, actor=request.user, **form.cleaned_data)
        except InvalidInputError as error:
            tries.note_failure(request, "members", seconds=TRIES_SECONDS, account=request.user.pk)
            form_errors.tell(form, error)
        except ConflictError as error:
            form_errors.tell(form, error)
        else:
            said = _("%(name)s là thành viên từ hôm nay. Người ấy được báo bằng thư.") % {"name": change.user_name}
            messages.success(request, said)
            return redirect("datastore:members", pk)
    status = 422 if request.method == "POST" else 200
    context = {"organisation": organisation, "form": form}
    return render(request, "datastore/member_appoint.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def dismiss(request: SignedInRequest, pk: int, post_id: int) -> HttpResponse:
    """Ask, then end somebody's post; pressed twice it is ended once."""
    organisation = representing.organisation_of(request.user, pk)
    if not representing.is_representative(request.user, pk):
        raise NotAllowedError
    post = members.get_post(organisation, post_id)
    if request.method == "POST":
        members.dismiss(pk, post_id, actor=request.user)
        said = _("%(name)s đã thôi. Bấm “Chỉ định lại” ở lịch sử nếu bạn nhầm.") % {"name": post.user}
        messages.success(request, said)
        return redirect("datastore:members", pk)
    return render(request, "datastore/member_dismiss.html", {"organisation": organisation, "post": post})


@require_POST
def restore(request: SignedInRequest, pk: int, change_id: int) -> HttpResponse:
    """Take a dismissal back."""
    change = members.restore(pk, change_id, actor=request.user)
    messages.success(request, _("%(name)s lại là thành viên.") % {"name": change.user_name})
    return redirect("datastore:members", pk)


@never_cache
@require_http_methods(["GET", "POST"])
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, then give up one's own post."""
    organisation = representing.organisation_of(request.user, pk)
    if request.method == "POST":
        members.leave(pk, actor=request.user)
        messages.success(request, _("Bạn không còn là thành viên của %(name)s.") % {"name": organisation.name})
        return redirect("datastore:organisations")
    return render(request, "datastore/member_leave.html", {"organisation": organisation})
