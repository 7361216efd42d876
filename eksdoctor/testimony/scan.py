"""A whole log, of any size and format, to statements: the fast way through what is regular."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from eksdoctor.testimony.chunks import BLOCK, VERY_LONG, blocks
from eksdoctor.testimony.gathering import Gathering
from eksdoctor.testimony.lines import line_of, line_of_bytes
from eksdoctor.testimony.records import Assembler, Record
from eksdoctor.testimony.sift import Bundle, sample, sift
from eksdoctor.testimony.source import UNNAMED, Source

LONG = BLOCK // 2
"""Past this a stream is sifted: lines that mean nothing are not even read. Past VERY_LONG debug lines are
sampled; what a live run reads of a node's log is never so long."""


@dataclass(slots=True)
class Extent:
    """How much of a stream was there to see: absent lines prove nothing outside, or above debug.

    `sampled` says that it was so large that not every debug line was read.
    """

    size: int = 0
    first: datetime | None = None
    last: datetime | None = None
    has_debug: bool = False
    sampled: bool = False


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
        for block in blocks(chunks):
            extent.size += len(block)
            extent.has_debug = extent.has_debug or b'"level":"debug"' in block or b"[DEBUG]" in block
            bundles = self._sifted(block, extent)
            if bundles is None:
                self._slowly(assembler, block, source, extent)
            else:
                self._records(assembler.flush(), source, extent)
                self._bundles(bundles, source)
                self._ends(block, source, extent)
        self._records(assembler.flush(), source, extent)
        return extent

    def _sifted(self, block: bytes, extent: Extent) -> list[Bundle] | None:
        if extent.size < LONG:
            return None
        if extent.size < VERY_LONG:
            return sift(block)
        extent.sampled = True
        return sample(block)

    def _slowly(self, assembler: Assembler, block: bytes, source: Source, extent: Extent) -> None:
        for physical in block.split(b"\n"):
            self._records(assembler.feed(physical), source, extent)

    def _records(self, records: Iterator[Record], source: Source, extent: Extent) -> None:
        for record in records:
            line = line_of(record, source, self.near)
            _widen(extent, line.at)
            self.gathering.hear(line)

    def _bundles(self, bundles: Iterable[Bundle], source: Source) -> None:
        for bundle in bundles:
            line = line_of_bytes(bundle.line, source, self.near)
            last = line.at if bundle.count == 1 else line_of_bytes(bundle.last, source, self.near).at
            self.gathering.hear(line, bundle.count, last)

    def _ends(self, block: bytes, source: Source, extent: Extent) -> None:
        end = len(block) - block.endswith(b"\n")  # a block is large: only its ends are copied
        for line in (block[: block.find(b"\n") + 1 or end], block[block.rfind(b"\n", 0, end) + 1 : end]):
            _widen(extent, line_of_bytes(line, source, self.near).at)


def _widen(extent: Extent, at: datetime | None) -> None:
    if at is None:
        return
    extent.first = at if extent.first is None else min(extent.first, at)
    extent.last = at if extent.last is None else max(extent.last, at)
