"""Addresses of the app (filled by its pages)."""

app_name = "datastore"
urlpatterns: list = []
