"""The worker's door to accounts."""

from importlib import import_module
from typing import Any

from celery import shared_task
from django.conf import settings


@shared_task(name="accounts.forget_sessions")
def forget_sessions() -> None:
    """Delete sessions that ended; a form typed without being signed in lies in one of them."""
    engine: Any = import_module(settings.SESSION_ENGINE)
    engine.SessionStore.clear_expired()
