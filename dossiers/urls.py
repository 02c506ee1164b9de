"""Addresses of the app (filled by its pages)."""

app_name = "dossiers"
urlpatterns: list = []
