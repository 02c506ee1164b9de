"""WSGI entry of a sandbox program: its one worker migrates, loads the demo data and runs the background threads."""

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

# assigned, not defaulted: importing the portal's own package has already named the portal's settings
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.sandbox.settings"


def _start():
    application = get_wsgi_application()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("prepare_sandbox")

    from portal.sandbox.common.background import start_background  # needs the apps

    start_background()
    return application


application = _start()
