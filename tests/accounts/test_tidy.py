"""What nobody can use any more goes by itself: ended sessions, tokens and stored answers."""

from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from portal.accounts.tasks import forget_sessions
from tests import factories

pytestmark = pytest.mark.django_db


def test_ended_sessions_are_deleted_and_running_ones_stay() -> None:
    for _number in range(2):
        Client().force_login(factories.make_citizen(), backend="django.contrib.auth.backends.ModelBackend")
    ended = Session.objects.first()
    assert ended is not None
    Session.objects.filter(pk=ended.pk).update(expire_date=timezone.now() - timedelta(minutes=1))
    forget_sessions()
    assert Session.objects.count() == 1
    assert not Session.objects.filter(pk=ended.pk).exists()


def test_every_task_of_the_schedule_exists_and_every_sweep_is_scheduled() -> None:
    current_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    own = {name for name in current_app.tasks if not name.startswith("celery.")}
    assert scheduled == own, "each task is a sweep: a bell that is lost, or that nobody rings, is made up for by beat"
