"""What stands before a message: stamps and levels of seelog, klog, logrus, journald, CRI and kubectl."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eksdoctor.evidence.text.timestamps import ISO, moment, yearless

_LEVELS = {
    "d": "debug", "i": "info", "w": "warn", "e": "error", "f": "fatal",
    "warning": "warn", "critical": "fatal", "panic": "fatal", "dpanic": "fatal", "err": "error",
}  # fmt: skip
_COLOUR = re.compile(r"\x1b\[[0-9;?]{0,16}[A-Za-z]")
_FRAME = re.compile(r"^\s{0,8}[\u2500-\u257f]\s{0,3}")
_KUBECTL = re.compile(r"\[pod/([\w.-]{1,253})/([\w.-]{1,63})\] ")
_CRI = re.compile(rf"({ISO}) std(?:out|err) [FP] ")
_ISO = re.compile(rf"\s{{0,8}}\[?({ISO})\]?(?:\s+|$)")
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
_MOST = 6


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the prefixes of a line say; `rest` is the line without them."""

    rest: str
    at: datetime | None = None
    level: str = ""
    node: str = ""
    pod: str = ""
    program: str = ""


def level(word: Any) -> str:
    """A log level in lower case, spelt in one way."""
    name = word.lower() if isinstance(word, str) else ""
    return _LEVELS.get(name, name)[:16]


def unframed(text: str) -> str:
    """The text without terminal colours and without the frame of a text user interface."""
    if "\x1b" in text:
        text = _COLOUR.sub("", text)
    return text if text.isascii() else _FRAME.sub("", text)


def stamped(text: str) -> bool:
    """Whether a record starts here: the line has one of the prefixes."""
    return any(pattern.match(text) for pattern in (_ISO, _SYSLOG, _KLOG, _LOGRUS, _KUBECTL, _LEVEL))


def stamp(text: str, near: datetime | None = None) -> Stamp:
    """The line taken apart; `near` dates stamps that lack a year."""
    found = Stamp(text)
    for _ in range(_MOST):
        for step in _STEPS:
            after = step(found, near)
            if after is not None:
                found = after
                break
        else:
            break
    return found


def _kubectl(found: Stamp, near: datetime | None) -> Stamp | None:
    del near
    match = _KUBECTL.match(found.rest)
    return match and replace(found, rest=found.rest[match.end() :], pod=match[1])


def _cri(found: Stamp, near: datetime | None) -> Stamp | None:
    del near
    match = _CRI.match(found.rest)
    return match and replace(found, rest=found.rest[match.end() :], at=moment(match[1]))


def _iso(found: Stamp, near: datetime | None) -> Stamp | None:
    del near
    match = _ISO.match(found.rest)
    return match and replace(found, rest=found.rest[match.end() :], at=moment(match[1]) or found.at)


def _syslog(found: Stamp, near: datetime | None) -> Stamp | None:
    match = _SYSLOG.match(found.rest)
    if match is None:
        return None
    at = found.at or yearless(f"{match[1]} {match[2]}", match[3], "%b %d", near)
    return replace(found, rest=found.rest[match.end() :], at=at)


def _program(found: Stamp, near: datetime | None) -> Stamp | None:
    del near
    match = _PROGRAM.match(found.rest)
    node = (match and match[1]) or found.node
    return match and replace(found, rest=found.rest[match.end() :], node=node, program=match[2])


def _klog(found: Stamp, near: datetime | None) -> Stamp | None:
    match = _KLOG.match(found.rest)
    if match is None:
        return None
    at = found.at or yearless(f"{match[2]} {match[3]}", match[4], "%m %d", near)
    return replace(found, rest=found.rest[match.end() :], at=at, level=level(match[1]))


def _logrus(found: Stamp, near: datetime | None) -> Stamp | None:
    del near
    match = _LOGRUS.match(found.rest)
    return match and replace(
        found, rest=found.rest[match.end() :], at=moment(match[1]) or found.at, level=level(match[2])
    )


def _word(found: Stamp, near: datetime | None) -> Stamp | None:
    del near
    match = None if found.level else _LEVEL.match(found.rest)
    return match and replace(found, rest=found.rest[match.end() :], level=level(match[1] or match[2]))


_STEPS: tuple[Callable[[Stamp, datetime | None], Stamp | None], ...] = (
    _kubectl, _cri, _iso, _syslog, _program, _klog, _logrus, _word,
)  # fmt: skip
