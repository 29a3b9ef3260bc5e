"""Unpacks a body piece by piece within a bound. Knows nothing of where the pieces come from."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from retrieval.fetch.answers import Fault

if TYPE_CHECKING:
    from zlib import _Decompress

_GZIP = b"\x1f\x8b"
_AT_ONCE = 256 * 1024  # bytes
_DAMAGED = "came damaged; try again later"


def too_big(most: int) -> Fault:
    """The fault for a body of more than ``most`` bytes."""
    return Fault(f"is larger than {most / 2**20:g} MB; nothing that large is fetched")


class Body:
    """The bytes of a body, unpacked as they come. ``coding`` is as HTTP names it (RFC 9110, 8.4.1).

    Brotli and Zstandard are neither asked for nor read: their bombs are the worst, and gzip is everywhere.
    """

    def __init__(self, coding: str, most: int) -> None:
        self._coding = coding.strip().lower().removeprefix("x-") or "identity"
        if self._coding not in ("identity", "gzip", "deflate"):
            raise Fault("comes packed in a way that Footnote does not read")
        self._most = most
        self._received = 0
        self._bytes = bytearray()
        self._start = b""
        self._stream: _Decompress | None = None
        self._ended = False

    def feed(self, piece: bytes) -> None:
        """Take in a piece. Raises Fault where the body is damaged or grows too big."""
        self._received += len(piece)
        if self._received > self._most:
            raise too_big(self._most)
        if self._coding == "identity":
            self._bytes += piece
            return
        try:
            self._unpack(piece)
        except zlib.error:
            raise Fault(_DAMAGED) from None

    def whole(self) -> bytes:
        """All of it. Raises Fault where the end is missing."""
        if self._coding != "identity" and self._received and not self._ended:
            raise Fault(_DAMAGED)
        return bytes(self._bytes)

    def _unpack(self, piece: bytes) -> None:
        while piece and not self._finished(piece):
            if self._stream is None:
                self._start += piece
                if len(self._start) < 2:  # two bytes tell which packing it is
                    return
                piece, self._start = self._start, b""
                self._stream = zlib.decompressobj(self._window(piece))
                self._ended = False
            self._drain(self._stream, piece)
            piece = self._stream.unused_data
            if self._stream.eof:
                self._stream, self._ended = None, True

    def _drain(self, stream: _Decompress, piece: bytes) -> None:
        """Unpack a piece step by step: one step may leave packed bytes behind, or unpacked ones inside."""
        full = True
        while not stream.eof and (piece or full):
            some = stream.decompress(piece, _AT_ONCE)
            piece, full = stream.unconsumed_tail, len(some) == _AT_ONCE
            self._bytes += some
            if len(self._bytes) > self._most:
                raise too_big(self._most)

    def _finished(self, piece: bytes) -> bool:
        """Whether what follows the end is no further member of a gzip file; it is ignored as browsers do."""
        following = (self._start + piece)[:2]
        return self._ended and not (self._coding == "gzip" and _GZIP.startswith(following))

    def _window(self, start: bytes) -> int:
        """The window for zlib: gzip, or deflate with the header that the standard asks for, or without."""
        if self._coding == "gzip":
            return 16 + zlib.MAX_WBITS
        headed = start[0] & 0x0F == 8 and int.from_bytes(start[:2], "big") % 31 == 0
        return zlib.MAX_WBITS if headed else -zlib.MAX_WBITS
