"""Names of files as people see them: no path parts, no marks that reorder or hide text, and an honest extension."""

import re
from pathlib import PurePosixPath

from portal.core.text import clean_line

MAX_LENGTH = 150
EXTENSIONS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}
_SAME = {".jpeg": ".jpg", ".jfif": ".jpg"}
_RESERVED = re.compile(r'[<>:"|?*\x00-\x1f]')
_KNOWN_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}$")


def extension_of(name: str) -> str:
    """The extension a name claims, in small letters, `.jpeg` as `.jpg`; empty where it claims none."""
    found = _KNOWN_EXTENSION.search(clean_line(name))
    extension = found.group().lower() if found else ""
    return _SAME.get(extension, extension)


def clean_name(name: str, content_type: str) -> str:
    """A name that is safe to show and to save under, ending in the extension of what the file really is.

    >>> clean_name("..\\\\..\\\\etc\\\\giấy khai sinh.PDF", "application/pdf")
    'giấy khai sinh.pdf'
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    bare = clean_line(_RESERVED.sub(" ", last))
    stem = _KNOWN_EXTENSION.sub("", bare).strip(" .")
    extension = EXTENSIONS.get(content_type, "")
    return f"{_shortened(stem, MAX_LENGTH - len(extension)).strip(' .') or 'tep'}{extension}"


def _shortened(stem: str, most: int) -> str:
    """At most so many characters, cut between two words where there are any."""
    if len(stem) <= most:
        return stem
    head, blank, _rest = stem[: most + 1].rpartition(" ")
    return head if blank else stem[:most]
