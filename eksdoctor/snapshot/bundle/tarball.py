"""The members of an untrusted tar archive: nothing is extracted, no link is followed, sizes are limited."""

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from eksdoctor.errors import SnapshotError
from eksdoctor.snapshot.bundle.unpacked import STEP, DamagedError, Mark, Unpacked

MAX_MEMBERS = 20_000
_BROKEN = (tarfile.TarError, OSError, RecursionError, ValueError, OverflowError)


@dataclass(frozen=True, slots=True)
class Version:
    """Size and modification time, which show whether a file has changed."""

    size: int
    changed: int

    @classmethod
    def of(cls, path: Path) -> "Version":
        """The current version of a file; raises OSError."""
        found = path.stat()
        return cls(found.st_size, found.st_mtime_ns)


@dataclass(slots=True)
class Member:
    """A plain file in an archive that is being read; `name` is its path without a leading `./`."""

    name: str
    size: int
    _stream: Unpacked

    def head(self, most: int) -> bytes:
        """Its first `most` bytes; they cannot be read a second time."""
        return b"".join(_pieces(self._stream, min(self.size, most)))

    def ends(self, most: int) -> tuple[bytes, bytes]:
        """Its first and last `most` bytes, which overlap in a short member."""
        head = self.head(most)
        tail = head
        for piece in _pieces(self._stream, self.size - len(head)):
            tail = (tail + piece)[-most:]
        return head, tail

    def mark(self) -> Mark:
        """The start of its content, for a later read."""
        return self._stream.mark()


def members(path: Path) -> Iterator[Member]:
    """The plain files of an archive in order; each must be read before the next.

    Raises DamagedError for a truncated, damaged or malicious archive. Links and devices are left out.
    """
    try:
        with path.open("rb") as file:
            stream = Unpacked(file)
            last = _Last(stream)
            with tarfile.open(fileobj=last, mode="r:") as archive:
                for number, header in enumerate(archive):
                    if number >= MAX_MEMBERS:
                        raise DamagedError(f"it has more than {MAX_MEMBERS} files")
                    name = _safe(header.name)
                    if header.isreg() and not header.issparse():
                        yield Member(name, header.size, stream)
            if not last.is_end:
                raise DamagedError("it is truncated or damaged")
            while stream.read(STEP):  # up to the checksum
                pass
    except _BROKEN as error:
        raise DamagedError(f"it is truncated or damaged ({error})") from error


def content(path: Path, mark: Mark, size: int, version: Version) -> Iterator[bytes]:
    """A member's bytes; raises SnapshotError when the archive has changed since it was marked."""
    try:
        if Version.of(path) != version:
            raise SnapshotError(f"{path} changed while it was read", "Run the command again.")
        with path.open("rb") as file:
            yield from _pieces(Unpacked(file, mark), size)
    except (OSError, DamagedError) as error:
        raise SnapshotError(f"{path} cannot be read again: {error}", "Run the command again.") from error


class _Last:
    """A stream that knows whether the last header read was the end of the archive."""

    def __init__(self, stream: Unpacked) -> None:
        self._stream = stream
        self.is_end = False

    def read(self, size: int) -> bytes:
        found = self._stream.read(size)
        self.is_end = len(found) == tarfile.BLOCKSIZE and not found.strip(b"\0")
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _pieces(stream: Unpacked, size: int) -> Iterator[bytes]:
    while size > 0:
        piece = stream.read(min(STEP, size))
        if not piece:
            raise DamagedError("it is truncated")
        size -= len(piece)
        yield piece


def _safe(name: str) -> str:
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts:
        raise DamagedError(f"it has a path outside itself ({name[:200]!r})")
    return str(pure)
