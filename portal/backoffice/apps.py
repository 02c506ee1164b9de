"""The back office: Django's admin with the portal's own site class; apps register with plain @admin.register."""

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig


class PortalAdminConfig(SimpleAdminConfig):
    """Django's admin, served by the portal's site class."""

    default_site = "portal.backoffice.sites.BackOfficeSite"


class BackofficeConfig(AppConfig):
    """Queues, workbench, operations."""

    default = True
    name = "portal.backoffice"
    label = "backoffice"
    verbose_name = "Quản trị"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let every app register its models."""
        from django.utils.module_loading import autodiscover_modules

        autodiscover_modules("admin")
