"""Reading records one by one from files, folders and standard input, in whatever state; memory stays constant."""

from __future__ import annotations

import codecs
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

LONGEST_LINE = 16 * 1024 * 1024
"""Bytes of one record; the longest published one has 0.3 MB."""
LONGEST_DOCUMENT = 256 * 1024 * 1024
"""Bytes of a file that is one JSON document and has to be read whole."""
_WIDE = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


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


def read_path(path: Path, encoding: str = "utf-8") -> Iterator[Raw]:
    """Every record of a file, or of the ``.jsonl``, ``.ndjson`` and ``.json`` files of a folder."""
    if path.is_dir():
        done = 0
        for file in files_of(path):
            for raw in read_path(file, encoding):
                yield replace(raw, position=done + raw.position)
            done += file.stat().st_size
        return
    try:
        with path.open("rb") as stream:
            yield from read_stream(stream, path.name, encoding, is_document=path.suffix.lower() == ".json")
    except OSError as error:
        yield Raw(path.name, problem=f"không đọc được tệp ({error.strerror or error})")


def files_of(folder: Path) -> list[Path]:
    """The files of a folder that may hold records, in the order of their names."""
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and path.suffix.lower() in {".jsonl", ".ndjson", ".json"}
    )


def read_stream(stream: IO[bytes], name: str, encoding: str = "utf-8", *, is_document: bool = False) -> Iterator[Raw]:
    """Every record of a stream of JSON lines; of a whole JSON document when it is one."""
    if is_document:
        yield from _read_document(stream, name, encoding)
        return
    number = position = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        place = f"{name}:{number}"
        position += len(line)
        if number == 1:
            wide = next((coding for mark, coding in _WIDE if line.startswith(mark)), "")
            if wide:
                yield from _read_wide(stream, line, name, wide)
                return
            line = line.removeprefix(codecs.BOM_UTF8)
        if len(line) > LONGEST_LINE:
            while not line.endswith(b"\n") and (line := stream.readline(LONGEST_LINE)):
                position += len(line)
            yield Raw(place, problem=f"dòng dài quá {LONGEST_LINE // 1024 // 1024} MB", position=position)
            continue
        yield from _read_line(line, place, encoding, position)


def _read_line(line: bytes, place: str, encoding: str, position: int) -> Iterator[Raw]:
    try:
        text = line.decode(encoding)
    except UnicodeDecodeError:
        yield Raw(place, problem=f"không phải {encoding}; nếu là bảng mã khác, nêu bằng --encoding", position=position)
        return
    if not text.strip():
        return
    is_nfc = "\\u" not in text and unicodedata.is_normalized("NFC", text)
    for record, problem in _parse(text):
        yield Raw(place, record, problem, position, is_nfc)


def _read_wide(stream: IO[bytes], first: bytes, name: str, coding: str) -> Iterator[Raw]:
    """UTF-16 with a byte order mark, as some tools export: decoded as it streams."""
    decoder = codecs.getincrementaldecoder(coding)(errors="replace")
    rest, number, position, chunk = "", 0, 0, first[2:]
    while True:
        position += len(chunk)
        rest += decoder.decode(chunk, final=not chunk)
        *lines, rest = rest.split("\n") if chunk else [rest, ""]
        for line in lines:
            number += 1
            if line.strip():
                for record, problem in _parse(line):
                    yield Raw(f"{name}:{number}", record, problem, position)
        if not chunk:
            return
        if len(rest) > LONGEST_LINE:
            yield Raw(f"{name}:{number + 1}", problem="dòng quá dài", position=position)
            return
        chunk = stream.read(64 * 1024)


def _read_document(stream: IO[bytes], name: str, encoding: str) -> Iterator[Raw]:
    data = stream.read(LONGEST_DOCUMENT + 1)
    if len(data) > LONGEST_DOCUMENT:
        yield Raw(name, problem="tệp .json quá lớn; hãy chia thành mỗi dòng một bản ghi (.jsonl)", position=len(data))
        return
    wide = next((coding for mark, coding in _WIDE if data.startswith(mark)), encoding)
    try:
        text = data.decode(wide).removeprefix("\ufeff")
    except UnicodeDecodeError:
        yield Raw(name, problem=f"không phải {wide}; nếu là bảng mã khác, nêu bằng --encoding", position=len(data))
        return
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        # Not one document: perhaps lines in a file of that name.
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                for record, problem in _parse(line):
                    yield Raw(f"{name}:{number}", record, problem, len(data))
        return
    for number, (record, problem) in enumerate(_parse(text), start=1):
        yield Raw(f"{name}:{number}", record, problem, len(data))


def _parse(text: str) -> Iterator[tuple[Any, str]]:
    """The records of one JSON text: an object, a list of them, or an answer of ``LayThuTuc`` with its envelope."""
    try:
        value = json.loads(text, parse_constant=lambda _name: None)
    except RecursionError:
        yield None, "JSON lồng quá sâu"
        return
    except ValueError as error:
        yield None, f"không phải JSON ({str(error)[:120]})"
        return
    if isinstance(value, dict) and "MATTHC" not in value and "code" not in value:
        for key in ("result", "data", "records"):
            if isinstance(value.get(key), list):
                value = value[key]
                break
    for record in value if isinstance(value, list) else [value]:
        yield record, ""
