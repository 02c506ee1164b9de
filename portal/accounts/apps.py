from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _

UNNAMED = {
    "mfa.Authenticator": _("lớp xác thực thứ hai"),
    "allauth_idp_oidc.Token": _("thẻ truy cập của hệ thống"),
}
"""Models of libraries that gave them no name to translate; one and many alike. Their migrations know nothing of it."""


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"
    verbose_name = "Tài khoản"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Name what officials read as titles of the generic lists."""
        for label, name in UNNAMED.items():
            options = apps.get_model(label)._meta
            options.verbose_name = options.verbose_name_plural = name
        apps.get_app_config("allauth_idp_oidc").verbose_name = _("Tài khoản API của hệ thống")
