"""The app, and names for what libraries' models show of themselves."""

from typing import Any

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _

UNNAMED = {
    "mfa.Authenticator": _("lớp xác thực thứ hai"),
    "allauth_idp_oidc.Token": _("thẻ truy cập của hệ thống"),
}
"""Models of libraries that gave them no name to translate; one and many alike. Their migrations know nothing of it."""


KEYS = {
    "ia": _("Khóa đăng ký"),
    "at": _("Khóa truy cập"),
    "rt": _("Khóa gia hạn"),
    "ac": _("Mã đăng nhập dùng một lần"),
}
"""Kinds of keys given to partner systems (`allauth.idp.oidc.models.Token.Type`), which the library names in English."""


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"
    verbose_name = "Tài khoản, người dùng"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name what officials read as titles of the generic lists."""
        for label, name in UNNAMED.items():
            options = apps.get_model(label)._meta
            options.verbose_name = options.verbose_name_plural = name
        key: Any = apps.get_model("allauth_idp_oidc.Token")
        key.__str__ = lambda row: f"{KEYS[row.type]} {row.pk}"
        # not the name of one of its lists, below which a list would stand
        apps.get_app_config("socialaccount").verbose_name = _("Đăng nhập bằng định danh")
        apps.get_app_config("allauth_idp_oidc").verbose_name = _("Tài khoản API của hệ thống")
