"""Drop the lines of ipamd's JSON log that no signature can match, and group repeated lines."""

import re
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain, compress, repeat
from operator import itemgetter

from eksdoctor.evidence.fast_scan.line_dedup import TIMESTAMP_END, RelevanceCache
from eksdoctor.evidence.fast_scan.line_skipping import LineSkipper

MAX_GROUPS = 512
"""How many groups are held before they should be taken."""
_text_after_timestamp = itemgetter(slice(TIMESTAMP_END, None))
_text_around_level = itemgetter(slice(len('{"level":"info","ts":')))
_HEADS = frozenset(
    _text_around_level(f'{{"level":"{level}","ts":'.encode())
    for level in ("debug", "info", "warn", "error", "dpanic", "panic", "fatal")
)
_DEBUG = b'{"level":"debug"'
_ADDRESS = re.compile(rb"\.\d{1,3}\.\d{1,3}\.\d{1,3}")
"""An IPv4 address without its first number."""
_MIN_REPEATS = 4
"""A text that occurs this often in one block is remembered for the next blocks."""
_MAX_KNOWN = 4096
_MAX_KNOWN_BYTES = 1024
_MAX_REPEATED = 64
_IRRELEVANT = 0
_NEW = 255
_ONLY_IRRELEVANT = b"\1" + bytes(255)
_ONLY_REPEATED = b"\0" + b"\1" * 254 + b"\0"
_ONLY_NEW = bytes(255) + b"\1"


@dataclass(slots=True)
class RepeatedLine:
    """A line, its count with other timestamps and addresses, and its last occurrence."""

    line: bytes
    count: int
    last: bytes


@dataclass(slots=True)
class LineFilter:
    """Takes the blocks of one stream; returns its relevant lines, grouped, in order of first appearance.

    Nearly every line repeats another one, so its text after the timestamp is only looked up. The marks of a
    block hold one byte per line: 0 for a known irrelevant text, 255 for a new text, else the number of a
    known relevant text.
    """

    may_skip: bool = False
    """Whether lines may now be skipped by how they begin."""
    has_debug: bool = False
    skipper: LineSkipper = field(default_factory=LineSkipper)
    _groups: dict[bytes, RepeatedLine] = field(default_factory=dict)
    _last_line: list[bytes] = field(default_factory=list)
    _known_texts: dict[bytes, int] = field(default_factory=dict)
    _repeated_texts: list[bytes] = field(default_factory=list)
    _relevance: RelevanceCache = field(default_factory=RelevanceCache)

    @property
    def is_full(self) -> bool:
        """Whether the groups should be taken."""
        return len(self._groups) > MAX_GROUPS

    def filter_block(self, block: list[bytes]) -> bool:
        """Take a block of lines; False, with nothing changed, if a line is not from ipamd's logger.

        The last line is held back: a line in another format may continue it.
        """
        lines = [*self._last_line, *block[:-1]]
        if self.may_skip:
            lines = self.skipper.lines_to_read(lines)
        marks = bytes(map(self._known_texts.get, map(_text_after_timestamp, lines), repeat(_NEW)))
        new_lines = list(compress(lines, marks.translate(_ONLY_NEW)))
        new_texts = list(map(_text_after_timestamp, new_lines))
        if not (_HEADS.issuperset(map(_text_around_level, (*new_lines, block[-1]))) and all(new_texts)):
            return False
        self._last_line = block[-1:]
        self.has_debug = self.has_debug or any(
            line.startswith(_DEBUG) for line in (*new_lines, *self._last_line)
        )
        self._count(lines, marks)
        relevance = self._classify_new(new_lines, new_texts)
        if self.may_skip and not self.skipper.is_trained:
            self._train(lines, marks, new_lines, relevance)
        return True

    def finish(self) -> None:
        """The stream has ended: process the last line too, if it has a message."""
        new_texts = list(map(_text_after_timestamp, self._last_line))
        if all(new_texts):
            self._classify_new(self.take_last_line(), new_texts)

    def take_groups(self) -> list[RepeatedLine]:
        """The groups until now."""
        groups = list(self._groups.values())
        self._groups.clear()
        return groups

    def take_last_line(self) -> list[bytes]:
        """The last line, if one is held back."""
        tail, self._last_line = self._last_line, []
        return tail

    def _train(self, lines: list[bytes], marks: bytes, new_lines: list[bytes], relevance: bytes) -> None:
        """Let the skipper learn from a block."""
        irrelevant = chain(
            compress(lines, marks.translate(_ONLY_IRRELEVANT)),
            compress(new_lines, relevance.translate(_ONLY_IRRELEVANT)),
        )
        relevant = chain(compress(lines, marks.translate(_ONLY_REPEATED)), compress(new_lines, relevance))
        self.skipper.learn(list(irrelevant), relevant)

    def _count(self, lines: list[bytes], marks: bytes) -> None:
        """Group the lines whose text is known and relevant."""
        for number, text in enumerate(self._repeated_texts, 1):
            first = marks.find(number)
            if first >= 0:
                self._add_to_group(text, lines[first], marks.count(number), lines[marks.rfind(number)])

    def _classify_new(self, new_lines: list[bytes], new_texts: list[bytes]) -> bytes:
        """Group the relevant new lines; the result holds 1 for them, 0 for the others."""
        counts = Counter(new_texts)
        relevant = set(compress(counts, self._relevance.are_relevant(counts)))
        relevance = bytes(map(relevant.__contains__, new_texts))
        for line, text in compress(zip(new_lines, new_texts, strict=True), relevance):
            self._add_to_group(_ADDRESS.sub(b"", text), line, 1, line)
        if len(counts) < len(new_texts):
            self._remember(counts, relevant)
        return relevance

    def _add_to_group(self, text: bytes, line: bytes, count: int, last: bytes) -> None:
        group = self._groups.get(text)
        if group is None:
            self._groups[text] = RepeatedLine(line, count, last)
        else:
            group.count += count
            group.last = last

    def _remember(self, counts: Counter[bytes], relevant: set[bytes]) -> None:
        """Remember texts that occur often."""
        for text, count in counts.items():
            if count < _MIN_REPEATS or len(text) > _MAX_KNOWN_BYTES:
                continue
            if len(self._known_texts) >= _MAX_KNOWN or len(self._repeated_texts) >= _MAX_REPEATED:
                self._known_texts.clear()
                self._repeated_texts.clear()
            if text in relevant:
                self._repeated_texts.append(text)
                self._known_texts[text] = len(self._repeated_texts)
            else:
                self._known_texts[text] = _IRRELEVANT
