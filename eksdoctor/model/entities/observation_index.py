"""Every observation of a cluster: read once from events, logs and counters, found by class or by node.

Silence is no sign of health: it counts only for a node whose ipamd log was read over the whole window with
its debug lines, and for events only where they may be read.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from eksdoctor.evidence.fast_scan.log_scan import LogExtent, LogScan
from eksdoctor.evidence.inputs import prometheus
from eksdoctor.evidence.inputs.cloudtrail_events import add_call
from eksdoctor.evidence.inputs.error_counters import counter_observations, pasted_counter_observations
from eksdoctor.evidence.inputs.kubernetes_events import add_event, add_node_conditions, event_times
from eksdoctor.evidence.observed.observation import Observation
from eksdoctor.evidence.observed.source import Source, SourceKind
from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.entities.cloudtrail import Trail
from eksdoctor.model.entities.cluster import Cluster, ClusterPart
from eksdoctor.model.facts.fact import NotKnown, Reason, Unknown
from eksdoctor.snapshot.records.kubernetes import LIST_EVENTS, LIST_NODES
from eksdoctor.snapshot.records.node_text import NODE_TEXTS, NodeText

SUBNET_REFUSALS = (
    EvidenceClass.SUBNET_WITHOUT_ADDRESSES,
    EvidenceClass.SUBNET_WITHOUT_PREFIX,
    EvidenceClass.SUBNET_SHORT,
)
VOICES = frozenset({"ipamd", "plugin", "stdout"})
"""Whose words are the VPC CNI's own, in the `source` of a signature."""
OF_EVENTS = frozenset({"kubelet", "scheduler", "vpc-resource-controller", "node-monitoring-agent"})
"""Whose words are events: they are heard where events may be read."""
QUIET = timedelta(minutes=15)
"""A daemon whose pool is short asks every few seconds, at most two minutes apart after a refusal."""
LOGS = frozenset(
    {SourceKind.IPAMD, SourceKind.PLUGIN, SourceKind.STDOUT, SourceKind.KUBELET, SourceKind.PASTE}
)


class ObservationIndex(ClusterPart):
    """Every observation of a cluster: read once, found by class or by node."""

    def __init__(self, cluster: "Cluster") -> None:
        super().__init__(cluster)
        self.extents: list[tuple[Source, LogExtent]] = []

    @cached_property
    def statements(self) -> tuple[Observation, ...]:
        """Everything that was said in the window."""
        snapshot = self.cluster.snapshot
        scan = LogScan(captured_at=snapshot.at)
        for event in snapshot.of(LIST_EVENTS.kind):
            if self._is_in_window(event_times(event).last):
                add_event(scan.aggregator, event)
        for node in snapshot.of(LIST_NODES.kind):
            add_node_conditions(scan.aggregator, node)
        for call, node_name in self.cluster.part(Trail).own_calls:
            add_call(scan.aggregator, call, node_name)
        for source, chunks, path in self._logs():
            self.extents.append((source, scan.read(chunks, source, path)))
        found = (*scan.aggregator.observations(), *self._counted())
        return tuple(one for one in found if self._is_in_window(one.last))

    def _logs(self) -> Iterator[tuple[Source, Iterable[bytes], Path | None]]:
        for words in self._words_of(*LOGS):
            yield _source(words), (words.text.encode("utf-8", "replace"),), None
        for stream in self.cluster.snapshot.streams:
            if stream.kind in LOGS:
                yield Source(SourceKind(stream.kind), stream.name, stream.node), stream.open(), stream.path

    def _counted(self) -> Iterator[Observation]:
        since = self.cluster.at - self.cluster.window
        for words in self._words_of(SourceKind.METRICS):
            scrape = prometheus.parse_metrics((words.text.encode("utf-8", "replace"),))
            if self.cluster.snapshot.is_pasted:
                yield from pasted_counter_observations(scrape, _source(words))
            else:
                yield from counter_observations(scrape, _source(words), since, words.at)

    def _words_of(self, *sorts: SourceKind) -> tuple[NodeText, ...]:
        return tuple(words for words in self.cluster.snapshot.of(NODE_TEXTS) if words.kind in sorts)

    def _is_in_window(self, last: datetime | None) -> bool:
        return last is None or self.cluster.at - last <= self.cluster.window

    @cached_property
    def _by_class(self) -> dict[EvidenceClass, list[Observation]]:
        found: defaultdict[EvidenceClass, list[Observation]] = defaultdict(list)
        for one in self.statements:
            found[one.evidence_class].append(one)
        return found

    def said(self, *classes: EvidenceClass) -> tuple[Observation, ...]:
        """The statements of these classes."""
        return tuple(one for name in classes for one in self._by_class.get(name, ()))

    @cached_property
    def _by_node(self) -> dict[str, list[Observation]]:
        found: defaultdict[str, list[Observation]] = defaultdict(list)
        for one in self.statements:
            found[one.node].append(one)
        return found

    def statements_on(self, node: str) -> tuple[Observation, ...]:
        """Everything that was said on a node."""
        return tuple(self._by_node.get(node, ()))

    def said_on(self, node: str, *classes: EvidenceClass) -> tuple[Observation, ...]:
        """The statements of these classes on a node."""
        return tuple(one for one in self.statements_on(node) if one.evidence_class in classes)

    def is_vpc_cni(self, node: str) -> bool:
        """Whether the VPC CNI's own words came from a node."""
        return any(one.signature.source in VOICES for one in self.statements_on(node))

    @property
    def nodes_named(self) -> tuple[str, ...]:
        """The nodes on which anything was said."""
        return tuple(sorted(node for node in self._by_node if node))

    @property
    def unheard(self) -> Unknown:
        """Why silence proves nothing."""
        return Unknown((Reason("ipamd's log was not read here", asked=False),))

    def is_quiet_since(self, one: Observation) -> bool:
        """Whether the log of its node went on for long enough to repeat it, and did not; never of a paste."""
        if self.cluster.snapshot.is_pasted:
            return False
        _ = self.statements
        ends = [extent.last for source, extent in self.extents if source.node == one.node and one.node]
        last = one.last
        return last is not None and any(end is not None and end - last > QUIET for end in ends)

    def require_hearing(self, node: str) -> None:
        """Raise NotKnown unless the daemon's log of the whole window was read, debug lines and all."""
        since = self.cluster.at - self.cluster.window
        _ = self.statements
        for source, extent in self.extents:
            if source.node != node or source.kind not in (SourceKind.IPAMD, SourceKind.STDOUT):
                continue
            whole = extent.has_debug and not extent.skipped_lines
            if extent.first is not None and extent.first <= since and whole:
                return
        raise NotKnown(self.unheard)


def _source(words: NodeText) -> Source:
    return Source(SourceKind(words.kind), words.name, words.node, words.pod)
