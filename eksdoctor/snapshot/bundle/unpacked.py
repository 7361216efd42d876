"""A file's bytes, decompressed if it is gzip, read forwards in bounded memory; a position can be marked."""

import zlib
from dataclasses import dataclass
from typing import BinaryIO

GZIP = b"\x1f\x8b"
STEP = 64 << 10
MAX_BYTES = 8 << 30
"""Decompressed; ten days of a node's logs are rarely more than 1 GiB."""
MAX_READ_BYTES = 1 << 20
"""Only a malicious header asks for larger pieces."""
MAX_RATIO = 250
RATIO_FROM = 64 << 20
"""ipamd's log compresses to about 1/30; a higher ratio than MAX_RATIO is a decompression bomb."""


class DamagedError(Exception):
    """The file is truncated, damaged or malicious; the message names the fault."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A position in the decompressed bytes, from which reading can continue without the bytes before it."""

    position: int
    packed: int
    engine: "zlib._Decompress | None"
    waiting: bytes
    ready: bytes


class Unpacked:
    """The part of a file object that tarfile needs; every error is a DamagedError."""

    def __init__(self, file: BinaryIO, mark: Mark | None = None) -> None:
        self._file = file
        if mark is None:
            self._waiting, self._ready, self._position = file.read(STEP), b"", 0
            zipped = self._waiting.startswith(GZIP)
            self._engine = _engine() if zipped else None
            if not zipped:
                self._waiting, self._ready = b"", self._waiting
        else:
            file.seek(mark.packed)
            self._waiting, self._ready, self._position = mark.waiting, mark.ready, mark.position
            self._engine = mark.engine.copy() if mark.engine is not None else None

    def mark(self) -> Mark:
        """The current position; about 200 KiB of memory."""
        engine = self._engine.copy() if self._engine is not None else None
        return Mark(self._position, self._file.tell(), engine, self._waiting, self._ready)

    def tell(self) -> int:
        """The number of bytes read."""
        return self._position

    def read(self, size: int) -> bytes:
        """The next `size` bytes, fewer at the end."""
        if not 0 <= size <= MAX_READ_BYTES:
            raise DamagedError(f"it has a header of {size} bytes")
        parts, wanted = [], size
        while wanted:
            if not self._ready:
                self._ready = self._unpacked()
                if not self._ready:
                    break
            parts.append(self._ready[:wanted])
            self._ready = self._ready[wanted:]
            wanted -= len(parts[-1])
        self._position += size - wanted
        self._weigh()
        return b"".join(parts)

    def seek(self, position: int) -> int:
        """Read up to a position, or to the end if that comes first."""
        if not self._position <= position <= MAX_BYTES:
            raise DamagedError(f"it points to byte {position}")
        while self._position < position and self.read(min(STEP, position - self._position)):
            pass
        return self._position

    def _weigh(self) -> None:
        packed = self._file.tell()
        if self._position > MAX_BYTES:
            raise DamagedError(f"it unpacks to more than {MAX_BYTES >> 20} MiB")
        if self._position > RATIO_FROM and self._position > MAX_RATIO * packed:
            raise DamagedError(f"it unpacks to more than {MAX_RATIO} times its size")

    def _unpacked(self) -> bytes:
        try:
            return self._more()
        except (zlib.error, OSError) as error:
            raise DamagedError(f"it is truncated or damaged ({error})") from error

    def _more(self) -> bytes:
        if self._engine is None:
            return self._file.read(STEP)
        while not (self._engine.eof and not self._next_member()):
            self._waiting = self._waiting or self._file.read(STEP)
            if not self._waiting:
                raise DamagedError("it is truncated")
            piece = self._engine.decompress(self._waiting, STEP)
            self._waiting = self._engine.unconsumed_tail
            if piece:
                return piece
        return b""

    def _next_member(self) -> bool:
        """Whether another gzip member follows; other bytes after the end are padding."""
        rest = self._engine.unused_data if self._engine is not None else b""
        rest += self._file.read(STEP) if len(rest) < len(GZIP) else b""
        if not rest.startswith(GZIP):
            return False
        self._engine, self._waiting = _engine(), rest
        return True


def _engine() -> "zlib._Decompress":
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # gzip, with its checksum verified
