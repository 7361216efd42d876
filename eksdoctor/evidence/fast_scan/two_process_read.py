"""Read a large plain file in two processes, one half each; the results come in the order of the file."""

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
from eksdoctor.evidence.text.blocks import CHUNK_BYTES, GZIP_MAGIC, MAX_STREAM_BYTES

MIN_FILE_BYTES = 64 << 20
"""A shorter file is read faster by one process."""
MAX_BUFFERED_BYTES = 16 << 20
"""How much of the second half's results is buffered; beyond this its process waits."""
SPLIT_SEARCH_BYTES = 1 << 20
RECORD_START = b'\n{"level":"'
"""The file is split only before such a line: it always begins a record."""
_END_OF_PARTS = b""

Part = TypeVar("Part")
ReadParts = Callable[[Iterable[bytes], int], Generator[Part]]
"""Returns the parts of a stream, given its offset in the file; the same parts each time."""


def can_fork() -> bool:
    """Whether a second process helps and may be forked: Linux, two CPUs, a single thread."""
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1 and threading.active_count() == 1


def read_in_two_processes(path: Path, chunks: Iterable[bytes], read: ReadParts[Part]) -> Generator[Part]:
    """The parts of the file at `path`; `chunks` are its bytes. Raises UsageError if reading fails.

    A file that cannot be split is read from `chunks` in this process. The second process has ended when this
    generator ends.
    """
    with ExitStack() as stack:
        split = None
        with suppress(OSError):
            if path.is_file():
                file = stack.enter_context(path.open("rb", buffering=0))
                split = _split_offset(file)
        if split is None:
            yield from read(chunks, 0)
        else:
            yield from _read_halves(file, split, read)


def _split_offset(file: BinaryIO) -> int | None:
    """The offset of the first record of the second half; None if the file should be read in one go."""
    size = os.fstat(file.fileno()).st_size
    if (
        not MIN_FILE_BYTES <= size <= MAX_STREAM_BYTES
        or os.pread(file.fileno(), len(GZIP_MAGIC), 0) == GZIP_MAGIC
    ):
        return None
    found = os.pread(file.fileno(), SPLIT_SEARCH_BYTES, size // 2).find(RECORD_START)
    return size // 2 + found + 1 if found >= 0 else None


def _read_halves(file: BinaryIO, split: int, read: ReadParts[Part]) -> Iterator[Part]:
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send_parts, args=(receiver, sender, file, split, read), daemon=True)
    with suppress(OSError):  # no process can be forked: the pipe closes at once
        process.start()
    sender.close()
    second_half = _SecondHalf[Part](receiver)
    try:
        for part in read(_read_range(file, 0, split), 0):
            yield part
            second_half.receive_available()
        yield from second_half.parts()
        if not second_half.is_complete:
            yield from islice(read(_read_range(file, split), split), second_half.passed_on, None)
    finally:
        receiver.close()
        if process.pid is not None:
            process.kill()
            process.join()


def _read_range(file: BinaryIO, start: int, end: int = sys.maxsize) -> Iterator[bytes]:
    """The bytes between two offsets; two processes may share the open file."""
    try:
        while chunk := os.pread(file.fileno(), min(CHUNK_BYTES, end - start), start):
            start += len(chunk)
            yield chunk
    except OSError as error:
        raise UsageError(f"cannot read {file.name}: {error.strerror or error}") from error


def _send_parts(
    receiver: Connection, sender: Connection, file: BinaryIO, split: int, read: ReadParts[Part]
) -> None:
    """The second process. If it fails, or the first process is gone, it ends silently and closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    receiver.close()
    with suppress(Exception):
        for part in read(_read_range(file, split), split):
            sender.send_bytes(pickle.dumps(part, pickle.HIGHEST_PROTOCOL))
        sender.send_bytes(_END_OF_PARTS)


@dataclass(slots=True)
class _SecondHalf(Generic[Part]):
    """The parts that the second process sends; `passed_on` counts those already yielded."""

    receiver: Connection
    passed_on: int = 0
    is_complete: bool = False
    """Whether the last part has arrived."""
    _is_closed: bool = False
    _packed: deque[bytes] = field(default_factory=deque)
    _packed_bytes: int = 0

    def receive_available(self) -> None:
        """Receive what is in the pipe, without waiting."""
        while not self._is_closed and self._packed_bytes < MAX_BUFFERED_BYTES and self.receiver.poll():
            self._receive()

    def parts(self) -> Iterator[Part]:
        """All parts, until the pipe closes."""
        while self._packed or not self._is_closed:
            if not self._packed:
                self._receive()
                continue
            packed = self._packed.popleft()
            self._packed_bytes -= len(packed)
            self.passed_on += 1
            yield pickle.loads(packed)  # noqa: S301 (by our own fork)

    def _receive(self) -> None:
        try:
            packed = self.receiver.recv_bytes()
        except (EOFError, OSError):
            self._is_closed = True
            return
        if packed == _END_OF_PARTS:
            self._is_closed = self.is_complete = True
            return
        self._packed.append(packed)
        self._packed_bytes += len(packed)
