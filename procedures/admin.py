"""The catalogue in the back office: read only; publishing goes through packs."""

import json
from typing import Any

from django.contrib import admin
from django.contrib.admin import TabularInline
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from portal.core.admin import AskedByFiltersOnly
from procedures import admin_policies, admin_questions  # noqa: F401 - register themselves
from procedures.models import Component, FeeRule, Field, LifeEvent, Procedure, ProcedureVersion, ResultType


def _folded(kept: Any) -> SafeString:
    text = json.dumps(kept, ensure_ascii=False, indent=1)
    return format_html("<details><summary>{}</summary><pre>{}</pre></details>", _now("Mở bản ghi (JSON)"), text)


class ReadOnly:
    """Nobody adds, changes or deletes here: a version is what was published."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


class ReadOnlyRows(ReadOnly, TabularInline):
    """Rows of a version, as a table to read."""

    template = "backoffice/_inline_table.html"
    extra = 0


class ComponentInline(ReadOnlyRows):
    """Components of a version."""

    model = Component
    fields = ("code", "name", "kind", "is_required", "when_text")


class FeeRuleInline(ReadOnlyRows):
    """Fee rules of a version."""

    model = FeeRule
    fields = ("charge", "name", "amount_vnd", "channel", "valid_from", "valid_to", "legal_basis")


class ResultTypeInline(ReadOnlyRows):
    """Results of a version."""

    model = ResultType
    fields = ("code", "name", "kind", "document_type", "is_default")


@admin.register(Procedure)
class ProcedureAdmin(ReadOnly, AskedByFiltersOnly):
    """Procedures by code."""

    list_display = ("code", "current_name", "field", "is_open", "replaced_by")
    list_filter = ("is_open", "field")
    search_fields = ("code", "current__name")
    list_select_related = ("field", "current", "replaced_by")

    @admin.display(description="tên", ordering="current__name")
    def current_name(self, procedure: Procedure) -> Any:
        """The name in force."""
        return str(procedure.current) if procedure.current else ""


@admin.register(ProcedureVersion)
class ProcedureVersionAdmin(ReadOnly, AskedByFiltersOnly):
    """Published versions with what they ask for, cost and yield."""

    list_display = ("__str__", "procedure", "number", "valid_from", "valid_to", "service_level")
    list_filter = ("service_level", "competent_level", "competent_branch")
    search_fields = ("procedure__code", "name", "search_text")
    list_select_related = ("procedure",)
    exclude = ("procedure", "search_text", "source_record", "content_sha256", "sheet", "form")
    readonly_fields = ("where_read", "folded_sheet", "folded_form")
    inlines = (ComponentInline, FeeRuleInline, ResultTypeInline)

    @admin.display(description=_("xem như người dân"))
    def where_read(self, version: ProcedureVersion) -> SafeString:
        """The procedure's page, where it is read as people read it."""
        address = reverse("procedures:detail", args=[version.procedure.code])
        return format_html(
            '<a href="{}">{} {}</a>', address, version.procedure.code, version.short_name or version.name
        )

    @admin.display(description=_("nội dung công bố"))
    def folded_sheet(self, version: ProcedureVersion) -> SafeString:
        """All of it as it is kept, folded: pages of it would hide the rest."""
        return _folded(version.sheet)

    @admin.display(description=_("biểu mẫu điện tử"))
    def folded_form(self, version: ProcedureVersion) -> SafeString:
        """As the sheet."""
        return _folded(version.form)


@admin.register(Field)
class FieldAdmin(ReadOnly, AskedByFiltersOnly):
    """Fields of administration."""

    list_display = ("code", "name")
    search_fields = ("code", "name")


@admin.register(LifeEvent)
class LifeEventAdmin(ReadOnly, AskedByFiltersOnly):
    """Life events."""

    list_display = ("name", "slug", "position")
