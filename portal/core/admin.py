"""Ground for the generic lists of the back office: what a service owns is read here and changed there."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest


class ServiceOwnedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that only services write: every field is read-only, nothing is added or deleted by hand."""

    actions = None
    show_full_result_count = False
    list_per_page = 50

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """All of them."""
        hidden = set(self.exclude or ())
        names = [field.name for field in self.opts.fields if field.name not in hidden]
        return [*names, *(name for name in self.readonly_fields if name not in names)]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False
