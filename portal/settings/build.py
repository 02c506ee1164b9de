"""Building a release: what `collectstatic` needs, with no secret and no address; production refuses its key."""

from portal.settings.base import *  # noqa: F403 - a settings module is its names
from portal.settings.base import INSTALLED_APPS, STORAGES
from portal.settings.storage import PUBLISHED_STATIC_FILES

SECRET_KEY = "only-to-collect-files"  # noqa: S105 - opens nothing
INSTALLED_APPS = [
    "portal.core.static_files_app.PublishedFilesConfig" if app == "django.contrib.staticfiles" else app
    for app in INSTALLED_APPS
]
STORAGES = {**STORAGES, "staticfiles": PUBLISHED_STATIC_FILES}
