"""Addresses of the app (filled by its pages)."""

app_name = "payments"
urlpatterns: list = []
