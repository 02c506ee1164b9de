"""The back office: Django's admin with the portal's own site class; apps register with plain @admin.register."""

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from unfold.apps import BasicAppConfig


class UnfoldConfig(BasicAppConfig):
    """The theme's templates and widgets without its own admin site."""


class PortalAdminConfig(SimpleAdminConfig):
    """Django's admin, served by the portal's site class."""

    default_site = "portal.backoffice.sites.BackOfficeSite"


class BackofficeConfig(AppConfig):
    """Menus, queues and workbench."""

    name = "portal.backoffice"
    label = "backoffice"
    verbose_name = "Quản trị"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every app register its models."""
        from django.utils.module_loading import autodiscover_modules

        autodiscover_modules("admin")
