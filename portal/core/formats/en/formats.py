"""Days on English pages: as on the Vietnamese ones."""

from portal.core.formats.days import *  # noqa: F403 - settings by their names
