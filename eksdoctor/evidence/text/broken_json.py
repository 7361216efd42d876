"""The fields of a JSON log line, also if the JSON is broken: brace or end missing, any order of keys."""

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


class _ZapLine(msgspec.Struct, forbid_unknown_fields=True):
    level: str = ""
    ts: str | float = ""
    caller: str = ""
    msg: str = ""
    error: str = ""
    stacktrace: str = ""


_ZAP_DECODER = msgspec.json.Decoder(_ZapLine)


class JsonFields(msgspec.Struct, frozen=True):
    """The fields of a JSON log line; empty if the line lacks them."""

    level: str = ""
    ts: str | float = ""
    message: str = ""
    error: str = ""
    log: str = ""


def looks_like_json(text: str) -> bool:
    """Whether the text is JSON, or was JSON before its brace was lost."""
    return text.lstrip().startswith(_STARTS)


def parse_json_fields(text: str) -> JsonFields | None:
    """The fields of the line; None if it has no message and so is no log line."""
    found = _decode(text)
    if found is None:
        found = _recover_fields(text)
    if not any(key in found for key in ("msg", "message", "log")):
        return None
    return JsonFields(
        level=_string_or_empty(found.get("level")),
        ts=_timestamp(found),
        message=_string_or_empty(found.get("msg")) or _string_or_empty(found.get("message")),
        error=_string_or_empty(found.get("error")) or _string_or_empty(found.get("err")),
        log=_string_or_empty(found.get("log")),
    )


def parse_zap_line(line: bytes) -> JsonFields | None:
    """The fields of an intact line of ipamd's logger (go.uber.org/zap); None for any other line."""
    try:
        found = _ZAP_DECODER.decode(line)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    return JsonFields(found.level, found.ts, found.msg, found.error) if found.msg else None


def unescape(text: str) -> str:
    r"""The text with JSON escapes such as `\n` and `\"` replaced."""
    return _ESCAPE.sub(_unescaped_character, text) if "\\" in text else text


def _decode(text: str) -> dict[str, Any] | None:
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    return found if isinstance(found, dict) else None


def _recover_fields(text: str) -> dict[str, Any]:
    """Fields found by name; a string that is not closed extends to the end of the text."""
    found: dict[str, Any] = {}
    for key, string, _, number in _FIELD.findall(text):
        found.setdefault(key, unescape(string) if not number else _to_number(number))
    return found


def _unescaped_character(match: re.Match[str]) -> str:
    kind = match[1]
    if kind[0] == "u" and len(kind) > 1:
        number = int(kind[1:], 16)
        return "\ufffd" if _SURROGATES[0] <= number <= _SURROGATES[1] else chr(number)
    return _PLAIN.get(kind, kind)


def _timestamp(found: dict[str, Any]) -> str | float:
    for key in ("ts", "time", "timestamp"):
        value = found.get(key)
        if isinstance(value, str | float | int) and not isinstance(value, bool):
            return value
    return ""


def _to_number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _string_or_empty(value: Any) -> str:
    return value if isinstance(value, str) else ""
