"""Building a release: what `collectstatic` needs, with no secret and no address; production refuses its key."""

from portal.settings.base import *  # noqa: F403 - a settings module is its names
from portal.settings.base import STORAGES
from portal.settings.storage import PUBLISHED_STATIC_FILES

SECRET_KEY = "only-to-collect-files"  # noqa: S105 - opens nothing
STORAGES = {**STORAGES, "staticfiles": PUBLISHED_STATIC_FILES}
