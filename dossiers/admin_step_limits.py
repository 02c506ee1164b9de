"""How long each step may take, written by the administrator of an agency (thời hạn của từng bước)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dossiers import step_limits
from portal.agencies.administration import AgencyKept
from portal.agencies.models import StepLimit
from procedures.models import Procedure


class StepLimitForm(forms.ModelForm):
    """A limit of a step."""

    def clean(self) -> dict[str, Any] | None:
        """A procedure that exists, days in order."""
        data = super().clean() or {}
        code = data["procedure_code"] = " ".join(data.get("procedure_code", "").split())
        if code and not Procedure.objects.filter(code=code).exists():
            self.add_error("procedure_code", _("Danh mục không có thủ tục mã này. Hãy xem lại mã, ví dụ 1.001193."))
        if self.instance.pk is None and (data.get("valid_from") or timezone.localdate()) < timezone.localdate():
            self.add_error("valid_from", _("Hãy ghi hôm nay hoặc ngày sau: bước đã bắt đầu thì không đổi hạn nữa."))
        start, end = data.get("valid_from"), data.get("valid_to")
        if start and end and end < start:
            raise ValidationError({"valid_to": _("Ngày kết thúc phải sau ngày bắt đầu.")})
        return data


@admin.register(StepLimit)
class StepLimitAdmin(AgencyKept):
    """An administrator divides the time of her agency and those below; of a nearer agency the row of its own holds."""

    form = StepLimitForm
    list_display = ("step", "hours", "procedure_code", "agency", "valid_from", "valid_to")
    list_select_related = ("agency",)
    list_filter = ("step",)
    search_fields = ("procedure_code", "agency__name")
    ordering = ("agency__code", "procedure_code", "step", "pk")
    fields = ("agency", "procedure_code", "step", "hours", "legal_basis", "valid_from", "valid_to")

    def save_model(self, request: HttpRequest, obj: StepLimit, form: Any, change: bool) -> None:
        """It counts here at once, in the other processes as soon as what they know is old."""
        super().save_model(request, obj, form, change)
        transaction.on_commit(step_limits.forget)

    def has_delete_permission(self, request: HttpRequest, obj: StepLimit | None = None) -> bool:
        """A limit ends on a day: who was warned by it stays explained."""
        return False
