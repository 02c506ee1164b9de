"""Addresses of the app (filled by its pages)."""

app_name = "notifications"
urlpatterns: list = []
