"""WSGI entry of the web process."""

import os

from django.core.wsgi import get_wsgi_application

from portal.core import collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")

application = get_wsgi_application()
collector.settle()
