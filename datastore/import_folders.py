"""Where the scans of a list lie (thư mục bản quét): a folder of this machine, or archives that an official sent."""

import io
import tempfile
import unicodedata
import zipfile
import zlib
from collections import defaultdict
from pathlib import Path
from typing import IO, Protocol, cast

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.errors import InvalidInputError

IN_MEMORY_BYTES = 1024 * 1024
INDEX_MOST_BYTES = 4 * 1024 * 1024
"""Of an archive's table of contents: some 40,000 names. It is read into memory whole."""
_END, _END_BYTES, _COMMENT_MOST = b"PK\x05\x06", 22, 65_535
_END_64, _END_64_BYTES = b"PK\x06\x07", 20
"""Stands right before the end where the table is measured elsewhere (ZIP64), which no archive below 4 GB needs."""
_UTF8_NAMES = 0x800
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Ways of packing that unpack piece by piece; the others swell in memory before there is a piece to count."""
_UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What unpacking raises: for damaged bytes, for names that do not decode, for ways it does not know, for passwords."""
NO_ARCHIVE = gettext_lazy("Tệp “%(name)s” không phải tệp ZIP đọc được. Hãy nén lại thư mục bản quét thành tệp ZIP.")
TOO_MANY_NAMES = gettext_lazy("Tệp “%(name)s” chứa quá nhiều tệp. Hãy chia thư mục thành nhiều tệp ZIP.")


class Folder(Protocol):
    """Scans by the name that a line gives them."""

    def open(self, name: str) -> IO[bytes]:
        """Open one. Raises InvalidInputError where there is none of that name, more than one, or it cannot be read."""


class Directory:
    """A folder of this machine, and nothing beside it: a list is written by hand."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def open(self, name: str) -> IO[bytes]:
        """Open a file below the folder; a link that leads out of it is none."""
        try:
            path = (self._root / name).resolve()
            if name and path.is_relative_to(self._root) and path.is_file():
                return path.open("rb")
        except (OSError, ValueError) as error:  # a name that no file can have, a file that nobody may read
            raise InvalidInputError(_("tep: không mở được “%(name)s”") % {"name": name[:100]}) from error
        raise _missing(name)


class Archives:
    """ZIP archives taken together, as one folder whatever folders they wrap it in.

    A file of a later archive takes the place of an earlier one's of the same path: it was sent again.
    """

    def __init__(self, opened: list[zipfile.ZipFile]) -> None:
        self._whole: dict[str, list[tuple[zipfile.ZipFile, zipfile.ZipInfo]]] = {}
        self._ends: dict[str, list[str]] = defaultdict(list)
        for archive in opened:
            inside = defaultdict(list)
            for entry in archive.infolist():
                if not entry.is_dir():
                    inside[_path_of(entry)].append((archive, entry))
            self._whole.update(inside)
        for path in self._whole:
            self._ends[path.rpartition("/")[2]].append(path)

    def open(self, name: str) -> IO[bytes]:
        """Unpack one file, up to the size that is taken at all: what says it is small may be a bomb."""
        wanted = _tidy(name)
        found = self._whole.get(wanted) or self._below(wanted)
        if not found or not wanted:
            raise _missing(name)
        if len(found) > 1:
            raise InvalidInputError(_("tep: có nhiều tệp “%(name)s”, hãy ghi cả thư mục con") % {"name": name[:100]})
        archive, entry = found[0]
        target = cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES))  # noqa: SIM115 - handed to the caller
        try:
            if entry.compress_type not in _PACKED:
                raise NotImplementedError  # as zipfile does for a way of packing that it does not know
            with archive.open(entry) as source:
                left = settings.UPLOAD_MAX_BYTES + 1
                while left and (piece := source.read(min(left, 64 * 1024))):
                    target.write(piece)
                    left -= len(piece)
        except Exception as error:
            target.close()
            if not isinstance(error, _UNREADABLE):
                raise
            raise InvalidInputError(
                _("tep: không giải nén được “%(name)s”; tệp hỏng hoặc có mật khẩu") % {"name": name[:100]}
            ) from error
        target.seek(0)
        return target

    def _below(self, wanted: str) -> list[tuple[zipfile.ZipFile, zipfile.ZipInfo]]:
        """The folder itself is usually packed with what is in it."""
        ends = self._ends.get(wanted.rpartition("/")[2], ())
        return [each for path in ends if path.endswith(f"/{wanted}") for each in self._whole[path]]


def open_archive(stream: IO[bytes], name: str) -> zipfile.ZipFile:
    """Open a ZIP archive. Raises InvalidInputError with field "folder" for what is none, or has too many names."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _END_64_BYTES - _END_BYTES - _COMMENT_MOST))
    tail = stream.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) < end + _END_BYTES or tail[max(0, end - _END_64_BYTES) : end].startswith(_END_64):
        raise _refused(NO_ARCHIVE, name)
    if int.from_bytes(tail[end + 12 : end + 16], "little") > INDEX_MOST_BYTES:
        raise _refused(TOO_MANY_NAMES, name)
    stream.seek(0)
    try:
        return zipfile.ZipFile(stream)  # what it does not implement (a newer version of the format) is refused in words
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise _refused(NO_ARCHIVE, name) from error


def _refused(words: object, name: str) -> InvalidInputError:
    return InvalidInputError(fields={"folder": [str(words) % {"name": name[:100]}]})


def _missing(name: str) -> InvalidInputError:
    return InvalidInputError(_("tep: không có tệp “%(name)s” trong thư mục") % {"name": name[:100]})


def _path_of(entry: zipfile.ZipInfo) -> str:
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAMES:  # Windows packs UTF-8 without saying so
        try:
            name = name.encode("cp437").decode()
        except UnicodeError:
            name = entry.filename
    return _tidy(name)


def _tidy(name: str) -> str:
    return unicodedata.normalize("NFC", name).replace("\\", "/").removeprefix("./").strip("/")
