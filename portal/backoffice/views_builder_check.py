"""The builder's other half: compare, go back, publish."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.backoffice import builder
from portal.backoffice.finding_places import Places
from portal.backoffice.form_errors import links
from portal.backoffice.forms_publish import AnnouncedForm
from portal.core.errors import ConflictError, InvalidInputError
from portal.core.text import whole_number
from procedures import drafting, facts
from procedures.decisions import Decision
from procedures.models import ProcedureVersion


@never_cache
@require_http_methods(["GET", "POST"])
def history(request: HttpRequest, code: str) -> HttpResponse:
    """Every change with who and when, what differs from the published form; POST goes back to one."""
    official, version = builder.editor_of(request, code)
    draft = builder.draft_of(code)
    if request.method == "POST":
        seen = builder.seen_in(request)
        number = whole_number(request.POST.get("number", ""), most_figures=9) or 0
        try:
            drafting.restore(code, seen=seen, number=number, user=official.user)
        except ConflictError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, _("Đã trở lại lần sửa %(number)s.") % {"number": number})
        return redirect("admin:form_outline" if request.POST.get("next") == "outline" else "admin:form_history", code)
    context = {
        "official": official,
        "version": version,
        "draft": draft,
        "revisions": draft.revisions.select_related("by"),
        "differences": builder.differences(draft),
    }
    return render(request, "backoffice/builder_history.html", context)


def tell_published(request: HttpRequest, version: ProcedureVersion) -> None:
    """Say what was published and from when on, with the way to the page that people read."""
    words = _("Đã công bố “%(name)s” (%(code)s), bản lần %(number)d, áp dụng từ %(day)s.") % {
        "name": version.title,
        "code": version.procedure.code,
        "number": version.number,
        "day": f"{version.valid_from:%d/%m/%Y}",
    }
    address = reverse("procedures:detail", kwargs={"code": version.procedure.code})
    messages.success(request, format_html('{} <a href="{}">{}</a>', words, address, _("Xem trang thủ tục")))


@never_cache
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """Publish from a day on, after the linter has spoken; or throw the draft away."""
    official, version = builder.editor_of(request, code)
    draft = builder.draft_of(code)
    last = drafting.last_version(draft.procedure)
    data = request.POST if request.method == "POST" else None
    stands = Decision.of(last)
    form = AnnouncedForm(
        data, decision=stands, published=stands, issuer=last.issuer_name, valid_from=timezone.localdate()
    )
    errors: list[tuple[str, str]] = []
    status, asks_discard = 200, False
    if request.method == "POST":
        seen = builder.seen_in(request)
        try:
            asks_discard = "discard" in request.POST
            if request.POST.get("discard") == "sure":
                drafting.discard(code, seen=seen, user=official.user)
                messages.success(request, _("Đã bỏ bản thảo."))
                return redirect("admin:form_outline", code)
            if not asks_discard and form.is_valid():
                day = form.cleaned_data["valid_from"]
                made = drafting.publish(code, seen=seen, valid_from=day, user=official.user, decision=form.decision())
                tell_published(request, made)
                return redirect("admin:form_list")
            if not asks_discard:
                errors, status = links(form), 422
        except (ConflictError, InvalidInputError) as error:
            errors, status, asks_discard = [("#main", str(error.message))], error.status, False
    ready = drafting.readiness(draft)
    places = Places(code, draft.form, facts.of(draft.base))
    context = {
        "official": official,
        "version": version,
        "draft": draft,
        "form": form,
        "asks_discard": asks_discard,
        # what she saw is what she throws away
        "revision": builder.seen_in(request) if asks_discard else draft.revision,
        "waiting": drafting.waiting(version.procedure),
        "errors": errors,
        "ready": ready,
        "is_changed": drafting.is_changed(draft),
        "mistakes": places.listed(ready.errors),
        "reminders": places.listed(ready.reminders),
        "differences": builder.differences(draft),
    }
    return render(request, "backoffice/builder_publish.html", context, status=status)
