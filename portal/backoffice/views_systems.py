"""Pages of partner systems: the list, one system, and what its operator does with it after a confirmation."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from portal.agencies.models import ApiClient
from portal.backoffice import systems
from portal.backoffice.officials import operator
from portal.core.errors import ConflictError, NotFoundError


class ChangeForm(forms.Form):
    """Why, and that it is meant."""

    reason = forms.CharField(
        label=_("Lý do"),
        help_text=_("Ghi vào nhật ký của hệ thống, cùng tên bạn và thời điểm."),
        max_length=systems.REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Hãy nêu lý do."),
            "max_length": _("Dài quá %(limit_value)d ký tự. Hãy viết gọn lại."),
        },
    )
    with_webhook = forms.BooleanField(label=_("Đổi cả khóa ký webhook"), required=False)

    def __init__(self, *args: Any, client: ApiClient, change: systems.Change, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if change.name != "doi-khoa" or not client.webhook_url:
            del self.fields["with_webhook"]


@never_cache
@require_GET
def system_list(request: HttpRequest) -> HttpResponse:
    """The systems of the administrator's agencies: active ones first, when each called last, what waits for it."""
    official = operator(request)
    return render(request, "backoffice/systems.html", {"official": official, "rows": systems.listed(official)})


@never_cache
@require_GET
def system(request: HttpRequest, pk: int) -> HttpResponse:
    """One system: how it is, what waits for it, what was done with it, what may be done."""
    official = operator(request)
    return render(request, "backoffice/system.html", {"official": official, **systems.facts(systems.get(official, pk))})


@never_cache
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Ask, then do it; new credentials stand on the answer to the form and nowhere else."""
    official = operator(request)
    client = systems.get(official, pk)
    wanted = systems.CHANGES.get(name)
    if wanted is None:
        raise NotFoundError
    if client.is_active != wanted.for_active:
        messages.info(request, _("Hệ thống này vừa được đổi ở cửa sổ khác. Hãy xem lại tình trạng."))
        return redirect("admin:system", pk)
    form = ChangeForm(request.POST if request.method == "POST" else None, client=client, change=wanted)
    context = {"official": official, "client": client, "change": wanted, "form": form}
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        page = {**context, "counts": systems.counts(client)}
        return render(request, "backoffice/system_change.html", page, status=status)
    typed = form.cleaned_data
    try:
        shown = systems.change(
            official, pk, name, reason=typed["reason"], with_webhook=typed.get("with_webhook", False)
        )
    except ConflictError as error:
        messages.info(request, str(error.message))
        return redirect("admin:system", pk)
    if shown:
        return render(request, "backoffice/system_secret.html", {**context, "shown": shown})
    messages.success(request, str(wanted.done))
    return redirect("admin:system", pk)
