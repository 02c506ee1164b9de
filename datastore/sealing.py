"""Files under lock (mã hóa tệp khi lưu): AES-256-GCM piece by piece, in constant memory, readable from any place.

The STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): piece n is sealed with the nonce (n, is it the
last), so that a piece that is changed, moved, doubled or cut off is noticed. Every file has a key of its own, hence
counting nonces never repeat under one key.
"""

import io
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from datastore.keyring import UnreadableError

MARK = b"DVC\x01"
"""Stands before the first piece and is sealed into each: a later format gets another one."""
PIECE_BYTES = 64 * 1024
TAG_BYTES = 16
_SEALED_PIECE = PIECE_BYTES + TAG_BYTES


def seal(source: IO[bytes], target: IO[bytes], key: bytes) -> None:
    """Write what is left of `source` to `target`, sealed."""
    cipher = AESGCM(key)
    target.write(MARK)
    number, piece = 0, _fill(source)
    while True:
        following = _fill(source) if len(piece) == PIECE_BYTES else b""
        target.write(cipher.encrypt(_nonce(number, is_last=not following), piece, MARK))
        if not following:
            return
        number, piece = number + 1, following


class Unsealed(io.RawIOBase):
    """The plain bytes of a sealed file; seeking opens only the piece that is asked for."""

    def __init__(self, sealed: IO[bytes], key: bytes) -> None:
        super().__init__()
        self._sealed, self._cipher = sealed, AESGCM(key)
        self._position, self._number, self._piece = 0, -1, b""
        body = sealed.seek(0, io.SEEK_END) - len(MARK)
        self._pieces = -(-body // _SEALED_PIECE)
        self._size = body - self._pieces * TAG_BYTES
        sealed.seek(0)
        if sealed.read(len(MARK)) != MARK or self._pieces < 1 or self._size < 0:
            raise UnreadableError("stored bytes are not a sealed file")

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read from any place."""
        return True

    def tell(self) -> int:
        """The place in the plain bytes."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in the plain bytes."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("a place before the beginning")
        self._position = start + offset
        return self._position

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]  # no other buffer comes
        """Fill what the current piece offers."""
        if self._position >= self._size and self._size:
            return 0
        number, start = divmod(self._position, PIECE_BYTES)
        part = self._open(number)[start : start + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def close(self) -> None:
        """Close the sealed file, too."""
        self._sealed.close()
        super().close()

    def _open(self, number: int) -> bytes:
        if number != self._number:
            self._sealed.seek(len(MARK) + number * _SEALED_PIECE)
            nonce = _nonce(number, is_last=number == self._pieces - 1)
            try:
                piece = self._cipher.decrypt(nonce, _exactly(self._sealed, _SEALED_PIECE), MARK)
            except InvalidTag as error:
                raise UnreadableError("stored bytes are not what was stored") from error
            self._number, self._piece = number, piece
        return self._piece


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _fill(source: IO[bytes]) -> bytes:
    return _exactly(source, PIECE_BYTES)


def _exactly(source: IO[bytes], size: int) -> bytes:
    """As many bytes as asked for, fewer only at the end: a stream may give less at a time."""
    parts = source.read(size)
    while parts and len(parts) < size and (more := source.read(size - len(parts))):
        parts += more
    return parts
