"""A snapshot moved in time, so that an incident of last month happens now."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from eksdoctor.snapshot.records.node_text import NodeText
from eksdoctor.snapshot.snapshot import Snapshot

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")

_STARTED = re.compile(r"(?m)^(process_start_time_seconds )([\d.]+)$")


def moved(snapshot: Snapshot, to: datetime) -> Snapshot:
    """The snapshot as if captured at `to`: every time in its records keeps its distance from the capture."""
    delta = to - snapshot.at
    records = {
        file: tuple(_shifted(record, delta) for record in found) for file, found in snapshot.records.items()
    }
    return replace(snapshot, at=to, records=records)


def _shifted(record: Any, delta: timedelta) -> Any:
    if isinstance(record, NodeText):
        record = msgspec.structs.replace(record, text=_said(record.text, delta))
    if isinstance(record, msgspec.Struct):
        plain = msgspec.to_builtins(record, builtin_types=(datetime,))
        return msgspec.convert(_walk(plain, delta), type(record), strict=False)
    return _walk(record, delta)


def _said(text: str, delta: timedelta) -> str:
    """What a daemon said, at another time: the stamps of its lines, and since when its counters count."""
    stamped = _TIMESTAMP.sub(lambda found: _stamp(found[0], delta), text)
    return _STARTED.sub(lambda found: f"{found[1]}{float(found[2]) + delta.total_seconds():.2f}", stamped)


def _stamp(text: str, delta: timedelta) -> str:
    precision = "milliseconds" if "." in text else "seconds"
    moment = datetime.fromisoformat(text) + delta
    return moment.isoformat(timespec=precision).replace("+00:00", "Z")


def _walk(value: Any, delta: timedelta) -> Any:
    match value:
        case dict():
            return {name: _walk(inner, delta) for name, inner in value.items()}
        case list() | tuple():
            return [_walk(inner, delta) for inner in value]
        case datetime():
            return value + delta
        case str() if _TIMESTAMP.fullmatch(value):
            return (datetime.fromisoformat(value) + delta).isoformat().replace("+00:00", "Z")
        case _:
            return value
