from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "portal.indicators"
    label = "indicators"
    verbose_name = "Bộ chỉ số"
    default_auto_field = "django.db.models.BigAutoField"
