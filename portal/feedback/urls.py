"""Addresses of the app (filled by its pages)."""

app_name = "feedback"
urlpatterns: list = []
