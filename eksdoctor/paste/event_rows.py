"""Event rows of `kubectl describe` and `kubectl get events` in a pasted text."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eksdoctor.evidence.inputs.event_table import EventRow, parse_event_row
from eksdoctor.evidence.observed.source import UNKNOWN_SOURCE
from eksdoctor.evidence.text.log_lines import LogLine, parse_record
from eksdoctor.evidence.text.multiline import RecordAssembler
from eksdoctor.paste.pasted_text import DEFAULT_NAMESPACE, PLACEHOLDER_POD

NODE_EVENT_REASONS = frozenset(
    {
        "ControllerVersionNotice", "NodeReady", "NodeNotReady", "NodeTrunkInitiated", "NodeTrunkFailedInit",
        "TrunkENICreationFailed", "EniConfigNameNotFound", "Unsupported", "IPAMDNoIPs", "IPAMDNotReady",
        "IPAMDNotRunning", "IPAMDRepeatedlyRestart", "IPAMDInconsistentState",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SplitText:
    """A text without its event rows, and the rows."""

    remaining: str
    rows: tuple[EventRow, ...]


def split_event_rows(text: str) -> SplitText:
    """The event rows of a text, and all other lines."""
    remaining: list[str] = []
    rows: list[EventRow] = []
    for line, parsed in _read_lines(text):
        message = parsed.message
        row = parse_event_row(message) if "Normal" in message or "Warning" in message else None
        if row is None:
            remaining.append(line)
        else:
            rows.append(row)
    return SplitText("\n".join(remaining), tuple(rows))


def _read_lines(text: str) -> Iterator[tuple[str, LogLine]]:
    assembler = RecordAssembler()
    for line_bytes in text.encode("utf-8", "replace").split(b"\n"):
        for record in assembler.feed(line_bytes):
            yield record.with_spaces or record.text, parse_record(record, UNKNOWN_SOURCE)
    for record in assembler.flush():
        yield record.with_spaces or record.text, parse_record(record, UNKNOWN_SOURCE)


def event_object(row: EventRow, number: int, at: datetime, node: str) -> dict[str, Any]:
    """A row as an API object, last seen its age before `at`."""
    last = at - row.age if row.age is not None else at
    first = last - row.duration if row.duration is not None else last
    is_about_node = row.reason in NODE_EVENT_REASONS and not row.pod
    namespace, _, name = row.pod.rpartition("/")
    involved = (
        {"kind": "Node", "name": row.node or node}
        if is_about_node
        else {"kind": "Pod", "namespace": namespace or DEFAULT_NAMESPACE, "name": name or PLACEHOLDER_POD}
    )
    return {
        "metadata": {"name": f"pasted-{number}", "namespace": involved.get("namespace", "default")},
        "involvedObject": involved,
        "reason": row.reason,
        "message": row.message,
        "type": row.type,
        "count": row.count,
        "firstTimestamp": first,
        "lastTimestamp": last,
        "source": {
            "component": row.component,
            "host": row.node or ("" if row.reason == "FailedScheduling" else node),
        },
    }
