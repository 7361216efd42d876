"""In a very long log, skip lines whose beginning has been irrelevant thousands of times."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import compress
from operator import itemgetter

from eksdoctor.evidence.fast_scan.line_dedup import TIMESTAMP_END
from eksdoctor.evidence.signatures.catalogue import catalogue
from eksdoctor.evidence.signatures.classes import Weight

LEARNING_LINES = 100_000
"""How many irrelevant lines are read before lines may be skipped."""
MIN_START_COUNT = 250
"""How many of them must have had the same beginning, and no relevant line."""
_line_start = itemgetter(slice(TIMESTAMP_END, TIMESTAMP_END + 64))
"""The caller and the first words of the message, before names and ids."""
_BELOW_WARNING = (b'{"level":"debug"', b'{"level":"info"')
_ERROR = re.compile(rb"err|nil|encounter", re.IGNORECASE)
_FAILURE = re.compile(rb"fail|unable|can.?not|can't|could|denied|refuse|time", re.IGNORECASE)
_INVERT = b"\1" + bytes(255)


@dataclass(slots=True)
class LineSkipper:
    """Learns from irrelevant and relevant lines which beginnings are enough to skip a line.

    It never skips a line at warning level or above. It skips a line that may end with an error text only if
    all its text is noise.
    """

    skipped: int = 0
    """How many lines were skipped."""
    _skippable: frozenset[bytes] = frozenset()
    _lines_learned: int = 0
    _counts: Counter[bytes] = field(default_factory=Counter)
    _samples: dict[bytes, bytes] = field(default_factory=dict)
    _relevant: set[bytes] = field(default_factory=set)

    @property
    def is_trained(self) -> bool:
        """Whether it has read LEARNING_LINES."""
        return self._lines_learned >= LEARNING_LINES

    def learn(self, irrelevant: list[bytes], relevant: Iterable[bytes]) -> None:
        """Add lines that were read to their end."""
        starts = list(map(_line_start, irrelevant))
        self._lines_learned += len(irrelevant)
        self._counts.update(starts)
        self._samples.update(zip(starts, irrelevant, strict=True))
        self._relevant.update(map(_line_start, relevant))
        if self.is_trained:
            self._skippable = frozenset(
                start
                for start, count in self._counts.items()
                if count >= MIN_START_COUNT
                and start not in self._relevant
                and _may_skip(self._samples[start])
            )
            self._samples.clear()

    def lines_to_read(self, lines: list[bytes]) -> list[bytes]:
        """The lines that may not be skipped."""
        if not self._skippable:
            return lines
        skippable = bytes(map(self._skippable.__contains__, map(_line_start, lines)))
        self.skipped += skippable.count(1)
        return list(compress(lines, skippable.translate(_INVERT)))


def _may_skip(line: bytes) -> bool:
    if not line.startswith(_BELOW_WARNING) or _ERROR.search(line, TIMESTAMP_END):
        return False
    return _FAILURE.search(line, TIMESTAMP_END) is None or any(
        text in line.lower() for text in _noise_texts()
    )


@cache
def _noise_texts() -> tuple[bytes, ...]:
    noise = (one for one in catalogue() if one.weight is Weight.NOISE)
    return tuple(text.lower().encode() for one in noise for text in one.literals)
