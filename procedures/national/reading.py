"""Reading records one by one from files, folders and standard input, in whatever state; memory stays constant."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from procedures.national import documents
from procedures.national.documents import CHUNK, WIDE

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of one record; the longest published one has 0.3 MB."""
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)
"""Byte order marks, the longer before those they begin with."""


@dataclass(frozen=True, slots=True)
class Raw:
    """One record as it stands in the source, or why it cannot be read."""

    place: str
    """File and line."""
    record: Any = None
    problem: str = ""
    position: int = 0
    """Bytes of the source read so far, for the progress bar."""
    is_nfc: bool = False
    """Whether all its text is in NFC and says nothing in escapes, so that no text of it needs another look."""
    text: str = ""
    """The record as it stands in the source, where it stands there alone; of what cannot be read, what there is."""
    hides_others: bool = False
    """Whether records may stand in it, or behind it, that nobody reads (documents.Piece)."""


def read_path(path: Path, encoding: str = "utf-8") -> Iterator[Raw]:
    """Every record of a file, or of the ``.jsonl``, ``.ndjson`` and ``.json`` files of a folder."""
    if path.is_dir():
        done = 0
        for file in files_of(path):
            for raw in read_path(file, encoding):
                yield replace(raw, position=done + raw.position)
            done += size_of(file)
        return
    name = printable(path.name)
    try:
        with path.open("rb") as stream:
            yield from read_stream(stream, name, encoding, is_document=path.suffix.lower() == ".json")
    except OSError as error:
        yield Raw(name, problem=f"không đọc được tệp ({error.strerror or error})")


def files_of(folder: Path) -> list[Path]:
    """The files of a folder that may hold records, in the order of their names."""
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in {".jsonl", ".ndjson", ".json"}
    )


def size_of(path: Path) -> int:
    """Bytes of a file; nought when it went away meanwhile."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def printable(name: str) -> str:
    """A file name that a report can hold, whatever bytes the file system has for it."""
    return name.encode("utf-8", "replace").decode("utf-8")


def read_stream(stream: IO[bytes], name: str, encoding: str = "utf-8", *, is_document: bool = False) -> Iterator[Raw]:
    """Every record of a stream of JSON lines, or of a JSON document; a list is one wherever it stands."""
    start = stream.read(4)
    mark, coding = next(((mark, coding) for mark, coding in _MARKS if start.startswith(mark)), (b"", encoding))
    start = start.removeprefix(mark)
    coding = codecs.lookup(coding).name
    if coding in {"utf-16", "utf-32"}:  # without a mark, as most machines write it
        coding = f"{coding}-le"
    start += stream.read(CHUNK)
    if is_document or _opens_a_document(start, coding):
        yield from _read_document(_chunks(stream, start), name, coding)
        return
    if WIDE.match(coding):
        lines, coding = _wide_lines(stream, start, coding), "utf-8"
    else:
        lines = _lines(stream, start)
    position, number = len(mark), 0
    for number, line in enumerate(lines, start=1):
        place = f"{name}:{number}"
        position += len(line)
        if len(line) > LONGEST_LINE:
            yield Raw(place, problem=f"dòng dài quá {LONGEST_LINE // 1024 // 1024} MB", position=position)
        else:
            yield from _read_line(line, place, coding, position)
    if not number:
        yield Raw(name, problem=documents.EMPTY)


def _opens_a_document(start: bytes, coding: str) -> bool:
    """Whether a stream opens with a list, or with an object that was written over several lines."""
    first = start.decode(coding, "ignore").lstrip()
    return first.startswith("[") or first.partition("\n")[0].strip() == "{"


def _lines(stream: IO[bytes], start: bytes) -> Iterator[bytes]:
    """The lines of a stream; of one that is too long only so much that it is seen to be."""
    *whole, start = start.split(b"\n")
    yield from (line + b"\n" for line in whole)
    while line := start + stream.readline(LONGEST_LINE + 1):
        yield line
        start = b""
        while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            if not (line := stream.readline(LONGEST_LINE + 1)):
                return


def _wide_lines(stream: IO[bytes], start: bytes, coding: str) -> Iterator[bytes]:
    """The lines of UTF-16 or UTF-32, as some tools export it, in UTF-8: decoded as it streams."""
    decoder = codecs.getincrementaldecoder(coding)(errors="replace")
    rest, is_skipping = "", False
    chunk = start + stream.read(CHUNK)
    while True:
        text = decoder.decode(chunk, final=not chunk)
        *whole, rest = (rest + text).split("\n")
        for line in whole:
            if not is_skipping:
                yield f"{line}\n".encode("utf-8", "replace")
            is_skipping = False
        if not chunk:
            if rest and not is_skipping:
                yield rest.encode("utf-8", "replace")
            return
        if len(rest) > LONGEST_LINE:
            if not is_skipping:
                yield rest.encode("utf-8", "replace")
            rest, is_skipping = "", True
        chunk = stream.read(CHUNK)


def _read_line(line: bytes, place: str, encoding: str, position: int) -> Iterator[Raw]:
    try:
        text = line.decode(encoding)
    except UnicodeError:
        problem = f"không phải {encoding}; nếu là bảng mã khác, nêu bằng --encoding"
        text = line.decode("utf-8", "replace")
        yield Raw(place, None, problem, position, text=text, hides_others=_hides_others(line, text))
        return
    if not text.strip():
        return
    is_nfc = documents.is_composed(text)
    records = list(documents.parse(text))
    for record, problem in records:
        kept, hides = text.strip() if len(records) == 1 else "", bool(problem) and _hides_others(line, text)
        yield Raw(place, record, problem, position, is_nfc, kept, hides)


def _hides_others(line: bytes, text: str) -> bool:
    """Whether a line that cannot be read has others in it, or is the last one of a file that was cut short."""
    return not line.endswith(b"\n") or documents.hides_others(text)


def _read_document(chunks: Iterable[bytes], name: str, encoding: str) -> Iterator[Raw]:
    document = documents.Document(chunks, encoding, most=LONGEST_LINE)
    try:
        for piece in document.pieces():
            place = f"{name}:{piece.number}"
            kept = (piece.position, piece.is_nfc, piece.text, piece.hides_others)
            yield Raw(place, piece.record, piece.problem, *kept)
    except UnicodeError:
        yield Raw(name, problem=f"không phải {encoding}; nếu là bảng mã khác, nêu bằng --encoding")


def _chunks(stream: IO[bytes], start: bytes) -> Iterator[bytes]:
    yield start
    while chunk := stream.read(CHUNK):
        yield chunk
