"""The fields of a log line in JSON, also of JSON that is broken: no brace, no end, keys in any order."""

import re
from typing import Any

import msgspec

_FIELD = re.compile(
    r'"(level|ts|time|timestamp|msg|message|log|error|err)"\s{0,64}:\s{0,64}'
    r'(?:"((?:[^"\\]|\\.)*)("?)|(-?[0-9.]{1,32}(?:[eE][+-]?[0-9]{1,3})?))',
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_SURROGATES = (0xD800, 0xDFFF)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "", "f": ""}
_STARTS = ("{", '"level"', '"msg"', '"ts"', 'level":', 'msg":')


class _Zap(msgspec.Struct, forbid_unknown_fields=True):
    level: str = ""
    ts: str | float = ""
    caller: str = ""
    msg: str = ""
    error: str = ""
    stacktrace: str = ""


_ZAP = msgspec.json.Decoder(_Zap)


class Fields(msgspec.Struct, frozen=True):
    """What a log line in JSON says; empty where it does not."""

    level: str = ""
    ts: str | float = ""
    message: str = ""
    error: str = ""
    log: str = ""


def is_json(text: str) -> bool:
    """Whether the text is meant as JSON, or was before its brace was lost."""
    return text.lstrip().startswith(_STARTS)


def fields(text: str) -> Fields | None:
    """The line's fields; None when it has no message, so that it is no log line."""
    found = _decoded(text)
    if found is None:
        found = _salvaged(text)
    if not any(key in found for key in ("msg", "message", "log")):
        return None
    return Fields(
        level=_text(found.get("level")),
        ts=_stamp(found),
        message=_text(found.get("msg")) or _text(found.get("message")),
        error=_text(found.get("error")) or _text(found.get("err")),
        log=_text(found.get("log")),
    )


def zap(line: bytes) -> Fields | None:
    """The fields of a line as the daemon's logger writes it; None when it is another's or broken."""
    try:
        found = _ZAP.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    return Fields(found.level, found.ts, found.msg, found.error) if found.msg else None


def unescaped(text: str) -> str:
    r"""The text with `\n`, `\"` and the like as what they stand for."""
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _decoded(text: str) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    return found if isinstance(found, dict) else None


def _salvaged(text: str) -> dict[str, Any]:
    """Fields by their names; a string that is not closed runs to the end of the text."""
    found: dict[str, Any] = {}
    for key, string, _, number in _FIELD.findall(text):
        found.setdefault(key, unescaped(string) if not number else _number(number))
    return found


def _character(match: re.Match[str]) -> str:
    kind = match[1]
    if kind[0] == "u" and len(kind) > 1:
        number = int(kind[1:], 16)
        return "\ufffd" if _SURROGATES[0] <= number <= _SURROGATES[1] else chr(number)
    return _PLAIN.get(kind, kind)


def _stamp(found: dict[str, Any]) -> str | float:
    for key in ("ts", "time", "timestamp"):
        value = found.get(key)
        if isinstance(value, str | float | int) and not isinstance(value, bool):
            return value
    return ""


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
