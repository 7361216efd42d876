"""Which lines of a very long log need not be read to their end: those that begin as thousands before."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import compress
from operator import itemgetter

from eksdoctor.evidence.fast_scan.line_dedup import STAMPED
from eksdoctor.evidence.signatures.catalogue import Weight, catalogue

ENOUGH = 100_000
"""After so many lines it is known which openings vouch for a line."""
OFTEN = 250
"""So many of them must have had the opening, none of them telling."""
_opening = itemgetter(slice(STAMPED, STAMPED + 64))
"""The caller and how the message begins, before names and ids."""
_QUIET = (b'{"level":"debug"', b'{"level":"info"')
_ERROR = re.compile(rb"err|nil|encounter", re.IGNORECASE)
_FAILURE = re.compile(rb"fail|unable|can.?not|can't|could|denied|refuse|time", re.IGNORECASE)
_NOT = b"\1" + bytes(255)


@dataclass(slots=True)
class Skim:
    """Hears idle and telling lines, then says of which lines the opening suffices.

    Never of lines at warning or above, nor of such as may end with an error's text, unless all that they
    say is chatter.
    """

    passed: int = 0
    """So many lines were passed over by their opening."""
    _trusted: frozenset[bytes] = frozenset()
    _heard: int = 0
    _openings: Counter[bytes] = field(default_factory=Counter)
    _samples: dict[bytes, bytes] = field(default_factory=dict)
    _telling: set[bytes] = field(default_factory=set)

    @property
    def settled(self) -> bool:
        """Whether enough was heard."""
        return self._heard >= ENOUGH

    def hear(self, idle: list[bytes], telling: Iterable[bytes]) -> None:
        """Lines of which each was read."""
        openings = list(map(_opening, idle))
        self._heard += len(idle)
        self._openings.update(openings)
        self._samples.update(zip(openings, idle, strict=True))
        self._telling.update(map(_opening, telling))
        if self.settled:
            self._trusted = frozenset(
                opening
                for opening, count in self._openings.items()
                if count >= OFTEN and opening not in self._telling and _is_harmless(self._samples[opening])
            )
            self._samples.clear()

    def doubted(self, lines: list[bytes]) -> list[bytes]:
        """Those that must be read."""
        if not self._trusted:
            return lines
        trusted = bytes(map(self._trusted.__contains__, map(_opening, lines)))
        self.passed += trusted.count(1)
        return list(compress(lines, trusted.translate(_NOT)))


def _is_harmless(line: bytes) -> bool:
    if not line.startswith(_QUIET) or _ERROR.search(line, STAMPED):
        return False
    return _FAILURE.search(line, STAMPED) is None or any(text in line.lower() for text in _chatter())


@cache
def _chatter() -> tuple[bytes, ...]:
    told = (one for one in catalogue() if one.weight is Weight.CHATTER)
    return tuple(text.lower().encode() for one in told for text in one.literals)
