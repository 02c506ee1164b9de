"""Whether a PDF is only a paper: it opens, is not locked, runs nothing and hides nothing (kiểm tra tệp PDF)."""

import logging
import re
import zlib
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import DictionaryObject, IndirectObject

from datastore.sniffing import RefusedFileError
from portal.core.time_bounds import OvertimeError, bounded

MAX_PAGES = 300
MAX_OBJECTS = 60_000
MAX_SECONDS = 5.0
"""A paper takes a few hundredths; a file made to be read slowly holds up everybody who waits behind it."""
MAX_NODES = 25_000
"""Of the tree of pages, each as often as it is led to: twenty nodes that lead twice to the next are a million."""
MAX_UNPACKED_BYTES = 12 * 1024 * 1024
"""Of the packed lists of objects that are opened here; 300 kB may unpack to hundreds of megabytes."""
UNPACKED_AT_MOST: dict[str, Any] = dict.fromkeys(
    (
        "array_based_stream_maximum_output_length",
        "lzw_maximum_output_length",
        "run_length_maximum_output_length",
        "zlib_maximum_output_length",
        "brotli_maximum_output_length",
    ),
    MAX_UNPACKED_BYTES,
)
READ_AT_MOST: dict[str, Any] = UNPACKED_AT_MOST | {"page_tree_maximum_entries": MAX_NODES}
NONSENSE = (
    PyPdfError,
    ArithmeticError,
    AssertionError,  # the library's own way to say that an object is not what it was announced as
    AttributeError,
    DependencyError,  # at a picture as many scanners pack it (JBIG2), whose reader is another program
    LookupError,
    MemoryError,  # a picture that says it is a thousand million points wide
    NotImplementedError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    zlib.error,
)
"""What arbitrary bytes make the library raise."""
TAIL_BYTES = 2048
ZIP_END, ZIP_ENTRY = b"PK\x05\x06", b"PK\x01\x02"
ZIP_END_BYTES, ZIP_COMMENT_MOST = 22, 65_535
ZIP64_LOCATOR, ZIP64_LOCATOR_BYTES = b"PK\x06\x07", 20
"""Right before the end of a large archive: where its directory lies stands elsewhere."""
_CACHED_OBJECTS = 500
_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/XFA", "/RichMediaContent", "/RichMediaSettings"})
_PLAYED = frozenset({"/3D", "/Movie", "/RichMedia", "/Sound"})
"""What a page plays instead of showing: annotations of these kinds (ISO 32000-1, 12.5.6 and 13)."""
_FILES_OF_A_SPECIFICATION = frozenset({"/F", "/UF", "/DOS", "/Mac", "/Unix"})
_ACTIVE_ACTIONS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/GoToE"})
_PASSIVE_ACTIONS = frozenset({"/GoTo", "/Named"})
"""What a file may do by itself when it is opened or a page is turned to: show a place within itself."""
_JUDGED_ANYWHERE = _PASSIVE_ACTIONS | _ACTIVE_ACTIONS
"""Active ones are refused wherever they stand, with words of their own; any other that starts by itself acts."""
_STARTED = ("/OpenAction", "/PA")
_EVENTS = frozenset(
    {"/E", "/X", "/D", "/U", "/Fo", "/Bl", "/PO", "/PC", "/PV", "/PI", "/O", "/C"}  # annotations, pages
    | {"/K", "/F", "/V", "/WC", "/WS", "/DS", "/WP", "/DP"}  # fields, the document
)
"""What sets off the actions of an /AA (ISO 32000-1, tables 194 to 197)."""
_ACTIONS_DEEP = 8
_ACTIVE_BYTES = re.compile(rb"/(?:JavaScript|Launch|RichMedia|SubmitForm|ImportData)\b")
_AFTER_END = re.compile(rb"%%EOF[\s\x00]*")

BROKEN = _("Tệp PDF đã hỏng hoặc thiếu. Hãy mở thử trên máy của bạn, in hoặc lưu lại thành PDF mới rồi tải lên.")
LOCKED = _("Tệp PDF có mật khẩu hoặc bị khóa, cơ quan không mở được. Hãy bỏ khóa, hoặc in ra PDF mới, rồi tải lên.")
ACTIVE = _("Tệp PDF có chứa mã lệnh chạy được nên không nhận. Mở tệp, chọn In > Lưu thành PDF, rồi tải tệp mới lên.")
CARRIER = _("Tệp PDF có tệp khác đính kèm bên trong nên không nhận. Hãy lấy các tệp đó ra và tải lên riêng từng tệp.")
POLYGLOT = _("Sau phần cuối của tệp PDF còn dữ liệu lạ. Hãy in hoặc lưu lại thành PDF mới rồi tải lên.")
TWO_IN_ONE = _("Tệp vừa là PDF vừa là tệp nén nên không nhận. Hãy in hoặc lưu lại thành PDF mới rồi tải lên.")
ACTS = _("Tệp PDF tự mở trang web hoặc tệp khác khi được mở nên không nhận. Hãy in ra PDF mới rồi tải tệp mới lên.")
SLOW = _("Tệp PDF phức tạp quá mức, máy không đọc xong. Hãy in hoặc lưu lại thành PDF mới rồi tải lên.")
TOO_LONG = _("Tệp PDF có %(pages)d trang; mỗi tệp nhận tối đa %(limit)d trang. Hãy tách thành nhiều tệp rồi tải lên.")

logging.getLogger("pypdf").setLevel(logging.ERROR)  # it warns of every oddity of a scanner; the verdict is ours


def check_pdf(stream: IO[bytes], *, attachments_allowed: bool = False) -> int:
    """Return the number of pages of a PDF that is only a paper; raise RefusedFileError with the cure otherwise.

    Attachments are allowed to agencies: an archived result (PDF/A-3) may carry the data it was made from.
    """
    _check_tail(stream)
    if not attachments_allowed and _is_an_archive_too(stream):
        raise RefusedFileError(TWO_IN_ONE)
    stream.seek(0)
    try:
        return bounded(lambda: _read(stream, attachments_allowed=attachments_allowed), seconds=MAX_SECONDS)
    except RefusedFileError:
        raise
    except OvertimeError as error:
        raise RefusedFileError(SLOW) from error
    except NONSENSE as error:
        raise RefusedFileError(BROKEN) from error


def _read(stream: IO[bytes], *, attachments_allowed: bool) -> int:
    with apply_configuration(**READ_AT_MOST):
        reader = PdfReader(stream, strict=False, xref_stream_maximum_entries=MAX_OBJECTS)
        if reader.is_encrypted:
            raise RefusedFileError(LOCKED)
        pages = _page_count(reader)
        _check_objects(reader, stream, attachments_allowed=attachments_allowed)
    return pages


def _check_tail(stream: IO[bytes]) -> None:
    size = stream.seek(0, 2)
    stream.seek(max(0, size - TAIL_BYTES))
    ends = list(_AFTER_END.finditer(stream.read()))
    if not ends:
        raise RefusedFileError(BROKEN)
    if ends[-1].end() < min(size, TAIL_BYTES):  # a zip or a program glued to the end makes two files of one
        raise RefusedFileError(POLYGLOT)


def _is_an_archive_too(stream: IO[bytes]) -> bool:
    """Whether a ZIP lies within whose comment is the rest of the PDF: the same bytes open as either."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - ZIP_END_BYTES - ZIP_COMMENT_MOST))
    tail = stream.read()
    for found in re.finditer(re.escape(ZIP_END), tail):
        place = size - len(tail) + found.start()
        if place >= ZIP64_LOCATOR_BYTES:
            stream.seek(place - ZIP64_LOCATOR_BYTES)
            if stream.read(len(ZIP64_LOCATOR)) == ZIP64_LOCATOR:
                return True
        directory = int.from_bytes(tail[found.start() + 12 : found.start() + 16], "little")
        if 0 < directory <= place:
            stream.seek(place - directory)
            if stream.read(len(ZIP_ENTRY)) == ZIP_ENTRY:
                return True
    return False


def _page_count(reader: PdfReader) -> int:
    tree = reader.root_object["/Pages"].get_object()
    claimed = tree.get("/Count", 0) if isinstance(tree, DictionaryObject) else 0
    # The claim is asked first, so that twenty thousand pages are not walked to be refused.
    pages = claimed if isinstance(claimed, int) and claimed > MAX_PAGES else len(reader.pages)
    if pages > MAX_PAGES:
        raise RefusedFileError(TOO_LONG % {"pages": pages, "limit": MAX_PAGES})
    if pages < 1:
        raise RefusedFileError(BROKEN)
    return pages


def _check_objects(reader: PdfReader, stream: IO[bytes], *, attachments_allowed: bool) -> None:
    references = [(number, generation) for generation, numbers in reader.xref.items() for number in numbers]
    references += [(number, 0) for number in reader.xref_objStm]
    if len(references) > MAX_OBJECTS:
        raise RefusedFileError(TOO_LONG % {"pages": len(references), "limit": MAX_PAGES})
    unread = False
    pages = 0
    _check_value(reader.trailer, attachments_allowed=attachments_allowed)  # a catalogue may stand in it, unnumbered
    for count, (number, generation) in enumerate(references):
        try:
            value = IndirectObject(number, generation, reader).get_object()
        except NONSENSE:
            unread = True
            continue
        _check_value(value, attachments_allowed=attachments_allowed)
        pages += isinstance(value, DictionaryObject) and _plain(value.get("/Type")) == "/Page"
        if pages > MAX_PAGES:  # whatever number the file itself gave
            raise RefusedFileError(TOO_LONG % {"pages": pages, "limit": MAX_PAGES})
        if count % _CACHED_OBJECTS == _CACHED_OBJECTS - 1:
            reader.resolved_objects.clear()
    if unread:  # what our reader cannot read another might: look at the bytes themselves
        stream.seek(0)
        if _ACTIVE_BYTES.search(stream.read()):
            raise RefusedFileError(ACTIVE)


def _check_value(value: Any, *, attachments_allowed: bool, depth: int = 0) -> None:
    if depth > 20:
        raise RefusedFileError(BROKEN)
    if isinstance(value, dict):
        if _ACTIVE_KEYS & value.keys() or _plain(value.get("/S")) in _ACTIVE_ACTIONS:
            raise RefusedFileError(ACTIVE)
        if _plain(value.get("/Subtype")) in _PLAYED:
            raise RefusedFileError(ACTIVE)
        if any(_acts(started) for started in _started_by_itself(value)):
            raise RefusedFileError(ACTS)
        if not attachments_allowed and _carries_a_file(value):
            raise RefusedFileError(CARRIER)
        children = list(dict.values(value))
    elif isinstance(value, list):
        children = list(list.__iter__(value))
    else:
        return
    for child in children:
        if isinstance(child, dict | list):  # references are visited by the walk over all objects
            _check_value(child, attachments_allowed=attachments_allowed, depth=depth + 1)


def _started_by_itself(value: dict[Any, Any]) -> list[Any]:
    """What a dictionary has started without a click: actions and places (ISO 32000-1, 12.6.3).

    Only by the events that there are: a picture or a drawing may be called /AA too, and has keys of its own.
    """
    found = [value.get(key) for key in _STARTED]
    events = value.get("/AA")
    events = events.get_object() if isinstance(events, IndirectObject) else events
    if isinstance(events, dict):
        found += [events.get(event) for event in _EVENTS & events.keys()]
    return found


def _acts(started: Any, depth: int = 0) -> bool:
    """Whether an action does more than to show a place within the file (ISO 32000-1, 12.6); it may lead to others."""
    found = started.get_object() if isinstance(started, IndirectObject) else started
    if depth > _ACTIONS_DEEP:
        return True
    if isinstance(found, list):  # actions that follow an action; a place is a list too, without a dictionary in it
        return any(_acts(each, depth + 1) for each in list.__iter__(found) if _is_action(each))
    if not isinstance(found, dict) or "/S" not in found:
        return False
    return _plain(found["/S"]) not in _JUDGED_ANYWHERE or _acts(found.get("/Next"), depth + 1)


def _is_action(value: Any) -> bool:
    found = value.get_object() if isinstance(value, IndirectObject) else value
    return isinstance(found, dict) and "/S" in found


def _carries_a_file(value: dict[Any, Any]) -> bool:
    """Whether a dictionary lists attached files, is one, or leads to one; the last needs no /Type to be opened."""
    if "/EmbeddedFiles" in value or _plain(value.get("/Type")) == "/EmbeddedFile":
        return True
    leads = value.get("/EF")
    leads = leads.get_object() if isinstance(leads, IndirectObject) else leads
    return isinstance(leads, dict) and bool(_FILES_OF_A_SPECIFICATION & leads.keys())


def _plain(value: Any) -> str:
    resolved = value.get_object() if isinstance(value, IndirectObject) else value
    return str(resolved) if resolved is not None else ""
