"""Pages of the document store (kho quản lý dữ liệu điện tử): what is mine, what I add, who looked."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from datastore import (
    access,
    grants,
    incoming,
    letter_list,
    organisations,
    pages,
    quota,
    reminders,
    represented,
    services,
)
from datastore.forms import ACCEPT, UploadForm
from datastore.models import Digitisation, Document, DocumentStatus, TrustLevel
from datastore.results import service as results
from datastore.signed_in import SignedInRequest
from portal.accounts import representations, representing
from portal.accounts.models import Organisation, Representation
from portal.agencies.actors import Actor
from portal.core import form_errors, qr
from portal.core.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from portal.core.moments import vn_date
from portal.core.text import clean_line, whole_number

RECENT = 5
PERSON = "nguoi"
"""In the address of the store: by which representation somebody else's is read."""
ONE_PAPER = gettext_lazy(
    "Mỗi lần thêm một giấy tờ. Hãy chọn một tệp PDF, hoặc chọn các ảnh là những trang của cùng một giấy."
)


@never_cache
@require_GET
def document_list(request: SignedInRequest) -> HttpResponse:
    """My documents, newest first, by words, type and what they are worth today."""
    query, type_code, standing = (request.GET.get(name, "") for name in ("q", "loai", "tinh-trang"))
    today = timezone.localdate()
    organisation = _organisation(request)
    held = _represented(request)
    holder = organisation or (held.principal if held else request.user)
    kept = {"to-chuc": str(organisation.pk)} if organisation else {}
    if held is not None:
        kept = {PERSON: str(held.public_id)}
    whose = f"?{urlencode(kept)}" if kept else ""
    can_add = held is None and (organisation is None or representing.may_file(request.user, organisation.pk))
    after = request.GET.get("sau", "")
    letters_url = f"?{urlencode({**kept, 'loai': letter_list.TYPE})}" if can_add else ""
    # An organisation's letters say again what was declared: they are for who files for it (access.is_owner).
    if by_dossier := can_add and type_code == letter_list.TYPE:
        letters = letter_list.page(holder, query=query, after=after)
        papers, next_mark = [], letters.next_mark
        dossiers = [
            {"letters": [{"document": paper, **_standing(paper, today)} for paper in each.letters], "of": each}
            for each in letters.dossiers
        ]
    else:
        page = pages.documents(
            holder,
            query=query,
            type_code=type_code,
            standing=standing,
            after=after,
            finds_letters=can_add,
            reader=request.user if held is not None else None,
        )
        papers, next_mark, dossiers = page.rows, page.next_mark, []
    if held is not None:
        represented.note_shown(papers, actor=Actor.citizen(request.user))
    return render(
        request,
        "datastore/list.html",
        {
            "rows": [{"document": document, **_standing(document, today)} for document in papers],
            "dossiers": dossiers,
            "by_dossier": by_dossier,
            "letters_url": letters_url,
            "letters_type": letter_list.TYPE,
            "next_url": pages.next_url(next_mark, **{"q": query, "loai": type_code, "tinh-trang": standing, **kept}),
            "first_url": (f"{reverse('datastore:list')}{whose}" if not by_dossier else letters_url) if after else "",
            "whole_url": f"{reverse('datastore:list')}{whose}",
            "upload_url": f"{reverse('datastore:upload')}{whose}" if can_add else "",
            "query": query,
            "type_code": type_code,
            "standing": standing,
            "standings": [{"value": value, "label": label} for value, (label, _rule) in pages.STANDINGS.items()],
            "types": pages.types_of(holder, reader=request.user if held is not None else None),
            "organisation": organisation,
            "organisations": representing.organisations_of(request.user),
            "person": held.principal if held else None,
            "held": held,
            "people": [row for row in representations.held_by(request.user) if row.reads_store],
            "can_add": can_add,
            "is_filtered": bool(query or type_code or standing in pages.STANDINGS),
        },
    )


@never_cache
@require_http_methods(["GET", "POST"])
def upload(request: SignedInRequest) -> HttpResponse:
    """Add a paper of my own; the same file sent twice makes one document."""
    organisation = _organisation(request, filing=True)
    form = UploadForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not incoming.is_anything(request, "file"):
            form.add_error("file", _("Chọn tệp cần thêm vào kho."))
        document = _add(request, form, organisation) if form.is_valid() else None
        if document is not None and document.was_there:
            messages.info(request, _was_there(document, form.cleaned_data))
            return redirect("datastore:detail", pk=document.pk)
        if document is not None:
            messages.success(request, _("Đã thêm vào kho: %(title)s.") % {"title": document.title})
            return redirect("datastore:detail", pk=document.pk)
    status = 422 if request.method == "POST" else 200
    use = quota.use_of(organisation or request.user)
    context = {"form": form, "accept": ACCEPT, "organisation": organisation, "use": use}
    return render(request, "datastore/upload.html", context, status=status)


def _add(request: SignedInRequest, form: UploadForm, organisation: Organisation | None) -> Document | None:
    """Put what was brought into the store; None where the form now says why not."""
    facts = form.cleaned_data
    try:
        with incoming.papers(request, "file", request.user) as brought:
            if len(brought) > 1:
                form.add_error("file", ONE_PAPER)
                return None
            document = services.deposit(
                owner=request.user,
                content=brought[0].content,
                name=brought[0].name,
                type_code=facts["type"].code,
                title=facts["title"],
                about=facts["about"],
                number=facts["number"],
                issued_on=facts["issued_on"],
                valid_until=facts["valid_until"],
                trust=TrustLevel.UPLOADED,
                organisation=organisation,
                once=True,
            )
            incoming.taken(brought[0], request.user)
    except InvalidInputError as error:
        form_errors.tell(form, error)
        return None
    return document


def _was_there(document: Document, typed: dict[str, Any]) -> str:
    """Which paper the same file is already, and what was typed now and is not written on it."""
    told = _("Tệp này đã có trong kho từ %(day)s, tên là “%(title)s”. Cổng không thêm bản thứ hai.") % {
        "day": vn_date(timezone.localdate(document.created_at)),
        "title": document.title,
    }
    kept = {"title": document.title, "about": document.about_name, "number": document.number}
    lines = {name: clean_line(typed[name]) for name in kept}
    unused = [line for name, line in lines.items() if line and line != kept[name]]
    dates = {"issued_on": document.issued_on, "valid_until": document.valid_until}
    unused += [vn_date(typed[name]) for name in dates if typed[name] and typed[name] != dates[name]]
    if not unused:
        return told
    said = ", ".join(f"“{words}”" for words in unused)
    return f"{told} " + _("Những gì bạn vừa ghi chưa được lưu vào giấy ấy: %(said)s.") % {"said": said}


@never_cache
@require_GET
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One document: files, what it is worth, where it was used, who looked."""
    actor = Actor.citizen(request.user)
    document = access.get_document(pk, actor=actor, purpose="")
    return render(request, "datastore/detail.html", _detail(document, actor))


def _detail(document: Document, actor: Actor) -> dict[str, Any]:
    is_represented = access.represents_owner(document, actor)  # who else used and saw it is its owner's to know
    credential = getattr(document, "credential", None)
    address = results.address(credential.public_id, credential.token) if credential else ""
    given = document.grants.select_related("agency").order_by("-granted_at")
    used_by, readers = given, given.none()
    if document.trust == TrustLevel.ISSUED:
        used_by = given.exclude(dossier_code=document.dossier_code)  # that dossier made it: it is no use of it
        readers = given.filter(grants.active(), dossier_code=document.dossier_code)
    uses, accesses = document.reuses.order_by("-reused_at"), document.accesses.select_related("agency")
    if is_represented:
        used_by, readers, uses, accesses = given.none(), given.none(), uses.none(), accesses.none()
    can_manage = access.may_manage(document, actor)
    is_in_use = can_manage and document.trust != TrustLevel.ISSUED and services.is_in_use(document)
    return {
        "document": document,
        **_standing(document, timezone.localdate()),
        "files": document.files.select_related("blob"),
        "digitisation": Digitisation.objects.filter(document=document).select_related("agency").first(),
        "editions": pages.editions(document),
        "uses": uses,
        "grants": used_by,
        "readers": readers,
        "accesses": accesses.order_by("-read_at", "-id")[:RECENT],
        "credential": credential,
        "complaint": results.HOW_TO_COMPLAIN,
        "replaced_stays": results.REPLACED_STAYS
        if document.status == DocumentStatus.REVOKED and results.replaced_by(document.pk)
        else "",
        "qr": qr.draw(address, label=_("Mã QR xác thực kết quả")).svg if credential else "",
        "verify_url": reverse("datastore:verify", args=[credential.public_id]) + f"#{credential.token}"
        if credential
        else "",
        "can_manage": can_manage,
        "can_delete": can_manage and document.trust != TrustLevel.ISSUED and not is_in_use,
        "why_kept": services.IN_USE if is_in_use else "",
        "is_represented": is_represented,
        "takers": representing.organisations_of(actor.user, filing=True)
        if access.is_owner(document, actor) and actor.user and not document.organisation_id
        else [],
    }


@never_cache
@require_http_methods(["GET", "POST"])
def hand_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, then put one's own paper into an organisation's store."""
    actor = Actor.citizen(request.user)
    document = access.get_document(pk, actor=actor, purpose="")
    takers = representing.organisations_of(request.user, filing=True)
    if document.organisation_id or not takers or not access.is_owner(document, actor):
        raise NotFoundError(access.NOT_FOUND)
    if request.method == "POST":
        chosen = request.POST.get("organisation", "")
        organisation = representing.organisation_to_file_for(request.user, whole_number(chosen) or 0)
        organisations.hand_over(pk, actor, organisation)
        messages.success(request, _("Đã chuyển vào kho của %(name)s.") % {"name": organisation.name})
        return redirect("datastore:detail", pk=pk)
    return render(request, "datastore/hand_over.html", {"document": document, "organisations": takers})


@never_cache
@require_http_methods(["GET", "POST"])
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask, then delete; what a dossier still needs stays, and the page says why."""
    actor = Actor.citizen(request.user)
    document = access.get_document(pk, actor=actor, purpose="")
    if access.represents_owner(document, actor):
        raise NotFoundError(access.NOT_FOUND)
    reason = ""
    if request.method == "POST":
        try:
            services.delete(pk, actor)
        except (ConflictError, NotAllowedError) as error:
            reason = str(error.message)
        else:
            messages.success(request, _("Đã xóa khỏi kho: %(title)s.") % {"title": document.title})
            return redirect("datastore:list")
    context = {"document": document, "reason": reason}
    return render(request, "datastore/delete.html", context, status=409 if reason else 200)


def _organisation(request: SignedInRequest, *, filing: bool = False) -> Organisation | None:
    """Whose store the page is about: an organisation's that the reader acts for (`filing`: may add to), or None."""
    asked = request.POST.get("to-chuc") or request.GET.get("to-chuc", "")
    if not asked:
        return None
    find = representing.organisation_to_file_for if filing else representing.organisation_of
    return find(request.user, whole_number(asked) or 0)


def _represented(request: SignedInRequest) -> Representation | None:
    """Whose store the page is about where it is a child's or a principal's that lies open to the reader."""
    asked = request.GET.get(PERSON, "")
    if not asked:
        return None
    held = representations.get_held(request.user, asked)
    if not held.reads_store:
        raise NotFoundError
    return held


def _standing(document: Document, today: Any) -> dict[str, Any]:
    """Status and trust of a document as words with their colours."""
    if document.is_expired(today) and document.status == DocumentStatus.VALID:
        status, tone = _("Đã hết hiệu lực"), "amber"
    elif reminders.runs_out_soon(document, today):
        status, tone = _("Sắp hết hiệu lực"), "amber"
    elif document.trust == TrustLevel.UPLOADED and document.status == DocumentStatus.VALID:
        status, tone = _("Nơi cấp chưa xác nhận"), "neutral"  # nobody but the owner has said that it is in force
    else:
        status = document.get_status_display()
        tones = {DocumentStatus.VALID: "jade", DocumentStatus.REVOKED: "crimson"}
        tone = tones.get(DocumentStatus(document.status), "amber")
    trust_tone = "neutral" if document.trust == TrustLevel.UPLOADED else "jade"
    return {"status": status, "tone": tone, "trust": document.trust_words, "trust_tone": trust_tone}
