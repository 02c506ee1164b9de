"""Celery: the bell that wakes work; the queue of record is in the database (docs/adr/0003)."""

import os

from celery import Celery
from celery.signals import worker_ready

from portal.core import collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def _settle(**_told: object) -> None:
    collector.settle()
