"""A leak: the daemon's book holds addresses for pods that are gone.

The book lags behind the pods for as long as one is taken down, so one look proves nothing: more addresses
held than pods there, in two looks further apart than the cool-down. Pods that are being deleted, and pods
that were bound and may have their address already, count as holders.
"""

from datetime import datetime

from eksdoctor.evidence.inputs import prometheus
from eksdoctor.evidence.observed.source import SourceKind
from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.aws_node.cooldown import cool_down
from eksdoctor.model.aws_node.introspection import Assignment, DaemonBook
from eksdoctor.model.entities.node import NodePart
from eksdoctor.model.entities.node_texts import NodeTexts
from eksdoctor.model.entities.nodes import PodsOfNode
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import Items, NotKnown, Reason, Unknown, fact, known
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.model.observations.node_observations import POOL, NodeHearing
from eksdoctor.model.observations.observation_group import BRIEF

INCONSISTENT = EvidenceClass.INCONSISTENT_POOL
ONE_LOOK = Unknown((Reason("ipamd's state was not collected twice, a minute apart", asked=False),))


class Leak(NodePart, name="leak"):
    """The addresses of one node that the daemon holds for nobody."""

    @fact
    def looks(self) -> tuple[tuple[datetime, int], ...]:
        """How many addresses the daemon held for pods, and when: by its log, its counters and its book."""
        return tuple(
            sorted({*self._by_log(), *self._by_metrics(), *known(self.node.part(DaemonBook).assigned_at)})
        )

    def _by_log(self) -> list[tuple[datetime, int]]:
        said = (one for one in self.node.part(NodeHearing).said(*POOL) if not one.numbers.get("card", 0))
        return [
            (at, one.numbers["assigned"])
            for one in said
            for at in (one.numbers_since, one.last)
            if at is not None and "assigned" in one.numbers
        ]

    def _by_metrics(self) -> list[tuple[datetime, int]]:
        """With ENABLE_MULTI_NIC the gauges are those of whichever network card wrote last."""
        if self.node.cluster.part(CNI).multiple_cards is not False:
            return []
        found = []
        for words in self.node.cluster.part(NodeTexts).words_of(self.node.name):
            if words.kind == SourceKind.METRICS and words.at is not None:
                scrape = prometheus.parse_metrics((words.text.encode("utf-8", "replace"),))
                if "assigned" in scrape.pool:
                    found.append((words.at, scrape.pool["assigned"]))
        return found

    @fact
    def holders(self) -> int:
        """Pods of the node that hold an address of its pool, or may hold one."""
        pods = known(self.node.part(PodsOfNode).pods).all()
        return sum(1 for pod in pods if self._may_hold(pod))

    def _may_hold(self, pod: Pod) -> bool:
        if pod.is_host_network or pod.has_branch_eni:
            return False
        if pod.is_over:
            return pod.record is not None and pod.record.metadata.deletion_timestamp is not None
        return pod.waits_for_address is not True

    @fact
    def addresses(self) -> int:
        """Addresses held for nobody in two looks further apart than the cool-down, the lesser number."""
        looks = known(self.looks)
        if not looks:
            self.node.part(NodeHearing).require_silence()
            return 0
        last, assigned = looks[-1]
        if assigned <= known(self.holders):
            return 0
        earlier = [held for at, held in looks if last - at > cool_down(self.node.cluster)]
        if not earlier or self.node.cluster.at - last > BRIEF:
            raise NotKnown(ONE_LOOK)
        return max(min(assigned, earlier[-1]) - known(self.holders), 0)

    @fact
    def held_for_gone(self) -> Items[Assignment]:
        """The addresses that its book holds for pods which are not on the node, where it was read."""
        there = {pod.name for pod in known(self.node.part(PodsOfNode).pods).all()}
        found = known(self.node.part(DaemonBook).assignments)
        return Items(tuple(one for one in found if one.pod and one.pod not in there))

    @fact
    def reports(self) -> int:
        """How often the node-monitoring agent found the daemon's checkpoint and the pods at odds."""
        found = sum(one.count for one in self.node.part(NodeHearing).said(INCONSISTENT))
        if not found:
            self.node.part(NodeHearing).require_silence()
        return found

    @fact
    def pods(self) -> Items[Pod]:
        """Waiting pods, while the daemon says that its pool is empty."""
        if not known(self.addresses) or not known(self.node.part(NodeHearing).empty_answers):
            return Items()
        return known(self.node.part(NodePool).starved_pods)
