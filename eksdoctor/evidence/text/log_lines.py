"""Log lines in any known format: time, level and message."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from eksdoctor.evidence.observed.source import UNKNOWN_SOURCE, Source
from eksdoctor.evidence.text.blocks import read_blocks
from eksdoctor.evidence.text.broken_json import (
    JsonFields,
    looks_like_json,
    parse_json_fields,
    parse_zap_line,
    unescape,
)
from eksdoctor.evidence.text.line_prefixes import LinePrefix, normalize_level, split_prefix
from eksdoctor.evidence.text.multiline import LogRecord, RecordAssembler, decode_line
from eksdoctor.evidence.text.timestamps import parse_timestamp

MAX_MESSAGE_CHARACTERS = 16 << 10
_LOGRUS_MESSAGE = re.compile(r'msg="((?:[^"\\]|\\.)*)"?')
_CURLY = {ord("\u201c"): '"', ord("\u201d"): '"', ord("\u2018"): "'", ord("\u2019"): "'"}


class LogLine(msgspec.Struct, frozen=True):
    """One log line. `level` is empty if the format has none; the message has single spaces.

    `at` is None without a timestamp. `with_spaces` is the message with a space at each wrapped line break,
    empty if that is the same text.
    """

    at: datetime | None
    level: str
    message: str
    source: Source
    with_spaces: str = ""


def parse_lines(
    chunks: Iterable[bytes], source: Source = UNKNOWN_SOURCE, captured_at: datetime | None = None
) -> Iterator[LogLine]:
    """Every line of the stream; `captured_at` dates timestamps that lack a year."""
    assembler = RecordAssembler()
    for block in read_blocks(chunks):
        for line in block.lines:
            for record in assembler.feed(line):
                yield parse_record(record, source, captured_at)
    for record in assembler.flush():
        yield parse_record(record, source, captured_at)


def parse_record(record: LogRecord, source: Source, captured_at: datetime | None = None) -> LogLine:
    """The log line of a record."""
    parsed = _parse_text(record.text, source, captured_at)
    if not record.with_spaces:
        return parsed
    other = _parse_text(record.with_spaces, source, captured_at).message
    return LogLine(
        parsed.at, parsed.level, parsed.message, parsed.source, other if other != parsed.message else ""
    )


def parse_line(line: bytes, source: Source, captured_at: datetime | None = None) -> LogLine:
    """The log line of one whole physical line; fast for lines of ipamd's JSON logger."""
    found = parse_zap_line(line)
    if found is None:
        return parse_record(LogRecord(decode_line(line)), source, captured_at)
    return LogLine(
        parse_timestamp(found.ts),
        normalize_level(found.level),
        _normalize(_message_with_error(found)),
        source,
    )


def _parse_text(text: str, source: Source, captured_at: datetime | None) -> LogLine:
    prefix = LinePrefix(text) if text.startswith("{") else split_prefix(text, captured_at)
    found = parse_json_fields(prefix.rest) if looks_like_json(prefix.rest) else None
    if found is not None and found.log and not found.message:  # the JSON log format of a container runtime
        inner = split_prefix(found.log, captured_at)
        prefix = LinePrefix(
            inner.rest, inner.at or parse_timestamp(found.ts), inner.level, prefix.node, prefix.pod
        )
        found = parse_json_fields(inner.rest) if looks_like_json(inner.rest) else None
    named_source = _source_with_prefix(source, prefix)
    if found is None:
        return LogLine(prefix.at, prefix.level, _normalize(_unwrap_logrus(prefix.rest)), named_source)
    at = parse_timestamp(found.ts) or prefix.at
    return LogLine(
        at, normalize_level(found.level) or prefix.level, _normalize(_message_with_error(found)), named_source
    )


def _message_with_error(found: JsonFields) -> str:
    text = found.message or found.log
    return f"{text}: {found.error}" if found.error and found.error not in text else text


def _unwrap_logrus(text: str) -> str:
    if not text.startswith("msg="):
        return text
    match = _LOGRUS_MESSAGE.match(text)
    return f"{match[1]} {text[match.end() :]}" if match else text[4:]


def _source_with_prefix(source: Source, prefix: LinePrefix) -> Source:
    if (source.node or not prefix.node) and (source.pod or not prefix.pod):
        return source
    return Source(source.kind, source.name, source.node or prefix.node, source.pod or prefix.pod)


def _normalize(text: str) -> str:
    """On one line, with single spaces, without escapes, at most MAX_MESSAGE_CHARACTERS."""
    short = unescape(text[:MAX_MESSAGE_CHARACTERS])
    return " ".join((short if short.isascii() else short.translate(_CURLY)).split())
