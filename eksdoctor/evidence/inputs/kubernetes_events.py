"""Observations from Kubernetes events and node conditions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from eksdoctor.evidence.inputs.event_table import EventRow
from eksdoctor.evidence.observed.aggregate import Aggregator
from eksdoctor.evidence.observed.observation import Observation
from eksdoctor.evidence.observed.source import Source, SourceKind
from eksdoctor.evidence.text.log_lines import LogLine
from eksdoctor.snapshot.records.kubernetes import Event, Node

MONITORING_AGENT_CONDITIONS = frozenset({"NetworkingReady", "KernelReady", "ContainerRuntimeReady"})
"""Node conditions that the node-monitoring agent sets.
https://github.com/aws/eks-node-monitoring-agent"""


@dataclass(frozen=True, slots=True)
class EventTimes:
    """When an event was first and last seen, and how often."""

    first: datetime | None
    last: datetime | None
    count: int

    @property
    def duration(self) -> timedelta | None:
        """From first to last; None if one is unknown."""
        return self.last - self.first if self.first is not None and self.last is not None else None


def event_observations(events: Iterable[Event]) -> tuple[Observation, ...]:
    """The observations of these events."""
    aggregator = Aggregator()
    for event in events:
        add_event(aggregator, event)
    return aggregator.observations()


def add_event(aggregator: Aggregator, event: Event) -> None:
    """Add an event; an event object counts once, however often it is added."""
    times = event_times(event)
    involved = event.involved_object
    of_pod = involved.kind.lower() == "pod"
    node = involved.name if involved.kind.lower() == "node" else event.source.host
    pod = f"{involved.namespace}/{involved.name}" if of_pod else ""
    source_name = f"{involved.kind}/{involved.namespace}/{involved.name}"
    source = Source(SourceKind.EVENT, source_name, node, pod, event.source.component)
    row = EventRow(
        type=event.type,
        reason=event.reason,
        message=event.message,
        count=times.count,
        duration=times.duration,
        component=event.source.component or event.reporting_component,
        node=node,
        pod=pod,
    )
    line = LogLine(times.first, "", " ".join(event.message.split()), source)
    identity = event.metadata.uid or f"{event.metadata.namespace}/{event.metadata.name}"
    aggregator.add_event_row(line, row, times.last, f"event {identity}" if identity != "/" else "")


def add_node_conditions(aggregator: Aggregator, node: Node) -> None:
    """Add the failed conditions that the node-monitoring agent set on a node."""
    for condition in node.status.conditions:
        if condition.type in MONITORING_AGENT_CONDITIONS and condition.status == "False" and condition.reason:
            name = node.metadata.name
            source = Source(SourceKind.EVENT, f"Node//{name}", name)
            row = EventRow(
                "Warning",
                condition.reason,
                condition.message,
                component="eks-node-monitoring-agent",
                node=name,
            )
            line = LogLine(condition.last_transition_time, "", " ".join(condition.message.split()), source)
            aggregator.add_event_row(line, row, None, f"condition {name} {condition.type}")


def event_times(event: Event) -> EventTimes:
    """Times and count of an event, from the fields of core/v1 or events.k8s.io/v1."""
    series = event.series
    first = event.first_timestamp or event.event_time or event.metadata.creation_timestamp
    last = (series and series.last_observed_time) or event.last_timestamp or first
    count = (series.count if series else 0) or event.count or 1
    return EventTimes(first, last, max(count, 1))
