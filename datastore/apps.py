from django.apps import AppConfig


class DatastoreConfig(AppConfig):
    name = "datastore"
    label = "datastore"
    verbose_name = "Kho dữ liệu"
    default_auto_field = "django.db.models.BigAutoField"
