"""Timestamps and durations in logs: ISO 8601, epoch numbers, syslog and klog dates without a year."""

import re
from datetime import UTC, datetime, timedelta

ISO_TIMESTAMP = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d| UTC)?"
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d| UTC)?")
_EARLIEST, _LATEST = 1_300_000_000, 4_000_000_000
_A_DAY = timedelta(days=1)
_SPAN = re.compile(r"(\d{1,6})(d|h|m|s|y|ms)")
_UNITS = {"y": 31_536_000.0, "d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def parse_timestamp(text: str | float | None) -> datetime | None:
    """The time in UTC; None for anything but a timestamp. Numbers are epoch seconds or milliseconds."""
    if isinstance(text, int | float):
        return _from_epoch(float(text))
    if not text:
        return None
    try:
        return _as_utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        pass
    match = _ISO.fullmatch(text.strip())
    if match is None:
        return None
    day, clock, fraction, zone = match.groups()
    offset = "+00:00" if zone in (None, "Z", " UTC") else zone
    try:
        return _as_utc(datetime.fromisoformat(f"{day}T{clock}.{(fraction or '0')[:6].ljust(6, '0')}{offset}"))
    except (ValueError, OverflowError):
        return None


def parse_without_year(day: str, clock: str, pattern: str, captured_at: datetime | None) -> datetime | None:
    """The time in the latest year that is not after `captured_at`; None without `captured_at`."""
    if captured_at is None:
        return None
    for year in (captured_at.year + 1, captured_at.year, captured_at.year - 1):
        try:
            found = datetime.strptime(f"{year} {day} {clock[:8]}", f"%Y {pattern} %H:%M:%S").replace(
                tzinfo=UTC
            )
        except ValueError:
            continue
        if found <= captured_at + _A_DAY:
            return found
    return None


def parse_duration(text: str) -> timedelta | None:
    """`6h`, `2m47s` or `3d4h` as kubectl writes an age; None for `<invalid>` and other text."""
    parts = _SPAN.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    seconds = sum(int(number) * _UNITS[unit] for number, unit in parts)
    return timedelta(seconds=min(seconds, 10 * _UNITS["y"]))


def _from_epoch(number: float) -> datetime | None:
    seconds = number / 1000 if number > _LATEST else number
    if not _EARLIEST < seconds < _LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _as_utc(found: datetime) -> datetime:
    if found.tzinfo is UTC:
        return found
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
