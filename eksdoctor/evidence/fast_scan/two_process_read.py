"""A large plain file read by two processes, a half each, in half the time; the order is the file's."""

import multiprocessing
import os
import pickle  # only what a fork of this process wrote to its own pipe is loaded
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import BinaryIO, Generic, TypeVar

from eksdoctor.errors import UsageError
from eksdoctor.evidence.text.blocks import GZIP, STEP, STREAM_LIMIT

SMALLEST = 64 << 20
"""A shorter file is read before a second process would be of use."""
MOST_AHEAD = 16 << 20
"""So many bytes of the second half's parts are held while the first is read: then its reader waits."""
SEARCHED = 1 << 20
RECORD = b'\n{"level":"'
"""Only before such a line is a file cut: whatever precedes it, it begins a record."""
_END = b""

Part = TypeVar("Part")
Read = Callable[[Iterable[bytes], int], Generator[Part]]
"""Gives the parts of a stream that begins so many bytes from the file's beginning; always the same ones."""


def can_fork() -> bool:
    """Whether a second process is of use here and may be forked off."""
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1 and threading.active_count() == 1


def in_halves(path: Path, chunks: Iterable[bytes], read: Read[Part]) -> Generator[Part]:
    """The parts of the file at `path`, of which `chunks` are the bytes; raises UsageError if it fails.

    What cannot be cut is read from `chunks`, in this process. The second process is gone when this ends.
    """
    with ExitStack() as opened:
        middle = None
        with suppress(OSError):
            if path.is_file():
                file = opened.enter_context(path.open("rb", buffering=0))
                middle = _middle(file)
        if middle is None:
            yield from read(chunks, 0)
        else:
            yield from _cut(file, middle, read)


def _middle(file: BinaryIO) -> int | None:
    """Where the first record of the second half begins; None for what had better be read in one go."""
    size = os.fstat(file.fileno()).st_size
    if not SMALLEST <= size <= STREAM_LIMIT or os.pread(file.fileno(), len(GZIP), 0) == GZIP:
        return None
    found = os.pread(file.fileno(), SEARCHED, size // 2).find(RECORD)
    return size // 2 + found + 1 if found >= 0 else None


def _cut(file: BinaryIO, middle: int, read: Read[Part]) -> Iterator[Part]:
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    second = context.Process(target=_send, args=(receiver, sender, file, middle, read), daemon=True)
    with suppress(OSError):  # no process to be had: the pipe ends at once
        second.start()
    sender.close()
    ahead = _Ahead[Part](receiver)
    try:
        for part in read(_chunks(file, 0, middle), 0):
            yield part
            ahead.take()
        yield from ahead.parts()
        if not ahead.is_whole:
            yield from islice(read(_chunks(file, middle), middle), ahead.given, None)
    finally:
        receiver.close()
        if second.pid is not None:
            second.kill()
            second.join()


def _chunks(file: BinaryIO, start: int, end: int = sys.maxsize) -> Iterator[bytes]:
    """The bytes between two places; two processes may read the same open file."""
    try:
        while chunk := os.pread(file.fileno(), min(STEP, end - start), start):
            start += len(chunk)
            yield chunk
    except OSError as error:
        raise UsageError(f"cannot read {file.name}: {error.strerror or error}") from error


def _send(receiver: Connection, sender: Connection, file: BinaryIO, middle: int, read: Read[Part]) -> None:
    """The second process. It says nothing when it fails, or when the first is gone: then the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    receiver.close()
    with suppress(Exception):
        for part in read(_chunks(file, middle), middle):
            sender.send_bytes(pickle.dumps(part, pickle.HIGHEST_PROTOCOL))
        sender.send_bytes(_END)


@dataclass(slots=True)
class _Ahead(Generic[Part]):
    """The parts that come from the second process; `given` of them were passed on."""

    receiver: Connection
    given: int = 0
    is_whole: bool = False
    """Whether the last part has come."""
    _ended: bool = False
    _held: deque[bytes] = field(default_factory=deque)
    _size: int = 0

    def take(self) -> None:
        """What is there, without waiting."""
        while not self._ended and self._size < MOST_AHEAD and self.receiver.poll():
            self._receive()

    def parts(self) -> Iterator[Part]:
        """All of them, until the pipe ends."""
        while self._held or not self._ended:
            if not self._held:
                self._receive()
                continue
            packed = self._held.popleft()
            self._size -= len(packed)
            self.given += 1
            yield pickle.loads(packed)  # noqa: S301 (by our own fork)

    def _receive(self) -> None:
        try:
            packed = self.receiver.recv_bytes()
        except (EOFError, OSError):
            self._ended = True
            return
        if packed == _END:
            self._ended = self.is_whole = True
            return
        self._held.append(packed)
        self._size += len(packed)
