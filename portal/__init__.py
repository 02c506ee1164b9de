"""The portal's namespace: settings, addresses, and the apps that are not a field of their own."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
