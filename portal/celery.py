"""Celery: the bell that wakes work; the queue of record is in the database (docs/adr/0003)."""

import os

from celery import Celery
from celery.signals import worker_init, worker_ready
from django.conf import settings
from kombu.transport import redis

from portal.core import collector, lock_waits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")

# Bells that were not answered are not given back when a connection ends: kombu tries to over the connection that is
# gone, and the worker ends with it. What they rang for is a row, and beat rings again within the hour at the latest.
redis.Channel.do_restore = False

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _wait_for_no_row_for_ever(**_told: object) -> None:
    lock_waits.limit(settings.WORKER_ROW_WAIT_SECONDS)


@worker_ready.connect
def _settle(**_told: object) -> None:
    collector.settle()
