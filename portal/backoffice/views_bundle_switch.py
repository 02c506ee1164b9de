"""The page that switches the splitting of a linked procedure off, with its reason, and on again."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.backoffice import builder
from portal.core import form_errors
from portal.core.errors import ConflictError, InvalidInputError
from procedures import access, bundle_plans, bundle_switch

OPENS = "mo-lai"
"""What only the form sends that switches it on again."""


class SwitchForm(forms.Form):
    """Why it is switched off."""

    reason = forms.CharField(
        label=gettext_lazy("Lý do tắt"),
        max_length=bundle_switch.REASON_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Ghi vào nhật ký cài đặt. Ví dụ: Hệ thống của cơ quan bảo hiểm bảo trì đến 05/12."),
        error_messages={"required": gettext_lazy("Hãy viết lý do tắt, ví dụ hệ thống của cơ quan nào đang hỏng.")},
    )


@never_cache
@require_http_methods(["GET", "POST"])
def switch(request: HttpRequest, code: str) -> HttpResponse:
    """How a linked procedure is split; POST switches that off with a reason, or on again."""
    official, version = builder.editor_of(request, code)
    bundle = bundle_switch.get(code)
    opens = OPENS in request.POST  # which button was pressed, whatever a colleague did since the page was drawn
    if opens:
        bundle_switch.switch_on(code, user=official.user)
        messages.success(request, _("Thủ tục %(code)s lại được tách thành nhiều hồ sơ.") % {"code": code})
        return redirect("admin:form_bundle", code)
    form, status = SwitchForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                bundle_switch.switch_off(code, user=official.user, reason=form.cleaned_data["reason"])
            except InvalidInputError as error:
                form_errors.tell(form, error)
            except ConflictError as error:
                messages.warning(request, str(error.message))
                return redirect("admin:form_bundle", code)
            else:
                messages.success(request, _("Đã tắt: thủ tục %(code)s được nộp thành một hồ sơ.") % {"code": code})
                return redirect("admin:form_bundle", code)
    plan = bundle_plans.read(bundle.definition)
    context = {
        "official": official,
        "version": version,
        "bundle": bundle,
        "parts": [
            {"code": node.procedure_code, "title": access.get_version(node.procedure_code).title} for node in plan.nodes
        ],
        "form": form,
        "errors": [(f"#{bound.auto_id}", str(text)) for bound in form for text in bound.errors],
    }
    return render(request, "backoffice/bundle_switch.html", context, status=status)
