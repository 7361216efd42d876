"""A row of `kubectl describe` or `kubectl get events`, as pasted."""

import re
from dataclasses import dataclass
from datetime import timedelta

from eksdoctor.evidence.text.timestamps import span

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
class Row:
    """What a row says; `age` is how long ago the event was last seen, `lasted` since its first."""

    type: str
    reason: str
    message: str
    age: timedelta | None = None
    count: int = 1
    lasted: timedelta | None = None
    by: str = ""
    node: str = ""
    pod: str = ""


def event_row(text: str) -> Row | None:
    """The row; None when the text is none."""
    match = _ROW.match(text)
    if match is None:
        return None
    often = _OFTEN.fullmatch(match["often"] or match["seen_often"] or "")
    kind, _, name = (match["object"] or "").partition("/")
    namespace = f"{match['namespace']}/" if match["namespace"] else ""
    return Row(
        type=match["type"].capitalize(),
        reason=match["reason"],
        message=match["message"] or "",
        age=span(match["age"] or match["seen"] or ""),
        count=int(often[1]) if often and (often[1] or "").isdigit() else 1,
        lasted=span(often[2]) if often and often[2] else None,
        by=match["by"] or "",
        node=name if kind.lower() == "node" else match["host"] or "",
        pod=namespace + name if kind.lower() == "pod" else "",
    )
