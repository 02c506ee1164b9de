"""What the owner does with her links and consents: make, see, close, withdraw."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from datastore import access, consents, sharing
from datastore.forms_sharing import ShareForm
from datastore.models import CODE_TRIES, Consent, Document, DocumentStatus, Share
from datastore.signed_in import SignedInRequest
from portal.agencies.actors import Actor
from portal.core import form_errors, keyset, qr
from portal.core.errors import ConflictError, InvalidInputError, NotFoundError

PAGE_SIZE = 20


@never_cache
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a link; the answer shows it once, as only its digest is kept."""
    actor = Actor.citizen(request.user)
    document = access.get_document(pk, actor=actor, purpose="")
    if access.represents_owner(document, actor):
        raise NotFoundError(access.NOT_FOUND)
    form = ShareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            made = sharing.create(
                pk,
                actor=actor,
                purpose=facts["purpose"],
                days=int(facts["days"]),
                views=int(facts["views"]),
                with_code=facts["with_code"],
            )
        except (InvalidInputError, ConflictError) as error:
            form_errors.tell(form, error)
        else:
            return _made(request, document, made)
    status = 422 if request.method == "POST" else 200
    return render(request, "datastore/share_new.html", {"form": form, "document": document}, status=status)


def _made(request: SignedInRequest, document: Document, made: sharing.NewShare) -> HttpResponse:
    url = settings.BASE_URL + reverse("datastore:shared_door", args=[made.token])
    context = {
        "document": document,
        "share": made.share,
        "url": url,
        "code": made.code,
        "qr": qr.draw(url, label=_("Mã QR của liên kết chia sẻ")).svg,
    }
    return render(request, "datastore/share_made.html", context, status=201)


@never_cache
@require_GET
def share_list(request: SignedInRequest) -> HttpResponse:
    """My links, newest first, with how often each was seen."""
    mine = Share.objects.filter(owner=request.user).select_related("document__type")
    page = keyset.newest_first(mine, request, size=PAGE_SIZE)
    context = {
        "rows": [{"share": share, **_standing(share)} for share in page.rows],
        "next_url": page.next_url,
        "first_url": page.first_url,
    }
    return render(request, "datastore/share_list.html", context)


@require_POST
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Close a link at once."""
    sharing.close(pk, actor=Actor.citizen(request.user))
    messages.success(request, _("Đã đóng liên kết. Không ai mở được nữa."))
    return redirect("datastore:shares")


@never_cache
@require_GET
def consent_list(request: SignedInRequest) -> HttpResponse:
    """What I agreed to, newest first."""
    mine = Consent.objects.filter(owner=request.user).select_related("share__document__type", "reuse__document__type")
    page = keyset.newest_first(mine, request, size=PAGE_SIZE)
    context = {
        "rows": [{"consent": consent, **_consent_standing(consent)} for consent in page.rows],
        "next_url": page.next_url,
        "first_url": page.first_url,
    }
    return render(request, "datastore/consent_list.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what withdrawing does, then do it."""
    actor = Actor.citizen(request.user)
    if request.method == "POST":
        consent = consents.withdraw(pk, actor=actor)
        if consent.share_id:
            messages.success(request, _("Đã rút đồng ý. Liên kết đã đóng, không ai mở được nữa."))
        else:
            messages.success(request, _("Đã ghi việc rút đồng ý. Hồ sơ đã nộp giữ nguyên giấy tờ đã chốt lúc nộp."))
        return redirect("datastore:consents")
    return render(request, "datastore/consent_withdraw.html", {"consent": consents.get(pk, actor=actor)})


def _consent_standing(consent: Consent) -> dict[str, object]:
    """How a consent stands: one to share, as its link does; one to use a paper for a filing has no end of its own."""
    words = _("Đang có hiệu lực")
    if consent.withdrawn_at is not None:
        return {"status": _("Đã rút"), "tone": "neutral", "can_end": False}
    if consent.share is None:
        return {"status": words, "tone": "jade", "can_end": True}
    return _standing(consent.share, while_open=words)


def _standing(share: Share, *, while_open: str = "") -> dict[str, object]:
    """How a link stands, as a word with its colour, and whether closing it still ends something.

    Who was counted as its last viewer reads on for a while.
    """
    if share.revoked_at is not None:
        text, tone, can_end = _("Bạn đã đóng"), "neutral", False
    elif share.document.status == DocumentStatus.DELETED:
        text, tone, can_end = _("Giấy tờ đã xóa"), "neutral", False
    elif share.expires_at <= timezone.now():
        text, tone, can_end = _("Đã hết hạn"), "neutral", False
    elif share.code_failures >= CODE_TRIES:
        text, tone, can_end = _("Đã khóa: nhập sai mã %(tries)d lần") % {"tries": CODE_TRIES}, "amber", True
    elif share.view_count >= share.view_limit:
        text, tone, can_end = _("Đã hết lượt xem"), "neutral", True
    else:
        text, tone, can_end = while_open or _("Đang mở"), "jade", True
    return {"status": text, "tone": tone, "can_end": can_end}
