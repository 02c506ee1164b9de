"""Addresses of verification; one for all languages, as printed in the QR."""

urlpatterns: list = []
