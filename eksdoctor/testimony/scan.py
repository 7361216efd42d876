"""A whole log, of any size and format, to statements: the fast way through what is regular."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from eksdoctor.testimony.chunks import BLOCK, blocks
from eksdoctor.testimony.gathering import Gathering
from eksdoctor.testimony.lines import line_of, line_of_bytes
from eksdoctor.testimony.records import Assembler, Record
from eksdoctor.testimony.sift import Sieve
from eksdoctor.testimony.source import UNNAMED, Source

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


@dataclass(slots=True)
class Scan:
    """Reads streams into a gathering."""

    near: datetime | None = None
    gathering: Gathering = field(init=False)

    def __post_init__(self) -> None:
        self.gathering = Gathering(near=self.near)

    def read(self, chunks: Iterable[bytes], source: Source = UNNAMED) -> Extent:
        """A whole stream."""
        extent = Extent()
        assembler = Assembler()
        sieve = Sieve()
        for block in blocks(chunks, BLOCK):
            extent.size += block.size
            sieve.skims = extent.size > VERY_LONG
            if extent.size >= LONG and sieve.sift(block.lines):
                self._records(assembler.flush(), source, extent)
                for line in (block.lines[0], block.lines[-1]):
                    _widen(extent, line_of_bytes(line, source, self.near).at)
                if sieve.full:
                    self._bundles(sieve, source)
            else:
                self._bundles(sieve, source)
                for line in (*sieve.take_tail(), *block.lines):
                    extent.has_debug = extent.has_debug or any(word in line for word in _DEBUG)
                    self._records(assembler.feed(line), source, extent)
        self._bundles(sieve, source)
        for line in sieve.take_tail():
            self._records(assembler.feed(line), source, extent)
        self._records(assembler.flush(), source, extent)
        extent.has_debug = extent.has_debug or sieve.has_debug
        extent.skimmed = sieve.skim.passed
        return extent

    def _records(self, records: Iterator[Record], source: Source, extent: Extent) -> None:
        for record in records:
            line = line_of(record, source, self.near)
            _widen(extent, line.at)
            self.gathering.hear(line)

    def _bundles(self, sieve: Sieve, source: Source) -> None:
        for bundle in sieve.take():
            line = line_of_bytes(bundle.line, source, self.near)
            last = line.at if bundle.count == 1 else line_of_bytes(bundle.last, source, self.near).at
            self.gathering.hear(line, bundle.count, last)


def _widen(extent: Extent, at: datetime | None) -> None:
    if at is None:
        return
    extent.first = at if extent.first is None else min(extent.first, at)
    extent.last = at if extent.last is None else max(extent.last, at)
