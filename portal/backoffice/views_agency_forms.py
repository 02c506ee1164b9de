"""Forms that an agency keeps for itself: the control slip of a dossier (06) and the register (07), as PDF on demand."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from dossiers import control_slip, opening, register
from dossiers.models import Dossier
from dossiers.register import Period
from portal.agencies.models import Agency
from portal.agencies.scopes import within
from portal.backoffice.day_fields import DayField
from portal.backoffice.officials import Official, at_work, official_of
from portal.core import form_errors
from portal.core.errors import InvalidInputError, NotFoundError
from portal.core.pdf_responses import inline_pdf
from portal.core.text import whole_number


class RegisterForm(forms.Form):
    """Which agency's book, from which day to which."""

    agency = forms.ModelChoiceField(
        label=_("Cơ quan"),
        queryset=Agency.objects.none(),
        to_field_name="code",
        empty_label=_("Chọn cơ quan"),
        error_messages={"required": _("Hãy chọn cơ quan."), "invalid_choice": _("Hãy chọn cơ quan trong danh sách.")},
    )
    first = DayField(label=_("Từ ngày"))
    last = DayField(label=_("Đến ngày"))

    def __init__(self, *args: Any, official: Official, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agency"]
        field.queryset = _agencies(official)
        if self.initial.get("agency"):
            field.empty_label = None

    def clean(self) -> dict[str, Any]:
        """A period that is one."""
        data = super().clean() or {}
        if data.get("first") and data.get("last"):
            try:
                Period(data["first"], data["last"]).check()
            except InvalidInputError as error:
                form_errors.tell(self, error)
        return data


@never_cache
@require_GET
def slip(request: HttpRequest, code: str) -> HttpResponse:
    """Form 06 of a dossier, as it stands now."""
    official = official_of(request)
    found = official.get_dossier(code)
    actors = official.actors_at(found.agency)
    if not actors:  # an agency that is only asked keeps no slip of it
        raise NotFoundError(code="dossier.not_found")
    opening.note(found, actor=actors[0])
    whole = Dossier.objects.select_related("agency__parent").get(pk=found.pk)
    return inline_pdf(control_slip.render(whole), name=f"phieu-kiem-soat-{code}.pdf")


@never_cache
@require_GET
def book(request: HttpRequest) -> HttpResponse:
    """Form 07: choose agency and days, then each part as PDF (`?phan=1`)."""
    official = at_work(request)
    form = RegisterForm(request.GET if "agency" in request.GET else None, official=official, initial=_today(official))
    context: dict[str, Any] = {"official": official, "form": form, "count": None, "parts": []}
    if not form.is_bound:
        return render(request, "backoffice/register.html", context)
    if not form.is_valid():
        return render(request, "backoffice/register.html", context, status=422)
    agency, period = form.cleaned_data["agency"], Period(form.cleaned_data["first"], form.cleaned_data["last"])
    count, parts = register.parts(agency, period)
    wanted = request.GET.get("phan", "")
    if wanted:
        number = whole_number(wanted, most_figures=5) or 0
        if not 1 <= number <= max(parts, 1):
            raise NotFoundError
        name = f"so-theo-doi-{agency.code}-{period.first:%Y%m%d}-{period.last:%Y%m%d}-{number}.pdf"
        return inline_pdf(register.render(agency, period, number), name=name)
    query = f"agency={agency.code}&first={period.first:%Y-%m-%d}&last={period.last:%Y-%m-%d}"
    context |= {
        "count": count,
        "parts": [
            {
                "url": f"?{query}&phan={number}",
                "first": (number - 1) * register.PART + 1,
                "last": min(number * register.PART, count),
            }
            for number in range(1, parts + 1)
        ],
    }
    return render(request, "backoffice/register.html", context)


def _agencies(official: Official) -> Any:
    """Those where she works, and those below where she leads or works at a post above."""
    return Agency.objects.filter(within(official.top_paths(), "path")).valid_on(timezone.localdate()).order_by("path")


def _today(official: Official) -> dict[str, Any]:
    """This month, of the agency where she works; who works at several chooses one."""
    today: date = timezone.localdate()
    codes = {post.agency.code for post in official.working_posts}
    return {"agency": codes.pop() if len(codes) == 1 else "", "first": today.replace(day=1), "last": today}
