"""Closing a procedure from the desk, with its reason and what replaces it, and opening it again."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.backoffice import builder
from portal.core.errors import ConflictError, InvalidInputError
from procedures import closing

OPENS = "mo-lai"
"""What only the form sends that opens a closed procedure again."""


class ClosingForm(forms.Form):
    """Why, and what people use instead."""

    reason = forms.CharField(
        label=gettext_lazy("Lý do ngừng nhận"),
        max_length=1_000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("Người dân đọc lý do này trên trang thủ tục. Ví dụ: Bãi bỏ theo Quyết định 12/QĐ-BTP."),
        error_messages={"required": gettext_lazy("Hãy viết lý do ngừng nhận, ví dụ số quyết định bãi bỏ.")},
    )
    replaced_by = forms.CharField(
        label=gettext_lazy("Mã thủ tục thay thế"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Ví dụ 1.013225. Để trống khi không có thủ tục thay thế."),
        widget=forms.TextInput({"class": "govuk-input--width-10"}),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Close a procedure that takes dossiers, or open one again that an official closed."""
    official, version = builder.editor_of(request, code)
    procedure = version.procedure
    opens = OPENS in request.POST  # which button was pressed, whatever a colleague did since the page was drawn
    form = ClosingForm(request.POST if request.method == "POST" and not opens else None)
    errors: list[tuple[str, str]] = []
    status = 200
    if opens:
        closing.reopen(code, user=official.user)
        messages.success(request, _("Thủ tục %(code)s nhận hồ sơ trở lại.") % {"code": code})
        return redirect("admin:form_list")
    if request.method == "POST":
        if form.is_valid():
            try:
                closing.close(code, user=official.user, **form.cleaned_data)
                messages.success(request, _("Đã ngừng nhận hồ sơ của thủ tục %(code)s.") % {"code": code})
                return redirect("admin:form_list")
            except InvalidInputError as error:
                for name, texts in error.fields.items():
                    form.add_error(name, [str(text) for text in texts])
            except ConflictError as error:
                messages.warning(request, str(error.message))
                return redirect("admin:form_close", code)
        errors = [(f"#{bound.auto_id}", str(text)) for bound in form for text in bound.errors]
        status = 422
    context: dict[str, Any] = {
        "official": official,
        "version": version,
        "procedure": procedure,
        "form": form,
        "errors": errors,
    }
    return render(request, "backoffice/procedure_close.html", context, status=status)
