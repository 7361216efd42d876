"""The prefix of a log line: timestamp and level of seelog, klog, logrus, journald, CRI and kubectl."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eksdoctor.evidence.text.timestamps import ISO_TIMESTAMP, parse_timestamp, parse_without_year

_LEVELS = {
    "d": "debug", "i": "info", "w": "warn", "e": "error", "f": "fatal",
    "warning": "warn", "critical": "fatal", "panic": "fatal", "dpanic": "fatal", "err": "error",
}  # fmt: skip
_COLOR = re.compile(r"\x1b\[[0-9;?]{0,16}[A-Za-z]")
_FRAME = re.compile(r"^\s{0,8}[\u2500-\u257f]\s{0,3}")
_KUBECTL = re.compile(r"\[pod/([\w.-]{1,253})/([\w.-]{1,63})\] ")
_CRI = re.compile(rf"({ISO_TIMESTAMP}) std(?:out|err) [FP] ")
_ISO = re.compile(rf"\s{{0,8}}\[?({ISO_TIMESTAMP})\]?(?:\s+|$)")
_SYSLOG = re.compile(r"([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d)(?:\.\d{1,9})? ")
_PROGRAM = re.compile(r"(?:([\w.-]{1,253}) )?([\w./@-]{1,64})\[\d{1,10}\]: ")
_KLOG = re.compile(
    r"(?:ERROR: logging before flag\.Parse: )?([IWEF])(\d\d)(\d\d) (\d\d:\d\d:\d\d)\.\d{1,9}\s+\d{1,10} "
    r"[\w./-]{1,128}:\d{1,6}\] "
)
_LOGRUS = re.compile(r'time="([^"]{1,64})" level=(\w{1,16}) ')
_LEVEL = re.compile(
    r"\s{0,8}(?:\[(DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)\]|(DEBUG|INFO|WARN|ERROR|FATAL)(?=\s))\s*"
)
_MAX_PREFIXES = 6


@dataclass(frozen=True, slots=True)
class LinePrefix:
    """What the prefixes of a line contain; `rest` is the line without them, other fields may be empty."""

    rest: str
    at: datetime | None = None
    level: str = ""
    node: str = ""
    pod: str = ""
    program: str = ""


def normalize_level(word: Any) -> str:
    """A log level in lower case and one spelling; empty for anything but text."""
    name = word.lower() if isinstance(word, str) else ""
    return _LEVELS.get(name, name)[:16]


def strip_terminal_codes(text: str) -> str:
    """The text without terminal colors and without the frame of a terminal UI such as k9s."""
    if "\x1b" in text:
        text = _COLOR.sub("", text)
    return text if text.isascii() else _FRAME.sub("", text)


def has_prefix(text: str) -> bool:
    """Whether the line has one of the prefixes, so a new record begins here."""
    return any(pattern.match(text) for pattern in (_ISO, _SYSLOG, _KLOG, _LOGRUS, _KUBECTL, _LEVEL))


def split_prefix(text: str, captured_at: datetime | None = None) -> LinePrefix:
    """The line split into prefixes and rest; `captured_at` dates timestamps that lack a year."""
    found = LinePrefix(text)
    for _ in range(_MAX_PREFIXES):
        for step in _STEPS:
            after = step(found, captured_at)
            if after is not None:
                found = after
                break
        else:
            break
    return found


def _kubectl(found: LinePrefix, captured_at: datetime | None) -> LinePrefix | None:
    del captured_at
    match = _KUBECTL.match(found.rest)
    return match and replace(found, rest=found.rest[match.end() :], pod=match[1])


def _cri(found: LinePrefix, captured_at: datetime | None) -> LinePrefix | None:
    del captured_at
    match = _CRI.match(found.rest)
    return match and replace(found, rest=found.rest[match.end() :], at=parse_timestamp(match[1]))


def _iso(found: LinePrefix, captured_at: datetime | None) -> LinePrefix | None:
    del captured_at
    match = _ISO.match(found.rest)
    return match and replace(found, rest=found.rest[match.end() :], at=parse_timestamp(match[1]) or found.at)


def _syslog(found: LinePrefix, captured_at: datetime | None) -> LinePrefix | None:
    match = _SYSLOG.match(found.rest)
    if match is None:
        return None
    at = found.at or parse_without_year(f"{match[1]} {match[2]}", match[3], "%b %d", captured_at)
    return replace(found, rest=found.rest[match.end() :], at=at)


def _program(found: LinePrefix, captured_at: datetime | None) -> LinePrefix | None:
    del captured_at
    match = _PROGRAM.match(found.rest)
    node = (match and match[1]) or found.node
    return match and replace(found, rest=found.rest[match.end() :], node=node, program=match[2])


def _klog(found: LinePrefix, captured_at: datetime | None) -> LinePrefix | None:
    match = _KLOG.match(found.rest)
    if match is None:
        return None
    at = found.at or parse_without_year(f"{match[2]} {match[3]}", match[4], "%m %d", captured_at)
    return replace(found, rest=found.rest[match.end() :], at=at, level=normalize_level(match[1]))


def _logrus(found: LinePrefix, captured_at: datetime | None) -> LinePrefix | None:
    del captured_at
    match = _LOGRUS.match(found.rest)
    return match and replace(
        found,
        rest=found.rest[match.end() :],
        at=parse_timestamp(match[1]) or found.at,
        level=normalize_level(match[2]),
    )


def _level_word(found: LinePrefix, captured_at: datetime | None) -> LinePrefix | None:
    del captured_at
    match = None if found.level else _LEVEL.match(found.rest)
    return match and replace(
        found, rest=found.rest[match.end() :], level=normalize_level(match[1] or match[2])
    )


_STEPS: tuple[Callable[[LinePrefix, datetime | None], LinePrefix | None], ...] = (
    _kubectl, _cri, _iso, _syslog, _program, _klog, _logrus, _level_word,
)  # fmt: skip
