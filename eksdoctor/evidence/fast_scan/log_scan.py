"""A whole log, of any size and format, to statements: the fast way through what is regular."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from eksdoctor.evidence.fast_scan.line_filter import FULL, Sieve
from eksdoctor.evidence.fast_scan.two_process_read import can_fork, in_halves
from eksdoctor.evidence.observed.aggregate import Gathering
from eksdoctor.evidence.observed.source import UNNAMED, Source
from eksdoctor.evidence.text.blocks import BLOCK, blocks
from eksdoctor.evidence.text.log_lines import Line, line_of, line_of_bytes
from eksdoctor.evidence.text.multiline import Assembler, Record

LONG = 96 << 10
"""Past this a stream is sifted: lines that mean nothing are not even read."""
VERY_LONG = 105 << 20
"""Past this the usual lines below warning are known by how they begin. The daemon's log is rotated at
100 MB: https://github.com/aws/amazon-vpc-cni-k8s/blob/master/pkg/utils/logger/zaplogger.go"""
_DEBUG = (b'"level":"debug"', b"[DEBUG]")


@dataclass(slots=True)
class Extent:
    """How much of a stream was there to see: absent lines prove nothing outside, or above debug.

    `skimmed` counts the lines below warning of which only the beginning was looked at.
    """

    size: int = 0
    first: datetime | None = None
    last: datetime | None = None
    has_debug: bool = False
    skimmed: int = 0

    def add(self, other: "Extent") -> None:
        """Also what another saw."""
        self.size += other.size
        self.has_debug = self.has_debug or other.has_debug
        self.skimmed += other.skimmed
        self.widen(other.first)
        self.widen(other.last)

    def widen(self, at: datetime | None) -> None:
        """A line of that time was there."""
        if at is None:
            return
        self.first = at if self.first is None else min(self.first, at)
        self.last = at if self.last is None else max(self.last, at)


@dataclass(slots=True)
class Part:
    """What a part of a stream says, in order: lines, how often each was said, and the last time."""

    said: list[tuple[Line, int, datetime | None]] = field(default_factory=list)
    extent: Extent = field(default_factory=Extent)


@dataclass(slots=True)
class Scan:
    """Reads streams into a gathering."""

    near: datetime | None = None
    gathering: Gathering = field(init=False)

    def __post_init__(self) -> None:
        self.gathering = Gathering(near=self.near)

    def read(self, chunks: Iterable[bytes], source: Source = UNNAMED, path: Path | None = None) -> Extent:
        """A whole stream; `path` is that of the file whose bytes the chunks are, if they are a file's."""
        extent = Extent()
        read = partial(parts, source=source, near=self.near)
        found = in_halves(path, chunks, read) if path is not None and can_fork() else read(chunks)
        with closing(found):
            for part in found:
                for line, count, last in part.said:
                    self.gathering.hear(line, count, last)
                extent.add(part.extent)
        return extent


def parts(
    chunks: Iterable[bytes], start: int = 0, *, source: Source = UNNAMED, near: datetime | None = None
) -> Generator[Part]:
    """The parts of a stream, or of its rest from `start`, where a record begins."""
    reader = _Reader(source, near)
    for block in blocks(chunks, BLOCK):
        start += block.size
        reader.part.extent.size += block.size
        reader.sieve.skims = start > VERY_LONG
        if start >= LONG and reader.sift(block.lines):
            yield reader.take()
        else:
            yield from reader.read(block.lines)
    yield from reader.end()


@dataclass(slots=True)
class _Reader:
    source: Source
    near: datetime | None
    sieve: Sieve = field(default_factory=Sieve)
    part: Part = field(default_factory=Part)
    _assembler: Assembler = field(default_factory=Assembler)

    def sift(self, lines: list[bytes]) -> bool:
        """The quick way; False, with nothing done, where it is not open."""
        if not self.sieve.sift(lines):
            return False
        self._records(self._assembler.flush())
        for line in (lines[0], lines[-1]):
            self.part.extent.widen(line_of_bytes(line, self.source, self.near).at)
        if self.sieve.full:
            self._bundles()
        return True

    def read(self, lines: list[bytes]) -> Iterator[Part]:
        """The slow way."""
        self._bundles()
        for line in (*self.sieve.take_tail(), *lines):
            extent = self.part.extent
            extent.has_debug = extent.has_debug or any(word in line for word in _DEBUG)
            self._records(self._assembler.feed(line))
            if len(self.part.said) >= FULL:
                yield self.take()
        yield self.take()

    def end(self) -> Iterator[Part]:
        """What was held back."""
        self.sieve.end()
        self._bundles()
        for line in self.sieve.take_tail():
            self._records(self._assembler.feed(line))
        self._records(self._assembler.flush())
        self.part.extent.has_debug = self.part.extent.has_debug or self.sieve.has_debug
        self.part.extent.skimmed = self.sieve.skim.passed
        yield self.take()

    def take(self) -> Part:
        """The part until now."""
        taken, self.part = self.part, Part()
        return taken

    def _records(self, records: Iterator[Record]) -> None:
        for record in records:
            line = line_of(record, self.source, self.near)
            self.part.extent.widen(line.at)
            self.part.said.append((line, 1, None))

    def _bundles(self) -> None:
        for bundle in self.sieve.take():
            line = line_of_bytes(bundle.line, self.source, self.near)
            one = bundle.count == 1
            last = line.at if one else line_of_bytes(bundle.last, self.source, self.near).at
            self.part.said.append((line, bundle.count, last))
