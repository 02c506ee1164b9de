"""Pages of acting for others: whom I represent, who represents me (người tôi đại diện, ai đại diện cho tôi)."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from datastore.signed_in import SignedInRequest
from dossiers import family, mandates
from dossiers.errors import IdentityLevelError
from dossiers.forms_mandate import ClaimMandateForm, GiveMandateForm
from portal.accounts.models import Representation, RepresentationKind
from portal.core import form_errors, qr, tries
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError
from portal.core.text import whole_number

SHOWN = 50
TRIES, TRIES_SECONDS = 10, 900


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


@never_cache
@require_http_methods(["GET", "POST"])
def give(request: SignedInRequest) -> HttpResponse:
    """Give a mandate; the answer shows the code once, as only its digest is kept."""
    form = GiveMandateForm(
        request.POST if request.method == "POST" else None,
        initial={"procedure_codes": request.GET.get("thu-tuc", "")[:20]},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = mandates.give(principal=request.user, **form.arguments())
        except (InvalidInputError, ConflictError, IdentityLevelError, NotAllowedError) as error:
            form_errors.tell(form, error)
        else:
            # behind the #, which no browser sends: the code stands in no server's log
            address = f"{settings.BASE_URL}{reverse('dossiers:mandate_claim')}#{made.code}"
            context = {
                "mandate": made.mandate,
                "code": f"{made.code[:4]} {made.code[4:]}",
                "qr": qr.draw(address, label=_("Mã QR để người được ủy quyền quét")).svg,
                "scope": _scope(made.mandate),
            }
            return render(request, "dossiers/mandate_given.html", context, status=201)
    status = 422 if request.method == "POST" else 200
    return render(request, "dossiers/mandate_give.html", {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def claim(request: SignedInRequest) -> HttpResponse:
    """Take up a mandate by its code; guessing is stopped by address and by account."""
    form = ClaimMandateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        tries.refuse_after(request, "mandate", tries=TRIES, seconds=TRIES_SECONDS, account=request.user.pk)
    if request.method == "POST" and form.is_valid():
        try:
            held = mandates.claim(form.cleaned_data["code"], user=request.user)
        except InvalidInputError as error:
            tries.note_failure(request, "mandate", seconds=TRIES_SECONDS, account=request.user.pk)
            form.add_error("code", [str(text) for text in error.texts])
        except IdentityLevelError as error:
            form_errors.tell(form, error)
        else:
            messages.success(request, _("Từ nay bạn nộp hồ sơ thay %(name)s được.") % {"name": held.principal})
            return redirect("dossiers:representation")
    status = 422 if request.method == "POST" else 200
    return render(request, "dossiers/mandate_claim.html", {"form": form}, status=status)


@require_POST
def end(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """End one at once, as who holds it or who gave it."""
    try:
        ended = mandates.end(public_id, user=request.user)
    except NotAllowedError as error:
        messages.error(request, str(error.message))
    else:
        is_hers = ended.representative_id == request.user.pk
        said = _("Bạn đã thôi đại diện. Hồ sơ và kho của người ấy không còn mở với bạn.")
        messages.success(
            request, said if is_hers else _("Đã thu hồi. Người ấy không xem và không nộp thay bạn được nữa.")
        )
    return redirect("dossiers:representation")


def _scope(held: Representation) -> str:
    """What it covers, in words."""
    if not held.procedure_codes:
        return _("mọi thủ tục")
    return _("thủ tục %(code)s") % {"code": ", ".join(held.procedure_codes)}


def _row(held: Representation) -> dict[str, Any]:
    """How one stands, as a word with its colour."""
    is_open, is_awaited = held.is_in_force(timezone.localdate()), False
    if is_open:
        status = _("Đang có hiệu lực")
    elif held.ended_at is not None:
        status = str(held.get_end_reason_display())
    elif held.representative_id is not None:
        status = _("Đã hết hạn")
    elif held.code_expires_at is None or held.code_expires_at <= timezone.now():
        status = _("Mã đã hết hạn, chưa ai dùng")
    else:
        status, is_awaited = _("Chờ người được ủy quyền nhập mã"), True
    return {
        "held": held,
        "status": status,
        "tone": "jade" if is_open else "amber" if is_awaited else "neutral",
        "is_open": is_open,
        "scope": "" if held.is_by_law else _scope(held),
        "can_withdraw": held.kind == RepresentationKind.MANDATE and (is_open or is_awaited),
    }
