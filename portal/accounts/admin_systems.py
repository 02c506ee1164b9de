"""API accounts of partner systems and the keys given to them (tài khoản API), in the generic lists: read only.

They are made, renewed and ended with the system itself (portal.agencies.credentials). Neither a secret nor its hash is
shown: a hash helps nobody who works here, and who copies it may try guesses against it.
"""

from collections.abc import Iterable
from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client, Token
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal.accounts.apps import KEYS
from portal.core.admin import ServiceOwnedAdmin

admin.site.unregister([Client, Token])  # allauth's own lists speak English and show what only it should read
GRANTS = {
    Client.GrantType.CLIENT_CREDENTIALS: _("bằng mã và khóa bí mật của hệ thống"),
    Client.GrantType.AUTHORIZATION_CODE: _("người dùng đăng nhập rồi quay về hệ thống"),
    Client.GrantType.REFRESH_TOKEN: _("bằng khóa gia hạn"),
    Client.GrantType.DEVICE_CODE: _("bằng mã gõ trên thiết bị khác"),
}


def _lines(words: Iterable[Any]) -> str:
    return "; ".join(str(one) for one in words) or "–"


def _allowed(scopes: Iterable[str]) -> str:
    """What a system may do, each in words with the name that its engineers use."""
    words = get_adapter().scope_display
    return _lines(f"{words[scope]} ({scope})" if scope in words else scope for scope in scopes)


@admin.register(Client)
class SystemClientAdmin(ServiceOwnedAdmin):
    """Systems that sign in here."""

    list_display = ("name", "id", "type", "created_at")
    list_filter = ("type",)
    search_fields = ("id", "name")
    ordering = ("name", "pk")
    readonly_fields = ("allowed", "allowed_unasked", "ways")
    exclude = (
        *("secret", "data", "scopes", "default_scopes", "grant_types", "response_types"),
        *("redirect_uris", "cors_origins", "allow_uri_wildcards", "skip_consent"),  # of sign-ins in a browser
    )
    words = {"name": _("tên"), "id": _("mã hệ thống"), "type": _("loại"), "owner": _("tài khoản phụ trách")}

    @admin.display(description=_("quyền được xin"))
    def allowed(self, client: Client) -> str:
        """What it may ask for."""
        return _allowed(client.get_scopes())

    @admin.display(description=_("quyền khi không xin gì"))
    def allowed_unasked(self, client: Client) -> str:
        """What it gets where it asks for nothing."""
        return _allowed(client.default_scopes.split())

    @admin.display(description=_("cách lấy khóa truy cập"))
    def ways(self, client: Client) -> str:
        """How it comes by its keys."""
        return _lines(GRANTS.get(grant, grant) for grant in client.get_grant_types())


@admin.register(Token)
class SystemTokenAdmin(ServiceOwnedAdmin):
    """Keys given to systems, by their time."""

    list_display = ("kind", "client", "user", "created_at", "expires_at")
    list_select_related = ("client", "user")
    ordering = ("-pk",)
    readonly_fields = ("kind", "allowed")
    exclude = ("hash", "data", "scopes", "type")

    @admin.display(description=_("loại"), ordering="type")
    def kind(self, token: Token) -> str:
        """What it is for."""
        return str(KEYS[token.type])

    @admin.display(description=_("quyền"))
    def allowed(self, token: Token) -> str:
        """What it opens."""
        return _allowed(token.get_scopes())
