"""Pages of acting for others: whom I represent, who represents me (người tôi đại diện, ai đại diện cho tôi)."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from datastore.signed_in import SignedInRequest
from dossiers import family
from dossiers.errors import IdentityLevelError
from portal.accounts import representations
from portal.accounts.models import Representation
from portal.core.errors import InvalidInputError, NotAllowedError
from portal.core.text import whole_number

SHOWN = 50


@never_cache
@require_GET
def overview(request: SignedInRequest) -> HttpResponse:
    """Whom I represent, which children I may add, and who represents me; what is over stays as history."""
    rows = Representation.objects.select_related("principal", "representative").order_by("-pk")
    context = {
        "held": [_row(held) for held in rows.filter(representative=request.user)[:SHOWN]],
        "given": [_row(held) for held in rows.filter(principal=request.user)[:SHOWN]],
        "children": family.to_add(request.user),
    }
    return render(request, "dossiers/representation.html", context)


@require_POST
def add_child(request: SignedInRequest) -> HttpResponse:
    """Act for the child of a birth certificate in one's own store."""
    try:
        held = family.add(request.user, whole_number(request.POST.get("giay-to", "")) or 0)
    except IdentityLevelError as error:
        messages.error(request, str(error.message))
    except InvalidInputError as error:
        messages.error(request, " ".join(map(str, error.texts)))
    else:
        messages.success(request, _("Từ nay bạn nộp hồ sơ thay %(name)s được.") % {"name": held.principal})
    return redirect("dossiers:representation")


@require_POST
def end(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """End one at once, as who holds it or who gave it."""
    try:
        ended = representations.end(public_id, user=request.user)
    except NotAllowedError as error:
        messages.error(request, str(error.message))
    else:
        is_hers = ended.representative_id == request.user.pk
        said = _("Bạn đã thôi đại diện. Hồ sơ và kho của người ấy không còn mở với bạn.")
        messages.success(
            request, said if is_hers else _("Đã thu hồi. Người ấy không xem và không nộp thay bạn được nữa.")
        )
    return redirect("dossiers:representation")


def _row(held: Representation) -> dict[str, Any]:
    """How one stands, as a word with its colour."""
    today = timezone.localdate()
    if held.is_in_force(today):
        status, tone = _("Đang có hiệu lực"), "jade"
    elif held.ended_at is not None:
        status, tone = str(held.get_end_reason_display()), "neutral"
    elif held.representative_id is None:
        status, tone = _("Chờ người được ủy quyền nhập mã"), "amber"
    else:
        status, tone = _("Đã hết hạn"), "neutral"
    return {"held": held, "status": status, "tone": tone, "is_open": held.is_in_force(today)}
