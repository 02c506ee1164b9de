"""Digitising at the counter (số hóa tại bộ phận một cửa): what waits for its check, a new scan, check and certify."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from datastore import digitising, incoming, scan_quality
from datastore.forms import ACCEPT
from datastore.models import Digitisation, DigitisationState
from portal.agencies.actors import Actor
from portal.agencies.scopes import within
from portal.backoffice import agency_choice, digitising_target
from portal.backoffice.digitising_target import Target
from portal.backoffice.forms_digitising import CertifyForm, DigitiseForm, RejectForm
from portal.backoffice.officials import Official, at_work
from portal.core import form_errors, keyset
from portal.core.errors import ConflictError, InvalidInputError, TooManyRequestsError, UpstreamError
from portal.core.tries import is_one_too_many

PAGE_SIZE = 50
SCANS, SCAN_SECONDS = 240, 3600
"""Numbers one official may send in an hour: each tells whether the portal knows the person."""
CERTIFIED = gettext_lazy("Đã ký xác nhận. Giấy tờ đã vào kho của người dân và người dân được báo tin.")
REFUSED = gettext_lazy("Đã trả lại bản quét.")


@never_cache
@require_GET
def digitisations(request: HttpRequest) -> HttpResponse:
    """What the official's agencies scanned, newest first: what waits for its check, or with `?xong=1` all."""
    official = at_work(request)
    is_all = request.GET.get("xong") == "1"
    found = Digitisation.objects.filter(within(official.top_paths())).select_related("document__type", "agency")
    if not is_all:
        found = found.filter(state=DigitisationState.SCANNED)
    page = keyset.newest_first(found, request, size=PAGE_SIZE, keep={"xong": "1" if is_all else ""})
    context = {
        "official": official,
        "rows": page.rows,
        "is_all": is_all,
        "next_url": page.next_url,
        "first_url": page.first_url,
    }
    return render(request, "backoffice/digitisations.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def scan(request: HttpRequest) -> HttpResponse:
    """Take a scan with the data of its paper."""
    official = at_work(request)
    target = digitising_target.of(request, official)
    types = target.component.document_types if target else ()
    form = DigitiseForm(request.POST if request.method == "POST" else None, official=official, types=types)
    if request.method == "POST":
        if not incoming.is_anything(request, "file"):
            form.add_error("file", _("Chọn tệp đã quét."))
        if is_one_too_many(request, "digitise", most=SCANS, seconds=SCAN_SECONDS, account=official.user.pk):
            raise TooManyRequestsError(retry_after_seconds=SCAN_SECONDS)
        made = _scan(request, form, target) if form.is_valid() else None
        if made is not None:
            messages.success(request, _("Đã nhận bản quét. Hãy đối chiếu với bản giấy rồi ký xác nhận."))
            return redirect(reverse("admin:digitisation", args=[made.pk]) + (target.query if target else ""))
    context = {"official": official, "form": form, "accept": ACCEPT, "target": target}
    return render(request, "backoffice/digitise.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def digitisation(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan beside its data: certify it, or send it back."""
    official = at_work(request)
    made = digitising.get(pk, paths=official.top_paths())
    target = digitising_target.of(request, official)
    certify_form, reject_form = CertifyForm(), RejectForm()
    status = 200
    if request.method == "POST":
        actor, is_refused = _actor(official, made), "reject" in request.POST
        form: forms.Form
        if is_refused:
            form = reject_form = RejectForm(request.POST)
        else:
            form = certify_form = CertifyForm(request.POST)
        if form.is_valid() and _decided(form, pk, actor=actor, is_refused=is_refused):
            messages.success(request, REFUSED if is_refused else CERTIFIED)
            if target is None:
                return redirect("admin:digitisations")
            if is_refused:
                return redirect(target.papers_url)
            address, problem = target.take(made.document_id)
            if problem:
                messages.error(request, problem)
            return redirect(address)
        status = 422
    context = {
        "official": official,
        "made": made,
        "target": target,
        "document": made.document,
        "file": made.document.files.select_related("blob").first(),
        "findings": scan_quality.words_of(made.findings),
        "is_waiting": made.state == DigitisationState.SCANNED,
        "certify_form": certify_form,
        "reject_form": reject_form,
        "wrong_form": certify_form if certify_form.errors else reject_form if reject_form.errors else None,
    }
    return render(request, "backoffice/digitisation.html", context, status=status)


def _scan(request: HttpRequest, form: DigitiseForm, target: Target | None) -> Digitisation | None:
    facts = dict(form.cleaned_data)
    facts.pop("file", None)
    facts.pop(agency_choice.FIELD, None)
    user = form.official.user
    try:
        owner = target.owner if target else digitising.owner_of(facts.pop("personal_id"))
        with incoming.papers(request, "file", user) as brought:
            made = digitising.scan(
                actor=target.actor if target else form.actor,
                owner=owner,
                files=[(item.name, item.content) for item in brought],
                type_code=facts.pop("type").code,
                organisation=target.dossier.organisation if target else None,
                **facts,
            )
            for item in brought:
                incoming.taken(item, user)
    except InvalidInputError as error:
        form_errors.tell(form, error)
        return None
    except UpstreamError as error:
        form.add_error("file", str(error.message))
        return None
    return made


def _decided(form: forms.Form, pk: int, *, actor: Actor, is_refused: bool) -> bool:
    try:
        if is_refused:
            digitising.reject(pk, actor=actor, reason=form.cleaned_data["reason"])
        else:
            digitising.certify(pk, actor=actor, checks=form.cleaned_data["checks"])
    except InvalidInputError as error:
        form_errors.tell(form, error)
        return False
    except (ConflictError, UpstreamError) as error:
        form.add_error(next(iter(form.fields)), str(error.message))
        return False
    return True


def _actor(official: Official, made: Digitisation) -> Actor:
    """As whatever she may act there, as a leader first: only a leader's word makes a certified copy."""
    actors = official.actors_at(made.agency)
    return max(actors, key=lambda actor: actor.kind == "leader")
