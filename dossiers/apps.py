from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "dossiers"
    label = "dossiers"
    verbose_name = "Hồ sơ, văn bản"
    default_auto_field = "django.db.models.BigAutoField"
