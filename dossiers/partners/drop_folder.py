"""The folder that a small system lays its files into: where it is, reading a file of it, putting one away.

Whoever may write there is a stranger to this machine: nothing outside the folder is read or written, whatever links lie
in it.
"""

import os
import stat
from pathlib import Path

import structlog
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.core.errors import UpstreamError
from portal.exchange.models import PullSource

log = structlog.get_logger(__name__)

TAKEN, WRONG = "da-nhan", "loi"
SETTLED_SECONDS = 10
"""A file is whole once nobody has written to it for so long."""


class FolderError(UpstreamError):
    """The folder is not there, or is none of ours; or a file of it cannot be read or put away."""

    code = "upstream.folder"


def folder_of(source: PullSource) -> Path:
    """The folder a source names, below DROP_DIR; raises FolderError for any other place."""
    root = settings.DROP_DIR.resolve()
    folder = (root / source.address).resolve()
    if not folder.is_relative_to(root) or folder == root:
        raise FolderError(_("Thư mục phải nằm dưới thư mục nhận tệp của Cổng."))
    if not folder.is_dir():
        raise FolderError(_("Chưa có thư mục %(name)s ở máy chủ nhận tệp.") % {"name": source.address[:100]})
    return folder


def mark_of(source: PullSource, name: str) -> list[int] | None:
    """What tells a file of the folder from another one of its name: size and time; None where there is none."""
    try:
        facts = (folder_of(source) / name).lstat()
    except (FolderError, OSError, ValueError):
        return None
    return [facts.st_size, facts.st_mtime_ns] if stat.S_ISREG(facts.st_mode) else None


def is_settled(file: Path) -> bool:
    """Whether this is a file of the folder's own that nobody is writing to."""
    latest = timezone.now().timestamp() - SETTLED_SECONDS
    try:
        found = file.lstat()
    except OSError:  # it was taken away again, or has a name that no disk holds
        return False
    return stat.S_ISREG(found.st_mode) and found.st_mtime <= latest


def content_of(file: Path, *, most_bytes: int) -> bytes:
    """At most one byte more than a file may have; a link that took the file's place meanwhile is not followed."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        log.warning("drop_folder.not_read", error=type(error).__name__)
        raise FolderError(_("Không đọc được tệp %(name)s.") % {"name": file.name[:100]}) from None
    with os.fdopen(handle, "rb") as stream:
        return stream.read(most_bytes + 1)


def put_away(file: Path, target: str) -> None:
    """Move a file that was taken in into a folder beside it, under a name of its own; raises FolderError."""
    try:
        (file.parent / target).mkdir(exist_ok=True)
        stamp = timezone.localtime().strftime("%Y%m%d-%H%M%S-%f")
        # whoever may write here could have laid a link to another system's folder in place of this one
        place = os.open(file.parent / target, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            os.rename(file, f"{stamp}-{file.name}", dst_dir_fd=place)
        finally:
            os.close(place)
    except OSError as error:
        log.warning("drop_folder.not_moved", error=type(error).__name__)
        raise FolderError(
            _("Không chuyển được tệp %(name)s sang %(folder)s.") % {"name": file.name, "folder": target}
        ) from None
