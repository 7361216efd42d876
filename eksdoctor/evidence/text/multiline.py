"""Physical lines put together to records: continuations, wrapped terminals, JSON spread over lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from eksdoctor.evidence.text.broken_json import is_json
from eksdoctor.evidence.text.line_prefixes import stamped, unframed

MOST_CHARACTERS = 64 << 10
MOST_LINES = 400
WRAPPED = 70
"""A terminal is at least this wide: a shorter line was not broken by one."""
_JSON_START = re.compile(r'\s{0,64}\{\s{0,8}"(?:level|ts|msg|caller|log|time)"')
_JSON_BARE = re.compile(r'\s{0,64}"?(?:level|msg|ts)"\s?:')
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?')  # closed or not: one pass, whatever the text
_ROW = re.compile(r"\s{0,16}(?:\S{1,64}\s{1,16}){0,3}(?:Normal|Warning)\s{1,32}[A-Z][A-Za-z]{2,}")
_SENTENCE = re.compile(r"[A-Z][a-z]+[ :]|[-*#]|[\w.-]{1,64}:\s|\S+\s+\d+/\d+\s")


@dataclass(frozen=True, slots=True)
class Record:
    """The text of one record; `spaced` is the same with blanks at the breaks, when that is another text."""

    text: str
    spaced: str = ""


def text_of(physical: bytes) -> str:
    """A physical line as text, without its end and what a terminal added."""
    return unframed(physical.decode("utf-8", "replace").rstrip("\r\n").replace("\0", " "))


@dataclass(slots=True)
class Assembler:
    """Takes physical lines, gives records; what it holds is bounded."""

    _parts: list[str] = field(default_factory=list)
    _size: int = 0
    _depth: int = 0
    _json: bool = False
    _stamped: bool = False

    def feed(self, physical: bytes) -> Iterator[Record]:
        """The records that this line ends."""
        text = text_of(physical)
        if not text.strip():
            if not (self._json and self._depth > 0):
                yield from self.flush()
            return
        if self._parts and not self._continues(text):
            yield from self.flush()
        self._add(text)
        if self._json and self._depth <= 0:
            yield from self.flush()

    def flush(self) -> Iterator[Record]:
        """What is held, as a record."""
        if self._parts:
            yield _joined(self._parts)
        self._parts = []
        self._size = self._depth = 0
        self._json = self._stamped = False

    def _add(self, text: str) -> None:
        if not self._parts:
            self._json = text.lstrip().startswith("{")
            self._stamped = stamped(text)
        self._parts.append(text)
        self._size += len(text)
        if self._json:
            bare = _STRING.sub("", text)
            self._depth += bare.count("{") - bare.count("}")

    def _continues(self, text: str) -> bool:
        if len(self._parts) >= MOST_LINES or self._size + len(text) > MOST_CHARACTERS:
            return False
        if _JSON_START.match(text) or not text.strip(" .…"):  # an omission is no continuation
            return False
        if self._json:
            return not (stamped(text) and not text[:1].isspace())
        if stamped(text) or _ROW.match(text) or _JSON_BARE.match(text) or text.lstrip().startswith("{"):
            return False
        if text[0].isspace():
            return self._stamped or text[0] == "\t" or is_json(self._parts[0])
        return len(self._parts[-1]) >= WRAPPED and not _SENTENCE.match(text)


def _joined(parts: list[str]) -> Record:
    if len(parts) == 1:
        return Record(parts[0])
    tight, spaced = [parts[0]], [parts[0]]
    for before, after in pairwise(parts):
        word = before[-1:].isalnum() and after[:1].isalnum()
        tight.append(after if word else " " + after.lstrip())
        spaced.append(" " + after.lstrip())
    one, other = "".join(tight), "".join(spaced)
    return Record(one, other if other != one else "")
