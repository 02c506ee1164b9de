"""Who is away and who stands in: an official writes her own absence, a leader also those of her officials."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.models import User
from portal.agencies import absences
from portal.backoffice.day_fields import DayField
from portal.backoffice.forms import TOO_LONG
from portal.backoffice.officials import Official, at_work
from portal.core import form_errors
from portal.core.errors import InvalidInputError

SHOWN = 100


class AbsenceForm(forms.Form):
    """Who, who instead, and which days."""

    person = forms.ChoiceField(label=gettext_lazy("Người vắng mặt"))
    substitute = forms.ChoiceField(
        label=gettext_lazy("Người làm thay"),
        help_text=gettext_lazy("Cùng vai, cùng cơ quan. Người làm thay ký tên mình. Muốn giao ký, xem trang Ký thay."),
        error_messages={
            "required": gettext_lazy("Hãy chọn người làm thay."),
            "invalid_choice": gettext_lazy("Người làm thay phải có cùng vai tại cùng cơ quan."),
        },
    )
    first_day = DayField(label=gettext_lazy("Từ ngày"))
    last_day = DayField(label=gettext_lazy("Đến hết ngày"))
    reason = forms.CharField(
        label=gettext_lazy("Lý do"), required=False, max_length=200, error_messages={"max_length": TOO_LONG}
    )

    def __init__(self, *args: Any, official: Official, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        led = {post.user.pk: post.user for post in absences.led_by(official.user)}
        self.people: dict[str, User] = {
            str(person.pk): person for person in {official.user.pk: official.user, **led}.values()
        }
        self.others: dict[str, User] = {str(person.pk): person for person in absences.may_stand_in(official.user)}
        self.others |= {str(person.pk): person for person in led.values()}
        for name, offered in (("person", self.people), ("substitute", self.others)):
            field: Any = self.fields[name]
            field.choices = [(pk, str(person)) for pk, person in sorted(offered.items(), key=lambda pair: str(pair[1]))]
        self.fields["person"].initial = str(official.user.pk)


@never_cache
@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """The absences she may see, and the form of a new one."""
    official = at_work(request)
    form = AbsenceForm(request.POST if request.method == "POST" else None, official=official)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            absences.write(
                official=form.people[data["person"]],
                substitute=form.others[data["substitute"]],
                first_day=data["first_day"],
                last_day=data["last_day"],
                reason=data["reason"],
                by=official.user,
            )
        except InvalidInputError as error:
            form_errors.tell(form, error)
        else:
            messages.success(request, _("Đã ghi. Hồ sơ và cảnh báo của người vắng mặt đến cả người làm thay."))
            return redirect("admin:absences")
    today = timezone.localdate()
    rows = [
        {
            "absence": row,
            "is_running": row.ended_at is None and row.valid_from <= today <= row.valid_to,
            "may_end": row.ended_at is None
            and row.valid_to >= today
            and (row.official_id == official.user.pk or str(row.official_id) in form.people),
        }
        for row in absences.visible_to(official.user)[:SHOWN]
    ]
    context = {"official": official, "form": form, "rows": rows}
    return render(request, "backoffice/absences.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """She is back."""
    absences.end(pk, by=at_work(request).user)
    messages.success(request, _("Đã kết thúc lần vắng mặt."))
    return redirect("admin:absences")
