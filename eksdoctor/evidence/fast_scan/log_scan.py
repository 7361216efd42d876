"""Read a whole log of any size and format into observations; regular JSON lines take a fast path."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from eksdoctor.evidence.fast_scan.line_filter import MAX_GROUPS, LineFilter
from eksdoctor.evidence.fast_scan.two_process_read import can_fork, read_in_two_processes
from eksdoctor.evidence.observed.aggregate import Aggregator
from eksdoctor.evidence.observed.source import UNKNOWN_SOURCE, Source
from eksdoctor.evidence.text.blocks import BLOCK_BYTES, read_blocks
from eksdoctor.evidence.text.log_lines import LogLine, parse_line, parse_record
from eksdoctor.evidence.text.multiline import LogRecord, RecordAssembler

FILTER_FROM_BYTES = 96 << 10
"""From this offset of a stream on, lines that no signature can match are filtered out before parsing."""
SKIP_FROM_BYTES = 105 << 20
"""From this offset on, frequent lines below warning level are skipped by how they begin. ipamd rotates its
log at 100 MB: https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.1/pkg/utils/logger/zaplogger.go"""
_DEBUG_MARKS = (b'"level":"debug"', b"[DEBUG]")


@dataclass(slots=True)
class LogExtent:
    """Which part of a log was read: a line that is absent means something only inside this extent.

    `size` is in bytes, `first` and `last` are the times of its lines. Without `has_debug` the log holds no
    debug lines. `skipped_lines` counts lines below warning of which only the beginning was read.
    """

    size: int = 0
    first: datetime | None = None
    last: datetime | None = None
    has_debug: bool = False
    skipped_lines: int = 0

    def add(self, other: "LogExtent") -> None:
        """Include another part of the same log."""
        self.size += other.size
        self.has_debug = self.has_debug or other.has_debug
        self.skipped_lines += other.skipped_lines
        self.include(other.first)
        self.include(other.last)

    def include(self, at: datetime | None) -> None:
        """Include the time of a line; None changes nothing."""
        if at is None:
            return
        self.first = at if self.first is None else min(self.first, at)
        self.last = at if self.last is None else max(self.last, at)


@dataclass(slots=True)
class ScanPart:
    """The lines of a part of a stream, in order; each with its count and the time of its last occurrence."""

    lines: list[tuple[LogLine, int, datetime | None]] = field(default_factory=list)
    extent: LogExtent = field(default_factory=LogExtent)


@dataclass(slots=True)
class LogScan:
    """Reads streams into one aggregator; `captured_at` dates stamps that lack a year."""

    captured_at: datetime | None = None
    aggregator: Aggregator = field(init=False)

    def __post_init__(self) -> None:
        self.aggregator = Aggregator(captured_at=self.captured_at)

    def read(
        self, chunks: Iterable[bytes], source: Source = UNKNOWN_SOURCE, path: Path | None = None
    ) -> LogExtent:
        """Read a whole stream; `path` is the file that the chunks come from, if they come from one."""
        extent = LogExtent()
        read = partial(scan_parts, source=source, captured_at=self.captured_at)
        is_split = path is not None and can_fork()
        found = read_in_two_processes(path, chunks, read) if path and is_split else read(chunks)
        with closing(found):
            for part in found:
                for line, count, last in part.lines:
                    self.aggregator.add_line(line, count, last)
                extent.add(part.extent)
        return extent


def scan_parts(
    chunks: Iterable[bytes],
    start: int = 0,
    *,
    source: Source = UNKNOWN_SOURCE,
    captured_at: datetime | None = None,
) -> Generator[ScanPart]:
    """The parts of a stream that begins at byte `start` of the file, where a record begins."""
    reader = _Reader(source, captured_at)
    for block in read_blocks(chunks, BLOCK_BYTES):
        start += block.size
        reader.part.extent.size += block.size
        reader.line_filter.may_skip = start > SKIP_FROM_BYTES
        if start >= FILTER_FROM_BYTES and reader.filter_block(block.lines):
            yield reader.take_part()
        else:
            yield from reader.read(block.lines)
    yield from reader.finish()


@dataclass(slots=True)
class _Reader:
    source: Source
    captured_at: datetime | None
    line_filter: LineFilter = field(default_factory=LineFilter)
    part: ScanPart = field(default_factory=ScanPart)
    _assembler: RecordAssembler = field(default_factory=RecordAssembler)

    def filter_block(self, lines: list[bytes]) -> bool:
        """Take the fast path; False, with nothing changed, if a line is not from ipamd's JSON logger."""
        if not self.line_filter.filter_block(lines):
            return False
        self._add_records(self._assembler.flush())
        for line in (lines[0], lines[-1]):
            self.part.extent.include(parse_line(line, self.source, self.captured_at).at)
        if self.line_filter.is_full:
            self._add_groups()
        return True

    def read(self, lines: list[bytes]) -> Iterator[ScanPart]:
        """Take the slow path: parse every line."""
        self._add_groups()
        for line in (*self.line_filter.take_last_line(), *lines):
            extent = self.part.extent
            extent.has_debug = extent.has_debug or any(mark in line for mark in _DEBUG_MARKS)
            self._add_records(self._assembler.feed(line))
            if len(self.part.lines) >= MAX_GROUPS:
                yield self.take_part()
        yield self.take_part()

    def finish(self) -> Iterator[ScanPart]:
        """Parse what is still held, at the end of the stream."""
        self.line_filter.finish()
        self._add_groups()
        for line in self.line_filter.take_last_line():
            self._add_records(self._assembler.feed(line))
        self._add_records(self._assembler.flush())
        self.part.extent.has_debug = self.part.extent.has_debug or self.line_filter.has_debug
        self.part.extent.skipped_lines = self.line_filter.skipper.skipped
        yield self.take_part()

    def take_part(self) -> ScanPart:
        """The part until now; a new one begins."""
        taken, self.part = self.part, ScanPart()
        return taken

    def _add_records(self, records: Iterator[LogRecord]) -> None:
        for record in records:
            line = parse_record(record, self.source, self.captured_at)
            self.part.extent.include(line.at)
            self.part.lines.append((line, 1, None))

    def _add_groups(self) -> None:
        for group in self.line_filter.take_groups():
            line = parse_line(group.line, self.source, self.captured_at)
            is_single = group.count == 1
            last = line.at if is_single else parse_line(group.last, self.source, self.captured_at).at
            self.part.lines.append((line, group.count, last))
