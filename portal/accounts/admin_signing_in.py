"""How people sign in, in the generic lists: allauth's own lists speak English, and show what only it should read."""

from typing import Any

from allauth.socialaccount.admin import SocialAppAdmin, SocialAppForm
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal.accounts import oidc
from portal.core.admin import AskedByFiltersOnly, ServiceOwnedAdmin

PROVIDERS = {oidc.PROVIDER_ID: "VNeID"}
"""Names people know of what signs them in."""

admin.site.unregister([SocialAccount, SocialApp, SocialToken])


class OfProviderAdmin(ServiceOwnedAdmin):
    """Rows of a provider of identities, under its own name."""

    @admin.display(description=_("bên định danh"), ordering="provider")
    def provider_name(self, row: Any) -> str:
        """As people know it; the bare word for one that nobody named."""
        return PROVIDERS.get(row.provider, str(row.provider))


@admin.register(SocialAccount)
class IdentityAdmin(OfProviderAdmin):
    """Which account of a provider is whose; what the provider told stays with the person."""

    exclude = ("provider", "extra_data")
    readonly_fields = ("provider_name",)
    list_display = ("user", "uid", "provider_name")
    list_select_related = ("user",)
    search_fields = ("uid", "user__username")
    ordering = ("-pk",)
    words = {"uid": _("mã ở bên định danh")}


@admin.register(SocialToken)
class IdentityTokenAdmin(ServiceOwnedAdmin):
    """Keys that a provider gave us, by their time; never the keys themselves."""

    exclude = ("token", "token_secret")
    list_display = ("app", "account", "expires_at")
    list_select_related = ("app", "account__user")
    ordering = ("-pk",)
    words = {"app": _("ứng dụng định danh"), "account": _("tài khoản định danh")}


class ProviderForm(SocialAppForm):
    """The library's form under our words: it makes one of its fields itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provider"].label = _("Bên định danh")


@admin.register(SocialApp)
class ProviderAdmin(AskedByFiltersOnly, SocialAppAdmin):
    """By what the portal signs people in with a provider."""

    form = ProviderForm
    list_display = ("name", "provider")
    words = {
        "name": _("tên"),
        "provider": _("bên định danh"),
        "provider_id": _("mã bên định danh"),
        "client_id": _("mã của Cổng ở bên định danh"),
        "secret": _("khóa bí mật"),
        "key": _("khóa"),
        "settings": _("cài đặt"),
    }
