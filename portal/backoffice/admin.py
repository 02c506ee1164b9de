"""Second factors in the generic lists: above all other apps, since taking one away ends sessions and tells her."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from portal.agencies.memberships import current_posts
from portal.backoffice import second_factors
from portal.core.admin import ServiceOwnedAdmin

admin.site.unregister(Authenticator)  # allauth's own list shows the secret
_NAMED = "_second_factor"


@admin.register(Authenticator)
class FactorAdmin(ServiceOwnedAdmin):
    """Second factors; who has lost hers has it taken away here and sets up a new one."""

    exclude = ("data",)  # the secret
    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type", "created_at", "last_used_at")
    ordering = ("-pk",)
    words = {"type": _("loại"), "last_used_at": _("dùng lần cuối")}
    delete_confirmation_template = "backoffice/second_factor_delete.html"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of the whole system's administrator."""
        return bool(request.user.is_superuser)

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> Any:
        """With whose it is, and at which agency."""
        factor = context["object"]
        posts = [f"{post.title or post.get_role_display()}, {post.agency.name}" for post in current_posts(factor.user)]
        told = {
            "title": _("Xóa lớp xác thực thứ hai"),
            "named": second_factors.named(factor),
            "posts": posts,
            "takes_codes": factor.type == Authenticator.Type.TOTP,
            "is_own": factor.user_id == request.user.pk,
        }
        return super().render_delete_form(request, {**context, **told})

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Nothing: the service writes it, with whose it was."""
        return []

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        """By the service."""
        setattr(request, _NAMED, second_factors.named(obj))
        second_factors.take_away(obj, by=request.user)  # type: ignore[arg-type]  # a superuser is no anonymous one

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        """Say whose was deleted."""
        response: HttpResponse = super().response_delete(request, getattr(request, _NAMED, obj_display), obj_id)
        return response
