"""WSGI entry of the web process."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from portal.core import collector, lock_waits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")

application = get_wsgi_application()
lock_waits.limit(settings.WEB_ROW_WAIT_SECONDS)
collector.settle()
