"""The one HTTP client of a sandbox program, and when to try again."""

from datetime import datetime, timedelta
from functools import cache

import httpx
from django.conf import settings
from django.utils import timezone

LONGEST_WAIT_SECONDS = 60


@cache
def client() -> httpx.Client:
    """Return the shared client; it follows no redirect, since no contract here has one, and uses no proxy."""
    return httpx.Client(timeout=httpx.Timeout(15, connect=3), follow_redirects=False, trust_env=False)


def next_try_at(attempts: int) -> datetime:
    """Return when to try again after this many failures: doubling, at most a minute."""
    seconds = min(settings.SANDBOX.retry_seconds * 2 ** min(attempts - 1, 10), LONGEST_WAIT_SECONDS)
    return timezone.now() + timedelta(seconds=seconds)


def is_portal_url(url: str) -> bool:
    """Say whether an address lies on the portal: nothing else is fetched, and no token is sent anywhere else."""
    try:
        wanted, portal = httpx.URL(url), httpx.URL(settings.SANDBOX.portal_url)
    except (httpx.InvalidURL, TypeError):
        return False
    return (wanted.scheme, wanted.host, wanted.port) == (
        portal.scheme,
        portal.host,
        portal.port,
    ) and not wanted.userinfo
