from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "portal.site"
    label = "site"
    verbose_name = "Trang chung"
    default_auto_field = "django.db.models.BigAutoField"
