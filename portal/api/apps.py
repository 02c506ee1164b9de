from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "portal.api"
    label = "api"
    verbose_name = "Giao diện lập trình"
    default_auto_field = "django.db.models.BigAutoField"
