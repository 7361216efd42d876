"""The daemon's JSON log, less the lines that can tell nothing: fast enough for the largest logs."""

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain, compress, repeat
from operator import itemgetter

from eksdoctor.evidence.fast_scan.line_dedup import STAMPED, Verdicts
from eksdoctor.evidence.fast_scan.line_skipping import Skim

FULL = 512
"""So many bundles are held before they should be taken."""
_words = itemgetter(slice(STAMPED, None))
_head = itemgetter(slice(len('{"level":"info","ts":')))
_HEADS = frozenset(
    _head(f'{{"level":"{level}","ts":'.encode())
    for level in ("debug", "info", "warn", "error", "dpanic", "panic", "fatal")
)
_DEBUG = b'{"level":"debug"'
_ADDRESS = re.compile(rb"\.\d{1,3}\.\d{1,3}\.\d{1,3}")
"""Of an address all but the first number."""
_OFTEN = 4
"""What is said so often in one block is known again in the next."""
_MOST_KNOWN = 4096
_LONGEST = 1024
_MOST_REPEATED = 64
_IDLE = 0
_NEW = 255
_ONLY_IDLE = b"\1" + bytes(255)
_ONLY_REPEATED = b"\0" + b"\1" * 254 + b"\0"
_ONLY_NEW = bytes(255) + b"\1"


@dataclass(slots=True)
class Bundle:
    """A line, how often it was said with other stamps and addresses, and the last time it was."""

    line: bytes
    count: int
    last: bytes


@dataclass(slots=True)
class Sieve:
    """Takes blocks of one stream, gives its telling lines, bundled, in order of first appearance.

    Nearly every line says what others said: its words, which follow the stamp, are looked up and nothing
    more. A block's marks, one byte for each line, say what is known of the words: that they are idle, the
    number under which telling ones are known, or that they are new.
    """

    skims: bool = False
    """Whether from now on a line may be passed over for its opening's sake."""
    has_debug: bool = False
    skim: Skim = field(default_factory=Skim)
    _held: dict[bytes, Bundle] = field(default_factory=dict)
    _tail: list[bytes] = field(default_factory=list)
    _known: dict[bytes, int] = field(default_factory=dict)
    _repeated: list[bytes] = field(default_factory=list)
    _verdicts: Verdicts = field(default_factory=Verdicts)

    @property
    def full(self) -> bool:
        """Whether the bundles should be taken."""
        return len(self._held) > FULL

    def sift(self, block: list[bytes]) -> bool:
        """Take a block of lines; False, with nothing taken, when one is not of the daemon's logger.

        The last is kept: a line of another sort might go on with it.
        """
        lines = [*self._tail, *block[:-1]]
        if self.skims:
            lines = self.skim.doubted(lines)
        marks = bytes(map(self._known.get, map(_words, lines), repeat(_NEW)))
        fresh = list(compress(lines, marks.translate(_ONLY_NEW)))
        said = list(map(_words, fresh))
        if not (_HEADS.issuperset(map(_head, (*fresh, block[-1]))) and all(said)):
            return False
        self._tail = block[-1:]
        self.has_debug = self.has_debug or any(line.startswith(_DEBUG) for line in (*fresh, *self._tail))
        self._count(lines, marks)
        tells = self._judge(fresh, said)
        if self.skims and not self.skim.settled:
            idle = chain(
                compress(lines, marks.translate(_ONLY_IDLE)), compress(fresh, tells.translate(_ONLY_IDLE))
            )
            telling = chain(compress(lines, marks.translate(_ONLY_REPEATED)), compress(fresh, tells))
            self.skim.hear(list(idle), telling)
        return True

    def end(self) -> None:
        """Nothing goes on with the last line: it is sifted as well, if it has any words."""
        said = list(map(_words, self._tail))
        if all(said):
            self._judge(self.take_tail(), said)

    def take(self) -> list[Bundle]:
        """The bundles until now."""
        bundles = list(self._held.values())
        self._held.clear()
        return bundles

    def take_tail(self) -> list[bytes]:
        """The last line, if there is one."""
        tail, self._tail = self._tail, []
        return tail

    def _count(self, lines: list[bytes], marks: bytes) -> None:
        """Bundle the telling lines whose words are known."""
        for number, words in enumerate(self._repeated, 1):
            first = marks.find(number)
            if first >= 0:
                self._bundle(words, lines[first], marks.count(number), lines[marks.rfind(number)])

    def _judge(self, fresh: list[bytes], said: list[bytes]) -> bytes:
        """Bundle those of the new lines that are telling: the result has 1 for them, for others 0."""
        counts = Counter(said)
        telling = set(compress(counts, self._verdicts.on(counts)))
        tells = bytes(map(telling.__contains__, said))
        for line, words in compress(zip(fresh, said, strict=True), tells):
            self._bundle(_ADDRESS.sub(b"", words), line, 1, line)
        if len(counts) < len(said):
            self._learn(counts, telling)
        return tells

    def _bundle(self, words: bytes, line: bytes, count: int, last: bytes) -> None:
        bundle = self._held.get(words)
        if bundle is None:
            self._held[words] = Bundle(line, count, last)
        else:
            bundle.count += count
            bundle.last = last

    def _learn(self, counts: Counter[bytes], telling: set[bytes]) -> None:
        """Know again what is said often."""
        for words, count in counts.items():
            if count < _OFTEN or len(words) > _LONGEST:
                continue
            if len(self._known) >= _MOST_KNOWN or len(self._repeated) >= _MOST_REPEATED:
                self._known.clear()
                self._repeated.clear()
            if words in telling:
                self._repeated.append(words)
                self._known[words] = len(self._repeated)
            else:
                self._known[words] = _IDLE
