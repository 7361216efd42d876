"""Kubernetes events, as objects of the API and as pasted rows, to statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from eksdoctor.evidence.inputs.event_table import Row
from eksdoctor.evidence.observed.aggregate import Gathering
from eksdoctor.evidence.observed.observation import Statement
from eksdoctor.evidence.observed.source import Kind, Source
from eksdoctor.evidence.text.log_lines import Line
from eksdoctor.snapshot.records.kubernetes import Event, Node

AGENT_CONDITIONS = frozenset({"NetworkingReady", "KernelReady", "ContainerRuntimeReady"})
"""What the node-monitoring agent says beside its events.
https://github.com/aws/eks-node-monitoring-agent"""


@dataclass(frozen=True, slots=True)
class Seen:
    """When an event was seen first and last, and how often."""

    first: datetime | None
    last: datetime | None
    count: int

    @property
    def lasted(self) -> timedelta | None:
        """From first to last."""
        return self.last - self.first if self.first is not None and self.last is not None else None


def statements(events: Iterable[Event]) -> tuple[Statement, ...]:
    """What these events say."""
    gathering = Gathering()
    for event in events:
        hear_event(gathering, event)
    return gathering.statements()


def hear_event(gathering: Gathering, event: Event) -> None:
    """One event, each object once however often it is handed in."""
    seen = seen_at(event)
    about = event.involved_object
    of_pod = about.kind.lower() == "pod"
    node = about.name if about.kind.lower() == "node" else event.source.host
    pod = f"{about.namespace}/{about.name}" if of_pod else ""
    place = f"{about.kind}/{about.namespace}/{about.name}"
    source = Source(Kind.EVENT, place, node, pod, event.source.component)
    row = Row(
        type=event.type,
        reason=event.reason,
        message=event.message,
        count=seen.count,
        lasted=seen.lasted,
        by=event.source.component or event.reporting_component,
        node=node,
        pod=pod,
    )
    line = Line(seen.first, "", " ".join(event.message.split()), source)
    identity = event.metadata.uid or f"{event.metadata.namespace}/{event.metadata.name}"
    gathering.hear_row(line, row, seen.last, f"event {identity}" if identity != "/" else "")


def hear_conditions(gathering: Gathering, node: Node) -> None:
    """What the node-monitoring agent holds against a node."""
    for condition in node.status.conditions:
        if condition.type in AGENT_CONDITIONS and condition.status == "False" and condition.reason:
            name = node.metadata.name
            source = Source(Kind.EVENT, f"Node//{name}", name)
            row = Row(
                "Warning", condition.reason, condition.message, by="eks-node-monitoring-agent", node=name
            )
            line = Line(condition.last_transition_time, "", " ".join(condition.message.split()), source)
            gathering.hear_row(line, row, None, f"condition {name} {condition.type}")


def seen_at(event: Event) -> Seen:
    """The times and the count of an event, in its older and its newer form."""
    series = event.series
    first = event.first_timestamp or event.event_time or event.metadata.creation_timestamp
    last = (series and series.last_observed_time) or event.last_timestamp or first
    count = (series.count if series else 0) or event.count or 1
    return Seen(first, last, max(count, 1))
