"""What an agency's own administrator may look after in the generic lists (quản trị của cơ quan): hers and below."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.models import DELETION, LogEntry
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst

from portal.accounts.models import User
from portal.agencies import overtaken, setting_values
from portal.agencies.memberships import current_posts
from portal.agencies.models import Agency, MembershipRole
from portal.agencies.scopes import within
from portal.core.admin import RELATED, AskedByFiltersOnly, ServiceOwnedAdmin


def administered_paths(user: Any) -> list[str]:
    """Paths of the agencies the user administers today; a superuser needs none."""
    if not isinstance(user, User):
        return []
    posts = current_posts(user).filter(role=MembershipRole.ADMINISTRATOR)
    return sorted({post.agency.path for post in posts})


def paths_of_request(request: HttpRequest) -> list[str]:
    """The same, read once per request."""
    known: list[str] | None = getattr(request, "_administered_paths", None)
    if known is None:
        known = administered_paths(request.user)
        request._administered_paths = known  # type: ignore[attr-defined]
    return known


def agencies_of_request(request: HttpRequest) -> "QuerySet[Agency]":
    """Agencies the administrator may name in a form."""
    if request.user.is_superuser:
        return Agency.objects.filter(valid_to__isnull=True)
    return Agency.objects.filter(within(paths_of_request(request), "path"), valid_to__isnull=True)


class AgencyScoped(AskedByFiltersOnly):
    """A list that shows an administrator the rows of her agencies and nobody else's; a superuser sees all."""

    agency_path = "agency__path"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Rows within the administrator's agencies."""
        rows: QuerySet[Any] = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        return rows.filter(self.within(paths_of_request(request)))

    def within(self, paths: Iterable[str]) -> Q:
        """Which rows are of these agencies and those below them."""
        return within(paths, self.agency_path)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choices under words."""
        words = RELATED.get(db_field.name)
        if words is not None:
            kwargs["label"] = capfirst(str(words))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Beside the names of the fields, what stood there and what stands there now."""
        told = super().construct_change_message(request, form, formsets, add)
        return [*told, {"values": setting_values.changed(form, add=add)}]

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """With the place it belongs to: its administrators may read the log."""
        return super().log_addition(request, obj, _placed(message, obj))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """As an addition."""
        return super().log_change(request, obj, _placed(message, obj))

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """As an addition; each row has its own place."""
        who: Any = request.user.pk
        return [
            LogEntry.objects.log_actions(
                user_id=who,
                queryset=[row],
                action_flag=DELETION,
                change_message=_placed([], row),
                single_object=True,
            )
            for row in queryset
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Superusers and administrators of an agency."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Superusers and administrators of an agency; which rows is the queryset's matter."""
        return bool(request.user.is_superuser or paths_of_request(request))


def _placed(message: Any, row: Any) -> Any:
    return [*message, {"agency_path": setting_values.agency_path(row)}] if isinstance(message, list) else message


class AgencyKept(AgencyScoped):
    """Rows that administrators write themselves, each for her agencies; what holds everywhere is the superuser's."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only agencies she looks after."""
        if db_field.name == "agency":
            kwargs.setdefault("queryset", agencies_of_request(request))
            if db_field.null:
                kwargs["required"] = not request.user.is_superuser
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A form that notices when somebody else saved the row meanwhile."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        return form if obj is None else overtaken.watching(form)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may see the list."""
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may see the row; the queryset shows no others."""
        return self.has_view_permission(request)


class AgencyScopedReadOnly(AgencyScoped, ServiceOwnedAdmin):
    """Both: limited to the administrator's agencies, and written by services only."""
