"""What an agency says of itself in the back office: its hours, its address, the desks where dossiers are handed in."""

import re
from datetime import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.agencies import calendars
from portal.agencies.administration import AgencyKept
from portal.agencies.models import Agency, OneStopDesk, RoutingRule
from portal.core.calendar import are_in_order

MOST_SPANS = 4
LEAST_HOURS, MOST_HOURS = 7, 9
"""About the eight hours of a working day (Bộ luật Lao động 2019 art. 105): fewer would stretch every limit in hours."""
_SPAN = re.compile(r"(\d{1,2})[:hg](\d{2})?\s*[-–]\s*(\d{1,2})[:hg](\d{2})?")
_LOOK = _("Hãy ghi như 07:30-11:30, 13:00-17:00.")
Spans = list[list[str]]


class HoursField(forms.CharField):
    """Office hours as people write them, kept as spans ``["07:30", "11:30"]``."""

    def to_python(self, value: Any) -> Any:
        """Spans in order; none where nothing was written."""
        text = str(value or "").strip().lower()
        spans = [_span(part) for part in re.split(r"[,;\n]", text) if part.strip()]
        if len(spans) > MOST_SPANS or not are_in_order(tuple(spans)):
            raise ValidationError(_words(_now("Các khoảng giờ phải nối tiếp nhau trong ngày, không chồng lên nhau.")))
        minutes = sum((end.hour - start.hour) * 60 + end.minute - start.minute for start, end in spans)
        if spans and not LEAST_HOURS * 60 <= minutes <= MOST_HOURS * 60:
            raise ValidationError(_words(_now("Một ngày làm việc có từ 7 đến 9 giờ; giờ này quyết định mọi thời hạn.")))
        return [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in spans]

    def prepare_value(self, value: Any) -> Any:
        """In one line."""
        return ", ".join(f"{start}-{end}" for start, end in value) if isinstance(value, list) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Written another way it is no change."""
        try:
            return bool((initial or []) != self.to_python(data))
        except ValidationError:
            return True


def _words(mistake: str) -> str:
    return f"{mistake} {_LOOK}"


def _span(text: str) -> tuple[time, time]:
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise ValidationError(_words(_now("Không đọc được “%(text)s”.") % {"text": text.strip()[:40]}))
    first, first_minutes, last, last_minutes = (int(part or 0) for part in found.groups())
    try:
        return time(first, first_minutes), time(last, last_minutes)
    except ValueError:
        raise ValidationError(_words(_now("“%(text)s” không phải giờ trong ngày.") % {"text": text.strip()})) from None


class AgencyForm(forms.ModelForm):
    """What of an agency its own administrator writes."""

    office_hours = HoursField(
        label=_("Giờ làm việc"),
        required=False,
        max_length=200,
        help_text=_("Ví dụ 07:30-11:30, 13:00-17:00. Để trống là giờ này. Thời hạn của hồ sơ tính theo giờ ghi ở đây."),
    )

    def clean(self) -> dict[str, Any] | None:
        """A Saturday counts only where the agency works on it."""
        data = super().clean()
        if data and data.get("counts_saturday") and not data.get("works_on_saturday"):
            self.add_error("counts_saturday", _("Đánh dấu cả “Làm sáng thứ Bảy”, hoặc bỏ dấu ở đây."))
        return data


@admin.register(Agency)
class AgencyAdmin(AgencyKept):
    """Names and codes come with the reference data; hours, address and telephone are the agency's own to write."""

    form = AgencyForm
    agency_path = "path"
    list_display = ("name", "code", "level", "branch", "valid_to")
    list_filter = ("level", "branch")
    search_fields = ("name", "code")
    ordering = ("code",)
    fields = (
        "name",
        "code",
        "level",
        "branch",
        "office_hours",
        "works_on_saturday",
        "counts_saturday",
        "address",
        "phone",
        "tax_code",
        "treasury_account",
    )
    readonly_fields = ("name", "code", "level", "branch")
    money = ("tax_code", "treasury_account")
    """Where fees go is not an agency's own to change: a superuser writes it."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is the reference's, and for administrators what is about money."""
        return self.readonly_fields if request.user.is_superuser else (*self.readonly_fields, *self.money)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Agencies come with the reference data."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An agency ends by law."""
        return False

    def save_model(self, request: HttpRequest, obj: Agency, form: Any, change: bool) -> None:
        """Only what was written: the reference data may have changed meanwhile. Hours count at once here."""
        obj.save(update_fields=form.changed_data or ["phone"])
        if {"office_hours", "works_on_saturday", "counts_saturday"} & set(form.changed_data):
            tell_when(request)


@admin.register(OneStopDesk)
class DeskAdmin(AgencyKept):
    """Places where dossiers are handed in; one that closes stays, since dossiers were handed in there."""

    list_display = ("name", "agency", "is_active")
    list_select_related = ("agency",)
    ordering = ("name", "pk")
    fields = ("agency", "name", "name_en", "address", "is_active")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A desk does not move to another agency."""
        return ("of_agency",) if obj is not None else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whose it is in words where it is not asked."""
        return ("of_agency", *self.fields[1:]) if obj is not None else self.fields

    @admin.display(description=_("cơ quan"))
    def of_agency(self, desk: OneStopDesk) -> str:
        """Whose it is."""
        return str(desk.agency)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is closed instead."""
        return False

    def save_model(self, request: HttpRequest, obj: OneStopDesk, form: Any, change: bool) -> None:
        """Who closes a desk reads which rules still name it: what they send goes to the agency without a desk."""
        super().save_model(request, obj, form, change)
        if "is_active" in form.changed_data and not obj.is_active:
            rules = RoutingRule.objects.valid_on(timezone.localdate()).filter(desk=obj).count()
            if rules:
                messages.warning(request, _named_by(rules))


def _named_by(rules: int) -> str:
    words = ngettext(
        "%(number)d quy tắc chuyển hồ sơ đang ghi bộ phận này. Từ nay hồ sơ theo quy tắc ấy về cơ quan, không về bộ "
        "phận nào; muốn về bộ phận khác, hãy sửa quy tắc.",
        "%(number)d quy tắc chuyển hồ sơ đang ghi bộ phận này. Từ nay hồ sơ theo quy tắc ấy về cơ quan, không về bộ "
        "phận nào; muốn về bộ phận khác, hãy sửa quy tắc.",
        rules,
    )
    return words % {"number": rules}


def tell_when(request: HttpRequest) -> None:
    """A changed calendar counts here at once, in the other processes as soon as what they know is old."""
    calendars.forget()
    messages.info(
        request,
        _now("Lịch mới có hiệu lực trong vòng %(seconds)d giây; hồ sơ đã hẹn ngày giữ ngày đã hẹn.")
        % {"seconds": max(settings.CALENDAR_KEPT_SECONDS, 1)},
    )
