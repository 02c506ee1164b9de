"""Reading records out of JSON documents of any size as they stream in: a list, an answer with its envelope, or lines.

Only the record at hand is held. One that is broken is named; where the next one begins is told by the line it stands
on, so that the rest goes on.
"""

from __future__ import annotations

import codecs
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from procedures.national import doubled

CHUNK = 64 * 1024
STEP = 64 * 1024
"""Characters of one record that are looked through behind the place where the next one seems to begin."""
WIDE = re.compile(r"utf-(16|32)")
"""Encodings in which a byte of value 10 is no line break."""
EMPTY = "tệp trống, có thể tải về chưa xong"
ENVELOPES = ("result", "data", "records")
"""Keys under which an answer may hold its records."""
_OUTSIDE = re.compile(r'[\[\]{}"]')
_INSIDE = re.compile(r'["\\]')
_GAP = re.compile(r"[\s,\ufeff]*")
_SCALAR_END = {True: re.compile(r"[,\]\n]"), False: re.compile(r"\n")}
_NEXT_LINE = re.compile(r"\n(?=\{)")
_LONGEST_GAP = 1_000
_LEAST_FAR = 1_000_000
"""Three times the longest record that is published."""
_ENVELOPE = re.compile(rf'"(?:{"|".join(ENVELOPES)})"\s*:\s*\[')
_NOT_DECODED = re.compile("[\udc80-\udcff]")
_CODE = re.compile(r'"(?:code|MATTHC)"\s*:\s*"(\d\.\d{6}[0-9A-Za-z._-]{0,12})"', re.ASCII)
_ANY_CODE = re.compile(r'(?<![A-Za-z_])(?:code|MATTHC)"?\s*:\s*"?\s*(\d{1,2}\.\d{5,}[0-9A-Za-z._-]*)', re.ASCII)
"""A key for codes with what looks like the code of a procedure, a quotation mark too few or not."""
_KEY = re.compile(r'"([A-Za-z_]\w{0,60})"\s*:', re.ASCII)
_BROKEN = re.compile("[\udc80-\udcff\ufffd]")
_HEAD = 20_000
"""Characters of a broken text that are looked through."""
_OF_A_RECORD = frozenset({"field", "level", "methods", "steps", "MATTHC"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A record as it stands in a document, or why it cannot be read."""

    number: int
    """Of the record in a list, else of its line."""
    record: Any = None
    problem: str = ""
    position: int = 0
    """Bytes of the document read so far."""
    text: str = ""
    """The record as it stands there."""
    is_nfc: bool = False
    """Whether all its text is in NFC and says nothing in escapes."""
    hides_others: bool = False
    """Whether records may stand in it, or behind it, that nobody reads: what was not seen is not gone then."""


def parse(text: str) -> Iterator[tuple[Any, str]]:
    """The records of one JSON text: an object, a list of them, or an answer of ``LayThuTuc`` with its envelope."""
    value, problem = loaded(text)
    if problem:
        yield None, problem
        return
    if isinstance(value, dict) and "MATTHC" not in value and "code" not in value:
        value = next((value[key] for key in ENVELOPES if isinstance(value.get(key), list)), value)
    for record in value if isinstance(value, list) else [value]:
        yield record, ""


def loaded(text: str) -> tuple[Any, str]:
    """One JSON text as a value, or why it is none; what is no finite number stays one, for the checks to name."""
    try:
        return json.loads(text, parse_constant=float, object_pairs_hook=doubled.as_object), ""
    except RecursionError:
        return None, "JSON lồng quá sâu"
    except ValueError as error:
        return None, f"không phải JSON ({str(error)[:120]})"


def is_composed(text: str) -> bool:
    """Whether a JSON text is in NFC and hides nothing in escapes."""
    return "\\u" not in text and unicodedata.is_normalized("NFC", text)


def named_in(text: str) -> tuple[str, str]:
    """Code and key where a text that is no JSON breaks, as far as they can be read: what a report says of it."""
    code = _own_code(text)
    at = found.start() if (found := _BROKEN.search(text)) else _breaks_at(text)
    keys = _KEY.findall(text, max(0, at - _HEAD), at)
    return code, keys[-1] if keys else ""


def _own_code(text: str) -> str:
    start = _CODE.search(text, 0, _HEAD)
    # a case of the procedure has a code of the same shape: the record's own stands in no inner object
    return start[1] if start and text.count("{", 0, start.start()) <= 1 else ""


def hides_others(text: str) -> bool:
    """Whether a text that is no JSON has codes of other procedures in it than the one that it can be told by."""
    code = _own_code(text)
    return any(not code or not found[1].startswith(code) for found in _ANY_CODE.finditer(text))


def _breaks_at(text: str) -> int:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.pos
    except (RecursionError, ValueError):
        pass
    return 0


class _Text:
    """Text of a stream of bytes: what is not used yet, and as much more as is asked for."""

    def __init__(self, chunks: Iterable[bytes], coding: str) -> None:
        self.chunks = iter(chunks)
        # What cannot be decoded costs the record it stands in, and no other.
        errors = "replace" if WIDE.match(coding) else "surrogateescape"
        self.decoder = codecs.getincrementaldecoder(coding)(errors=errors)
        self.buffer, self.gap = "", ""
        self.at, self.line, self.position = 0, 1, 0
        self.is_over = False

    def more(self) -> bool:
        """Drop what is used and read on; False at the end."""
        rest, parts, got = self.buffer[self.at :], [], 0
        while not self.is_over and got <= len(rest) // 2:  # of a long record half as much again each time
            chunk = next(self.chunks, b"")
            self.position += len(chunk)
            self.is_over = not chunk
            parts.append(self.decoder.decode(chunk, final=not chunk))
            got += len(parts[-1])
        self.buffer, self.at = "".join([rest, *parts]), 0
        return got > 0

    def use(self, length: int) -> str:
        """The next characters; they are gone then."""
        used = self.buffer[self.at : self.at + length]
        self.at += len(used)
        self.line += used.count("\n")
        return used

    def skip(self) -> str:
        """Pass over what stands between values, kept as ``gap``; returns the next character, or nothing at the end."""
        self.gap = ""
        while True:
            found = _GAP.match(self.buffer, self.at)
            self.gap = (self.gap + self.use(found.end() - self.at if found else 0))[-_LONGEST_GAP:]
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self.more():
                return ""


class _Scan:
    """Where a value ends: brackets are counted, those in strings left out, however broken it is inside."""

    def __init__(self, first: str, *, in_list: bool) -> None:
        self.plain = None if first in '{["' else _SCALAR_END[in_list]
        self.offset, self.depth, self.is_inside = 0, 0, False

    def ends(self, buffer: str, at: int) -> bool:
        """Look a step further; ``offset`` then says how far that is from where the value begins."""
        until = min(len(buffer), at + self.offset + STEP)
        if self.plain is not None:
            end = self.plain.search(buffer, at + self.offset, until)
            self.offset = (end.start() if end else until) - at
            return end is not None
        while found := (_INSIDE if self.is_inside else _OUTSIDE).search(buffer, at + self.offset, until):
            self.offset = found.end() - at
            if found[0] == "\\":
                self.offset += 1
                continue
            if found[0] == '"':
                self.is_inside = not self.is_inside
            else:
                self.depth += 1 if found[0] in "[{" else -1
            if self.depth <= 0 and not self.is_inside:
                return True
        self.offset = max(self.offset, until - at)
        return False


class Document:
    """A document as it is read. ``most`` is how many characters a record may have."""

    def __init__(self, chunks: Iterable[bytes], coding: str, *, most: int) -> None:
        self.text, self.coding, self.most = _Text(chunks, coding), coding, most
        self.is_list = self.has_list = False
        self.answer_depth = 0
        """Of an answer that is read by its records: how many brackets stand open around their list."""
        self.is_mending = False
        """A record before was broken: what follows may be a part of it."""
        self.is_cut = False
        self.number = 0
        self.next_record = _NEXT_LINE
        self.far = most
        """Characters that are looked at behind what may be the next record, or an inner object that begins a line."""

    def pieces(self) -> Iterator[Piece]:
        """Every record, and every part that is none. Raises UnicodeError where the encoding lets nothing be read."""
        is_empty = True
        while first := self.text.skip():
            is_empty = False
            if self.is_list and first == "]":
                self.text.use(1)
                self.is_list = False
                if self.answer_depth:
                    yield from self._end_of_answer()
            elif not self.is_list and first == "[":
                self._begin_list(1)
            else:
                yield from self._value(first)
        if is_empty:
            yield self._piece(1, EMPTY)
        elif self.is_list and not self.is_cut:
            yield self._piece(self.text.line, "danh sách không có dấu ] ở cuối, có thể tệp bị cắt giữa chừng")

    def _begin_list(self, opening: int) -> None:
        """From here on records are items: each begins a line as far in as the first one, where they do begin lines."""
        self.text.use(opening)
        self.text.skip()
        self.is_list = self.has_list = True
        self.next_record = re.compile(rf"\n(?={re.escape(self.text.gap.rpartition(chr(10))[2])}\{{)")

    def _end_of_answer(self) -> Iterator[Piece]:
        """Pass over what stands behind the records of an answer; another one may follow, and is read like it."""
        text, scan, line = self.text, _Scan("{", in_list=False), self.text.line
        scan.depth, self.answer_depth = self.answer_depth, 0
        self.next_record = _NEXT_LINE
        is_whole, has_code, kept = False, False, ""
        while not is_whole:
            is_whole = scan.ends(text.buffer, text.at)
            # a code may be cut in two by the end of a step
            kept = kept[-_LONGEST_GAP:] + text.buffer[text.at : text.at + scan.offset]
            has_code = has_code or _ANY_CODE.search(kept) is not None
            scan.offset -= len(text.use(scan.offset))
            if not is_whole and text.at >= len(text.buffer) and not text.more():
                break
        if has_code:
            yield self._piece(line, "còn bản ghi nằm ngoài danh sách của câu trả lời, không đọc được")
        if not is_whole:
            self.is_cut = True
            yield self._piece(line, "câu trả lời không có dấu } ở cuối, có thể tệp bị cắt giữa chừng")

    def _value(self, first: str) -> Iterator[Piece]:
        text, scan, line = self.text, _Scan(first, in_list=self.is_list), self.text.line
        is_whole, looked = False, 1
        while scan.offset <= self.most:
            if is_whole := scan.ends(text.buffer, text.at):
                break
            if text.at + scan.offset >= len(text.buffer) and not text.more():
                break
            seam = self.next_record.search(text.buffer, text.at + looked, text.at + scan.offset)
            if seam and self._is_hopeless(seam.start(), scan):
                break
            if seam is None:
                looked = max(looked, scan.offset - _LONGEST_GAP)
        if scan.offset > self.most:
            yield from self._too_long(first, scan, line, is_whole=is_whole)
            return
        body = text.buffer[text.at : text.at + scan.offset]
        found = self._read(body)
        if any(problem for _record, problem in found) and (broken := self.next_record.search(body)):
            # The next record was taken into this one: a bracket or a quotation mark is missing.
            self.far = max(self.far // 2, _LEAST_FAR)
            part = text.use(broken.end())
            (_none, problem), *_rest = self._read(part)
            yield self._piece(line, problem or "bản ghi bị cắt giữa chừng", None, part)
            self.is_mending = True
            return
        self.is_cut = not is_whole
        text.use(scan.offset)
        for record, problem in found:
            problem = problem or self._stray(record)
            kept = body if len(found) == 1 else ""
            yield self._piece(line, problem, None if problem else record, kept, is_cut=self.is_cut)

    def _is_hopeless(self, seam: int, scan: _Scan) -> bool:
        """Whether a value that is still open where the next record seems to begin will not end any more.

        Where inner objects begin lines like records do, the first one of a record stands behind the opening of a list:
        then it is looked on, every time in vain half as far. Else a thousand records without an end would be a
        thousand times as much as a record may have.
        """
        text = self.text
        before = text.buffer[max(text.at, seam - _LONGEST_GAP) : seam].rstrip()[-1:]
        return scan.offset - (seam - text.at) > (self.far if before in {"[", ":"} else STEP)

    def _read(self, body: str) -> list[tuple[Any, str]]:
        if _NOT_DECODED.search(body):
            return [(None, f"không phải {self.coding}; nếu là bảng mã khác, nêu bằng --encoding")]
        return [loaded(body)] if self.is_list else list(parse(body))

    def _stray(self, record: Any) -> str:
        is_record = isinstance(record, dict) and not _OF_A_RECORD.isdisjoint(record)
        return "" if is_record or not self.is_mending else "phần của bản ghi hỏng đứng trước, không phải bản ghi"

    def _too_long(self, first: str, scan: _Scan, line: int, *, is_whole: bool) -> Iterator[Piece]:
        """An answer that is longer than a record may be is read by its records; of what is none, the end is sought."""
        text = self.text
        if (
            first == "{"
            and not self.is_list
            and (found := _ENVELOPE.search(text.buffer, text.at, text.at + scan.offset))
        ):
            head = text.buffer[text.at : found.end() - 1]
            if not _ANY_CODE.search(head):  # else a record with such a list in it
                self.answer_depth = _open_at_end(head)
                self._begin_list(found.end() - text.at)
                return
        yield self._piece(line, f"bản ghi dài quá {self.most // 1024 // 1024} MB")
        if broken := self.next_record.search(text.buffer, text.at):
            text.use(broken.end() - text.at)
            self.is_mending = True
            return
        while not is_whole:
            scan.offset -= len(text.use(scan.offset))
            if text.at >= len(text.buffer) and not text.more():
                self.is_cut = True
                return
            is_whole = scan.ends(text.buffer, text.at)
        text.use(scan.offset)

    def _piece(self, line: int, problem: str, record: Any = None, text: str = "", *, is_cut: bool = False) -> Piece:
        self.number += 1
        number = self.number if self.has_list else line
        return Piece(
            number,
            record,
            problem,
            self.text.position,
            text,
            not problem and is_composed(text),
            is_cut or bool(problem) and hides_others(text),
        )


def _open_at_end(text: str) -> int:
    """How many brackets stand open at the end of a text that begins with one."""
    scan = _Scan("{", in_list=False)
    while scan.offset < len(text) and not scan.ends(text, 0):
        pass
    return max(1, scan.depth)
