"""Ring a worker's bell without ever waiting for a broker that is away."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def ring_now(task_name: str) -> None:
    """Send one task by name; the failure is logged and left to the sweep."""
    try:
        current_app.send_task(task_name, retry=False, ignore_result=True, expires=60)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("bell.lost", task=task_name, error=type(error).__name__)
