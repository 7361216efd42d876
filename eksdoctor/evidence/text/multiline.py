"""Join physical lines into records: continuation lines, terminal wrapping, JSON spread over lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from eksdoctor.evidence.text.broken_json import looks_like_json
from eksdoctor.evidence.text.line_prefixes import has_prefix, strip_terminal_codes

MAX_RECORD_CHARACTERS = 64 << 10
MAX_RECORD_LINES = 400
MIN_TERMINAL_WIDTH = 70
"""In characters; a terminal is at least this wide, so it did not wrap a shorter line."""
_JSON_START = re.compile(r'\s{0,64}\{\s{0,8}"(?:level|ts|msg|caller|log|time)"')
_JSON_BARE = re.compile(r'\s{0,64}"?(?:level|msg|ts)"\s?:')
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"?')  # also without its closing quote; linear time
_ROW = re.compile(r"\s{0,16}(?:\S{1,64}\s{1,16}){0,3}(?:Normal|Warning)\s{1,32}[A-Z][A-Za-z]{2,}")
_SENTENCE = re.compile(r"[A-Z][a-z]+[ :]|[-*#]|[\w.-]{1,64}:\s|\S+\s+\d+/\d+\s")


@dataclass(frozen=True, slots=True)
class LogRecord:
    """The text of one record; `with_spaces` has a space at each line break, empty if that changes nothing."""

    text: str
    with_spaces: str = ""


def decode_line(line: bytes) -> str:
    """A physical line as text, without its line end, terminal codes and NUL bytes."""
    return strip_terminal_codes(line.decode("utf-8", "replace").rstrip("\r\n").replace("\0", " "))


@dataclass(slots=True)
class RecordAssembler:
    """Turns physical lines into records; holds at most MAX_RECORD_LINES and MAX_RECORD_CHARACTERS."""

    _parts: list[str] = field(default_factory=list)
    _characters: int = 0
    _open_braces: int = 0
    _is_json: bool = False
    _has_prefix: bool = False

    def feed(self, line: bytes) -> Iterator[LogRecord]:
        """The records that end with this line; mostly one, the line before."""
        text = decode_line(line)
        if not text.strip():
            if not (self._is_json and self._open_braces > 0):
                yield from self.flush()
            return
        if self._parts and not self._continues(text):
            yield from self.flush()
        self._add(text)
        if self._is_json and self._open_braces <= 0:
            yield from self.flush()

    def flush(self) -> Iterator[LogRecord]:
        """The record held so far, if any."""
        if self._parts:
            yield _join(self._parts)
        self._parts = []
        self._characters = self._open_braces = 0
        self._is_json = self._has_prefix = False

    def _add(self, text: str) -> None:
        if not self._parts:
            self._is_json = text.lstrip().startswith("{")
            self._has_prefix = has_prefix(text)
        self._parts.append(text)
        self._characters += len(text)
        if self._is_json:
            outside_strings = _STRING.sub("", text)
            self._open_braces += outside_strings.count("{") - outside_strings.count("}")

    def _continues(self, text: str) -> bool:
        if len(self._parts) >= MAX_RECORD_LINES or self._characters + len(text) > MAX_RECORD_CHARACTERS:
            return False
        if _JSON_START.match(text) or not text.strip(" .…"):  # `...` stands for omitted lines
            return False
        if self._is_json:
            return not (has_prefix(text) and not text[:1].isspace())
        if has_prefix(text) or _ROW.match(text) or _JSON_BARE.match(text) or text.lstrip().startswith("{"):
            return False
        if text[0].isspace():
            return self._has_prefix or text[0] == "\t" or looks_like_json(self._parts[0])
        return len(self._parts[-1]) >= MIN_TERMINAL_WIDTH and not _SENTENCE.match(text)


def _join(parts: list[str]) -> LogRecord:
    if len(parts) == 1:
        return LogRecord(parts[0])
    without_spaces, with_spaces = [parts[0]], [parts[0]]
    for before, after in pairwise(parts):
        breaks_a_word = before[-1:].isalnum() and after[:1].isalnum()
        without_spaces.append(after if breaks_a_word else " " + after.lstrip())
        with_spaces.append(" " + after.lstrip())
    one, other = "".join(without_spaces), "".join(with_spaces)
    return LogRecord(one, other if other != one else "")
