"""Events as `kubectl describe` and `kubectl get events` print them, taken out of a pasted text."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eksdoctor.evidence.inputs.event_table import Row, event_row
from eksdoctor.evidence.observed.source import UNNAMED
from eksdoctor.evidence.text.log_lines import Line, line_of
from eksdoctor.evidence.text.multiline import Assembler
from eksdoctor.paste.pasted_text import NAMESPACE, POD

OF_NODES = frozenset(
    {
        "ControllerVersionNotice", "NodeReady", "NodeNotReady", "NodeTrunkInitiated", "NodeTrunkFailedInit",
        "TrunkENICreationFailed", "EniConfigNameNotFound", "Unsupported", "IPAMDNoIPs", "IPAMDNotReady",
        "IPAMDNotRunning", "IPAMDRepeatedlyRestart", "IPAMDInconsistentState",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pasted:
    """What is left of a text without its rows, and the rows."""

    rest: str
    rows: tuple[Row, ...]


def split(text: str) -> Pasted:
    """The rows of events in a text, and all other lines."""
    rest: list[str] = []
    rows: list[Row] = []
    for line, said in _lines(text):
        row = event_row(said.message) if "Normal" in said.message or "Warning" in said.message else None
        if row is None:
            rest.append(line)
        else:
            rows.append(row)
    return Pasted("\n".join(rest), tuple(rows))


def _lines(text: str) -> Iterator[tuple[str, Line]]:
    assembler = Assembler()
    for physical in text.encode("utf-8", "replace").split(b"\n"):
        for record in assembler.feed(physical):
            yield record.spaced or record.text, line_of(record, UNNAMED)
    for record in assembler.flush():
        yield record.spaced or record.text, line_of(record, UNNAMED)


def event(row: Row, number: int, at: datetime, node: str) -> dict[str, Any]:
    """A row as the API would show it, seen last its age before `at`."""
    last = at - row.age if row.age is not None else at
    first = last - row.lasted if row.lasted is not None else last
    of_node = row.reason in OF_NODES and not row.pod
    namespace, _, name = row.pod.rpartition("/")
    about = (
        {"kind": "Node", "name": row.node or node}
        if of_node
        else {"kind": "Pod", "namespace": namespace or NAMESPACE, "name": name or POD}
    )
    return {
        "metadata": {"name": f"pasted-{number}", "namespace": about.get("namespace", "default")},
        "involvedObject": about,
        "reason": row.reason,
        "message": row.message,
        "type": row.type,
        "count": row.count,
        "firstTimestamp": first,
        "lastTimestamp": last,
        "source": {
            "component": row.by,
            "host": row.node or ("" if row.reason == "FailedScheduling" else node),
        },
    }
