"""A pasted row of `kubectl describe` or `kubectl get events`."""

import re
from dataclasses import dataclass
from datetime import timedelta

from eksdoctor.evidence.text.timestamps import parse_duration

_AGE = r"(?:<invalid>|<unknown>|\d{1,6}[a-z0-9]{1,12})"
_REPEATED = rf"(?:\s+\(x(\d{{1,9}}|N) over ({_AGE})\))?"
_ROW = re.compile(
    rf"(?:(?:(?P<namespace>[a-z0-9-]{{1,63}})\s+)?(?P<seen>{_AGE})(?P<seen_often>{_REPEATED})\s+)?"
    r"(?P<type>Normal|Warning)\s+(?P<reason>[A-Z][A-Za-z]{2,63})\s+"
    rf"(?:(?P<object>[A-Za-z]{{1,40}}/[\w.-]{{1,253}})\s+|(?P<age>{_AGE})(?P<often>{_REPEATED})\s+"
    r"(?:(?P<by>[\w./-]{1,100})(?:, (?P<host>[\w.-]{1,253}))?\s+)?)?"
    r"(?P<message>\S.*)?$",
)
_OFTEN = re.compile(_REPEATED)


@dataclass(frozen=True, slots=True)
class EventRow:
    """One row. `age` is the time since the event was last seen, `duration` since it was first seen.

    `component` is the sender; `pod` is `namespace/name`, or the name alone. Each may be empty or None.
    """

    type: str
    reason: str
    message: str
    age: timedelta | None = None
    count: int = 1
    duration: timedelta | None = None
    component: str = ""
    node: str = ""
    pod: str = ""


def parse_event_row(text: str) -> EventRow | None:
    """The row; None for any other text."""
    match = _ROW.match(text)
    if match is None:
        return None
    repeated = _OFTEN.fullmatch(match["often"] or match["seen_often"] or "")
    kind, _, name = (match["object"] or "").partition("/")
    namespace = f"{match['namespace']}/" if match["namespace"] else ""
    return EventRow(
        type=match["type"].capitalize(),
        reason=match["reason"],
        message=match["message"] or "",
        age=parse_duration(match["age"] or match["seen"] or ""),
        count=int(repeated[1]) if repeated and (repeated[1] or "").isdigit() else 1,
        duration=parse_duration(repeated[2]) if repeated and repeated[2] else None,
        component=match["by"] or "",
        node=name if kind.lower() == "node" else match["host"] or "",
        pod=namespace + name if kind.lower() == "pod" else "",
    )
