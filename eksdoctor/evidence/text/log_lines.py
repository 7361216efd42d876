"""The lines of a log in any format of any year: when, how grave, and what it said."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from eksdoctor.evidence.observed.source import UNNAMED, Source
from eksdoctor.evidence.text.blocks import blocks
from eksdoctor.evidence.text.broken_json import Fields, fields, is_json, unescaped, zap
from eksdoctor.evidence.text.line_prefixes import Stamp, level, stamp
from eksdoctor.evidence.text.multiline import Assembler, Record, text_of
from eksdoctor.evidence.text.timestamps import moment

MOST_MESSAGE = 16 << 10
_LOGRUS_MESSAGE = re.compile(r'msg="((?:[^"\\]|\\.)*)"?')
_CURLY = {ord("\u201c"): '"', ord("\u201d"): '"', ord("\u2018"): "'", ord("\u2019"): "'"}


class Line(msgspec.Struct, frozen=True):
    """One thing that was said; `level` is empty where the format has none, blanks are single.

    `spaced` is the message with blanks where a terminal had broken it, when that reads otherwise.
    """

    at: datetime | None
    level: str
    message: str
    source: Source
    spaced: str = ""


def lines(chunks: Iterable[bytes], source: Source = UNNAMED, near: datetime | None = None) -> Iterator[Line]:
    """Every line of the stream; `near` (the capture's time) dates stamps that lack a year."""
    assembler = Assembler()
    for block in blocks(chunks):
        for physical in block.lines:
            for record in assembler.feed(physical):
                yield line_of(record, source, near)
    for record in assembler.flush():
        yield line_of(record, source, near)


def line_of(record: Record, source: Source, near: datetime | None = None) -> Line:
    """A record as a line."""
    said = _read(record.text, source, near)
    if not record.spaced:
        return said
    other = _read(record.spaced, source, near).message
    return Line(said.at, said.level, said.message, said.source, other if other != said.message else "")


def line_of_bytes(physical: bytes, source: Source, near: datetime | None = None) -> Line:
    """A whole physical line as a line, quickest for what the daemon's logger writes."""
    found = zap(physical)
    if found is None:
        return line_of(Record(text_of(physical)), source, near)
    return Line(moment(found.ts), level(found.level), _clean(_said(found)), source)


def _read(text: str, source: Source, near: datetime | None) -> Line:
    prefix = Stamp(text) if text.startswith("{") else stamp(text, near)
    found = fields(prefix.rest) if is_json(prefix.rest) else None
    if found is not None and found.log and not found.message:  # a container runtime's wrapping
        inner = stamp(found.log, near)
        prefix = Stamp(inner.rest, inner.at or moment(found.ts), inner.level, prefix.node, prefix.pod)
        found = fields(inner.rest) if is_json(inner.rest) else None
    said_by = _named(source, prefix)
    if found is None:
        return Line(prefix.at, prefix.level, _clean(_logrus(prefix.rest)), said_by)
    at = moment(found.ts) or prefix.at
    return Line(at, level(found.level) or prefix.level, _clean(_said(found)), said_by)


def _said(found: Fields) -> str:
    text = found.message or found.log
    return f"{text}: {found.error}" if found.error and found.error not in text else text


def _logrus(text: str) -> str:
    if not text.startswith("msg="):
        return text
    match = _LOGRUS_MESSAGE.match(text)
    return f"{match[1]} {text[match.end() :]}" if match else text[4:]


def _named(source: Source, prefix: Stamp) -> Source:
    if (source.node or not prefix.node) and (source.pod or not prefix.pod):
        return source
    return Source(source.kind, source.name, source.node or prefix.node, source.pod or prefix.pod)


def _clean(text: str) -> str:
    """One line, blanks single, escapes resolved, bounded."""
    short = unescaped(text[:MOST_MESSAGE])
    return " ".join((short if short.isascii() else short.translate(_CURLY)).split())
