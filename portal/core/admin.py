"""Ground for the generic lists of the back office: what a service owns is read here and changed there."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, DateField, DateTimeField, Field, Model
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from portal.core import money

RELATED: dict[str, Promise] = {
    "agency": _("cơ quan"),
    "assignee": _("người thụ lý"),
    "client": _("hệ thống"),
    "desk": _("bộ phận một cửa"),
    "document": _("giấy tờ"),
    "dossier": _("hồ sơ"),
    "event": _("sự kiện"),
    "handled_by": _("hệ thống giải quyết"),
    "order": _("lệnh thanh toán"),
    "organisation": _("tổ chức"),
    "owner": _("chủ hồ sơ (tài khoản)"),
    "parent": _("cấp trên"),
    "procedure_version": _("bản công bố thủ tục"),
    "result_document": _("kết quả"),
    "source": _("hệ thống báo về"),
    "unit": _("đơn vị hành chính"),
    "user": _("tài khoản"),
    "created_at": _("tạo lúc"),
    "actor_kind": _("vai người làm"),
    "actor_name": _("người làm"),
    "algorithm": _("thuật toán"),
    "answer_due_at": _("hạn trả lời"),
    "answered_at": _("trả lời lúc"),
    "expires_at": _("hết hạn lúc"),
    "first_position": _("từ dòng số"),
    "granted_at": _("cho phép lúc"),
    "key": _("khóa ký"),
    "kid": _("mã khóa"),
    "last_position": _("đến dòng số"),
    "paid_at": _("trả lúc"),
    "procedure": _("thủ tục"),
    "read_at": _("xem lúc"),
    "received_at": _("nhận lúc"),
    "reference": _("mã tham chiếu"),
    "replaced_by": _("được thay bằng"),
    "requested_at": _("yêu cầu lúc"),
    "response_status": _("mã trả lời"),
    "retired_at": _("ngừng dùng lúc"),
    "revoked_at": _("thu hồi lúc"),
    "round": _("lần"),
    "sequence": _("số thứ tự"),
    "slug": _("đường dẫn"),
    "state": _("trạng thái"),
    "use": _("dùng để"),
    "valid_from": _("từ ngày"),
}
"""Words for columns that other parts of the portal never show, and whose models therefore name none."""


DAY_HINT = _("Ngày, tháng, năm; ví dụ 27/3/2026")


class MarkedField(forms.BoundField):
    """A question of a generic form; its label says where it may be left out, as in the portal's own forms."""

    def label_tag(self, contents: Any = None, attrs: Any = None, label_suffix: Any = None, tag: Any = None) -> Any:
        """The label, marked; a box to tick may always be left."""
        contents = contents or self.label
        if not (self.field.required or isinstance(self.field, forms.BooleanField)):
            contents = format_html('{} <span class="soft">{}</span>', contents, _now("(không bắt buộc)"))
        return super().label_tag(contents, attrs, label_suffix, tag)


class AskedByFiltersOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list that can be asked by the filters it shows, and by nothing else.

    Django lets an address ask any column of the row, shown or not: `?payload__…__startswith=` would give away, letter
    by letter, what the page leaves out. Nothing is done to many rows at once, and no list counts all of its rows.
    """

    actions = None
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    words: Mapping[str, Promise] = {}
    """Words for columns of a library's model, which cannot be given any there."""

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Columns under words, also those whose models name none."""
        columns = (isinstance(name, str) and _column(self.model, name, self.words) for name in self.list_display)
        return [column or name for column, name in zip(columns, self.list_display, strict=True)]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Questions of a library's model under words; days with how they are typed."""
        if words := self.words.get(db_field.name):
            kwargs["label"] = capfirst(str(words))
        if isinstance(db_field, DateField) and not isinstance(db_field, DateTimeField):
            kwargs["error_messages"] = {"invalid": _("Ngày này không có. Hãy gõ ngày, tháng, năm; ví dụ 27/3/2026.")}
            kwargs["help_text"] = " ".join(filter(None, [str(db_field.help_text), str(DAY_HINT)]))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A form whose labels say what may be left out."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.bound_field_class = MarkedField
        return form

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """The columns that lead to the row, as they are in the list."""
        if not self.list_display_links:
            return super().get_list_display_links(request, list_display)
        return [column for column in list_display if _name_of(column) in self.list_display_links]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Filters under words."""
        return [
            (name, _titled(words)) if isinstance(name, str) and (words := self._title(name)) else name
            for name in self.list_filter
        ]

    def _title(self, name: str) -> Promise | None:
        return self.words.get(name) or _words_for(self.model, name)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Whether the column is one of the list's filters; a year or day beyond the calendar is no value."""
        offered = {name.partition("__")[0] for name in self.list_filter if isinstance(name, str)}
        day = self.date_hierarchy or ""
        if day and lookup.startswith(f"{day}__"):
            return value.isascii() and value.isdigit() and len(value) <= 4
        return lookup.partition("__")[0] in offered and super().lookup_allowed(lookup, value, request)


class ServiceOwnedAdmin(AskedByFiltersOnly):
    """Rows that only services write: every field is read-only, nothing is added or deleted by hand.

    Columns without words of their own are technical (digests, counters) and are left out, as is what a row lacks.
    """

    list_per_page = 50

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """All columns that have words, of a row those that say something."""
        hidden = set(self.exclude or ())
        columns = [
            field
            for field in self.opts.fields
            if field.name not in hidden and (obj is None or getattr(obj, field.attname) not in (None, "", [], {}))
        ]
        shown = [_shown(field, self.words) for field in columns]
        return [*filter(None, shown), *(name for name in self.readonly_fields if name not in shown)]

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """The same."""
        return self.get_readonly_fields(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


def _is_worded(field: "Field[Any, Any]") -> bool:
    return str(field.verbose_name) != field.name.replace("_", " ")


def _field(model: type[Model], name: str) -> "Field[Any, Any] | None":
    try:
        found: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if hasattr(found, "verbose_name") else None


def _words_for(model: type[Model], name: str) -> Promise | None:
    """Words of ours for a column whose model names none."""
    field = _field(model, name)
    return None if field is not None and _is_worded(field) else RELATED.get(name)


def _shown(field: "Field[Any, Any]", own: Mapping[str, Promise]) -> str | Callable[[Any], Any] | None:
    if words := own.get(field.name):
        return _worded(field.name, words)
    if _is_worded(field) and not field.primary_key:
        return _column(field.model, field.name) or field.name
    return _worded(field.name, RELATED.get(field.name))


def _column(model: type[Model], name: str, own: Mapping[str, Promise] | None = None) -> Callable[[Any], Any] | None:
    field = _field(model, name)
    words: Any = (own or {}).get(name) or _words_for(model, name)
    if field is not None and words is None and (isinstance(field, BooleanField) or name.endswith("_vnd")):
        words = field.verbose_name
    return _worded(name, words)


def _worded(name: str, words: Any) -> Callable[[Any], Any] | None:
    if words is None:
        return None

    @admin.display(description=str(words), empty_value="–", ordering=name)
    def value(row: Any) -> Any:
        display = getattr(row, f"get_{name}_display", None)
        # Forms write what a function returns as it is: an absent value as "None", a moment in UTC.
        return display() if display else _in_words(name, getattr(row, name))

    value.__name__ = f"shown_{name}"
    shown: Callable[[Any], Any] = value
    return shown


def _in_words(name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return _now("Có") if value else _now("Không")
    if name.endswith("_vnd") and value is not None:
        return money.format_vnd(value)
    return display_for_value(value, "–")


def _name_of(column: Any) -> str:
    return str(getattr(column, "__name__", column)).removeprefix("shown_")


def _titled(words: Promise) -> Callable[..., admin.FieldListFilter]:
    def made(field: Any, request: HttpRequest, params: Any, model: Any, shown: Any, field_path: str) -> Any:
        found = admin.FieldListFilter.create(field, request, params, model, shown, field_path=field_path)
        found.title = str(words)
        return found

    return made
