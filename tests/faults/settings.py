"""Settings of the portal that the fault tests break: a dead worker's claims come back in seconds instead of minutes."""

from portal.settings.dev import *  # noqa: F403 - a settings module is its names

WORK_LEASE_SECONDS = 15
HTTP_TIMEOUT_SECONDS = 5
