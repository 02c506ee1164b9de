"""Agencies, posts, calendar and partner systems in the back office, each limited to an administrator's agencies."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Case, Q, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import User
from portal.agencies import admin_places, routing_rules
from portal.agencies.administration import AgencyKept, AgencyScopedReadOnly, agencies_of_request, paths_of_request
from portal.agencies.models import (
    AdministrativeUnit,
    Agency,
    ApiClient,
    CalendarDay,
    Membership,
    OneStopDesk,
    RoutingRule,
)
from portal.core.admin import ServiceOwnedAdmin


@admin.register(AdministrativeUnit)
class UnitAdmin(ServiceOwnedAdmin):
    """Provinces and communes."""

    list_display = ("full_name", "code", "level", "parent", "valid_to")
    list_select_related = ("parent",)
    list_filter = ("level",)
    search_fields = ("full_name", "folded_name", "code")
    ordering = ("level", "code")


class MembershipForm(forms.ModelForm):
    """A post; nobody gives one to herself."""

    acting: Any = None

    def clean(self) -> dict[str, Any] | None:
        """Refuse one's own post: a second person has to give it."""
        data = super().clean()
        if (data or {}).get("user") == self.acting and not self.acting.is_superuser:
            raise ValidationError({"user": _("Không tự phân công cho mình. Hãy nhờ quản trị cấp trên.")})
        start, end = (data or {}).get("valid_from"), (data or {}).get("valid_to")
        if start and end and end < start:
            raise ValidationError({"valid_to": _("Ngày kết thúc phải sau ngày bắt đầu.")})
        return data


@admin.register(Membership)
class MembershipAdmin(AgencyKept):
    """Posts of officials: an administrator gives and ends them at her agency and below."""

    form = MembershipForm
    list_display = ("user", "role", "title", "agency", "takes_cash", "valid_from", "valid_to")
    list_select_related = ("user", "agency")
    list_filter = ("role",)
    search_fields = ("user__display_name", "user__username", "agency__name")
    autocomplete_fields = ()
    ordering = ("agency__code", "role", "pk")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form knows who fills it in."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.acting = request.user
        return form

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only officials."""
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(is_official=True, is_active=True).order_by("display_name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        """Not one's own post."""
        is_own = obj is not None and obj.user_id == request.user.pk and not request.user.is_superuser
        return self.has_view_permission(request) and not is_own

    def has_delete_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        """A post ends on a day; it is not deleted, because what was done under it stays."""
        return False


class RoutingRuleForm(forms.ModelForm):
    """A rule; everything that is wrong with it is said at once."""

    administered: Any = None
    """Agencies of the administrator who writes it; None for a superuser."""

    def clean(self) -> dict[str, Any] | None:
        """Codes that exist, a desk of that agency, no rival."""
        data = super().clean()
        for name in ("procedure_code", "province_code", "commune_code"):
            if data and name in data:
                data[name] = " ".join((data[name] or "").split())
        return data

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's own hook: the instance is filled in here
        if not self.errors:
            for name, texts in routing_rules.problems(self.instance).items():
                self.add_error(name, texts)
        if (
            not self.errors
            and self.administered is not None
            and not routing_rules.is_hers(self.instance, self.administered)
        ):
            words = _("Quy tắc phải nêu ngành và tỉnh hoặc xã của cơ quan bạn quản trị. Rộng hơn thì nhờ cấp trên.")
            self.add_error("branch", words)


@admin.register(RoutingRule)
class RoutingRuleAdmin(AgencyKept):
    """Which agency and desk a filing goes to; an administrator sends filings to her agency and those below only."""

    form = RoutingRuleForm
    list_display = (
        "procedure_code",
        "branch",
        "level",
        "province_code",
        "commune_code",
        "agency",
        "desk",
        "valid_from",
        "valid_to",
    )
    list_display_links = ("agency",)
    list_select_related = ("agency", "desk")
    list_filter = ("level", "branch")
    search_fields = ("procedure_code", "agency__name", "commune_code", "province_code")
    ordering = ("procedure_code", "province_code", "commune_code", "pk")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only desks of agencies she looks after."""
        if db_field.name == "desk":
            kwargs["queryset"] = OneStopDesk.objects.filter(agency__in=agencies_of_request(request), is_active=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form knows whose rules these are."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if not request.user.is_superuser:
            form.administered = list(Agency.objects.filter(path__in=paths_of_request(request)).select_related("unit"))
        return form

    def has_delete_permission(self, request: HttpRequest, obj: RoutingRule | None = None) -> bool:
        """A rule ends on a day: what went by it stays explained."""
        return False


class CalendarDayForm(forms.ModelForm):
    """A day of the calendar; an agency's administrator writes no day that is past, by which others were measured."""

    first_day: date | None = None
    """The earliest that may be written; None for any."""

    def clean_day(self) -> date:
        """Not before the first day that may be written."""
        day: date = self.cleaned_data["day"]
        if self.first_day is not None and day < self.first_day:
            raise ValidationError(
                _("Ngày này đã qua: hồ sơ đã được tính đúng hạn, trễ hạn theo lịch lúc ấy. Hãy ghi từ hôm nay trở đi.")
            )
        return day


@admin.register(CalendarDay)
class CalendarDayAdmin(AgencyKept):
    """Days off and days worked instead; an administrator writes her agency's, the country's come from the law."""

    list_display = ("day", "kind", "name", "agency", "source")
    list_select_related = ("agency",)
    list_filter = ("kind",)
    date_hierarchy = "day"

    form = CalendarDayForm

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form knows from which day on she may write."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.first_day = None if request.user.is_superuser else timezone.localdate()
        return form

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        """From the first of this year on; what is past stands last."""
        is_past = Case(When(day__lt=timezone.localdate().replace(month=1, day=1), then=1), default=0)
        return [is_past, "day", "pk"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Her agency's days and the country's."""
        if request.user.is_superuser:
            return super().get_queryset(request)
        own = super().get_queryset(request)
        return self.model._default_manager.filter(Q(pk__in=own.values("pk")) | Q(agency__isnull=True)).order_by(
            *self.get_ordering(request)
        )

    def has_change_permission(self, request: HttpRequest, obj: CalendarDay | None = None) -> bool:
        """Not the country's days, and none that is past: who was late by it stays late."""
        if obj is None or request.user.is_superuser:
            return self.has_view_permission(request)
        return self.has_view_permission(request) and obj.agency_id is not None and obj.day >= timezone.localdate()

    def has_delete_permission(self, request: HttpRequest, obj: CalendarDay | None = None) -> bool:
        """As changing."""
        return self.has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: Any, change: bool) -> None:
        """A changed day counts here at once, in the other processes as soon as what they know is old."""
        super().save_model(request, obj, form, change)
        admin_places.tell_when(request)

    def delete_model(self, request: HttpRequest, obj: CalendarDay) -> None:
        """As saving."""
        super().delete_model(request, obj)
        admin_places.tell_when(request)


@admin.register(ApiClient)
class ApiClientAdmin(AgencyScopedReadOnly):
    """Partner systems; they are made by a command that shows their secrets once, so no secret stands here."""

    exclude = ("webhook_secret", "wire_password_hash")
    list_display = ("name", "agency", "kind", "receives_dossiers", "is_active", "last_seen_at")
    list_select_related = ("agency",)
    list_filter = ("kind", "is_active")
    search_fields = ("name",)
    ordering = ("name", "pk")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """A system has a page of its own, where its operator also shuts it and renews its credentials."""
        if object_id.isdecimal() and self.has_view_permission(request):
            return redirect("admin:system", int(object_id[:18]))
        return super().change_view(request, object_id, *args, **kwargs)
