"""Local policies in the back office: an agency's administrator keeps those of her own province."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.agencies.administration import AgencyKept, paths_of_request
from portal.agencies.models import Agency
from portal.agencies.scopes import within
from procedures import policy_register
from procedures.forms import LocalPolicyForm
from procedures.models import LocalPolicy


def agencies_of(request: HttpRequest) -> QuerySet[Agency]:
    """Agencies the administrator may name."""
    rows = Agency.objects.filter(valid_to__isnull=True)
    if request.user.is_superuser:
        return rows
    return rows.filter(within(paths_of_request(request), "path"))


@admin.register(LocalPolicy)
class LocalPolicyAdmin(AgencyKept):
    """Policies: begun ones are ended by their last day, not deleted, because people filed under them."""

    form = LocalPolicyForm
    list_display = ("name", "effect", "channel", "legal_basis", "agency", "valid_from", "valid_to")
    list_select_related = ("agency",)
    list_filter = ("effect", "channel")
    search_fields = ("code", "name", "legal_basis")
    ordering = ("-valid_from", "code")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form knows whether the person may speak of every province."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.may_say_everywhere = request.user.is_superuser
        return form

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only agencies she looks after."""
        if db_field.name == "agency":
            kwargs["queryset"] = agencies_of(request).order_by("code")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: LocalPolicy | None = None) -> Any:
        """The code of a policy stays: dossiers name it."""
        return ("code",) if obj is not None else ()

    def has_delete_permission(self, request: HttpRequest, obj: LocalPolicy | None = None) -> bool:
        """Only before it begins."""
        return self.has_view_permission(request) and (obj is None or obj.valid_from > timezone.localdate())

    def save_model(self, request: HttpRequest, obj: LocalPolicy, form: Any, change: bool) -> None:
        """Through the register, so that every page shows it at once."""
        policy_register.save(obj)

    def delete_model(self, request: HttpRequest, obj: LocalPolicy) -> None:
        """Through the register."""
        try:
            policy_register.withdraw(obj, today=timezone.localdate())
        except ValidationError:
            messages.error(request, _("Chính sách đã có hiệu lực nên không xóa. Hãy ghi ngày kết thúc."))
