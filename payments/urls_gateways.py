"""Addresses that gateways call; no language, no session."""

urlpatterns: list = []
