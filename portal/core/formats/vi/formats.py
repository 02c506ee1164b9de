"""Days on Vietnamese pages; Django imports the module by the name of the language."""

from portal.core.formats.days import *  # noqa: F403 - settings by their names
