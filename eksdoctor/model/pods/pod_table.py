"""The API server's pod table: addresses per node without the pods themselves.

Eight megabytes where the pods of a large cluster are four hundred. Its cells are what
`kubectl get pods -o wide` shows, so the status is a word for people.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import NotKnown
from eksdoctor.snapshot.records.kubernetes import TABULATE_PODS, PodRow

OVER = {"Completed", "Succeeded", "Failed", "Evicted"}  # such a pod holds no address any more
UNCLEAR = {"Error", "OOMKilled", "ContainerStatusUnknown"}  # the pod's end, or only a container's
NO_ADDRESS = {"", "<none>"}


@dataclass(frozen=True, slots=True)
class PodTable:
    """Counts of pods with an address: by node, and by address (host-network pods share their node's)."""

    by_node: Counter[str]
    by_address: Counter[str]
    unclear_nodes: frozenset[str]
    addresses: dict[str, set[str]] = field(default_factory=dict)
    """The addresses by node, for which subnets they lie in."""

    @classmethod
    def of(cls, rows: Iterable[PodRow]) -> "PodTable":
        """The counts of these rows."""
        by_node: Counter[str] = Counter()
        by_address: Counter[str] = Counter()
        unclear: set[str] = set()
        addresses: dict[str, set[str]] = {}
        for row in rows:
            status, address, node = row.cells
            if address in NO_ADDRESS or status in OVER:
                continue
            if status in UNCLEAR:
                unclear.add(node)
                continue
            by_node[node] += 1
            by_address[address] += 1
            addresses.setdefault(node, set()).add(address)
        return cls(by_node, by_address, frozenset(unclear), addresses)

    def addresses_of_its_own(self, node: str, internal_ip: str) -> int:
        """Pods of a node with an address other than the node's."""
        return self.by_node[node] - self.by_address[internal_ip]

    def host_network_pods(self, internal_ip: str) -> int:
        """Pods that run with a node's address."""
        return self.by_address[internal_ip]


class PodRows(ClusterPart, inline=True):
    """The pod table of a cluster."""

    @cached_property
    def _rows(self) -> PodTable:
        return PodTable.of(self.cluster.snapshot.of(TABULATE_PODS.kind))

    def pod_table(self) -> PodTable:
        """The API server's pod table; raises NotKnown when it could not be had."""
        missing = gap(self.cluster.snapshot, requests.POD_ROWS)
        if missing is not None:
            raise NotKnown(missing)
        return self._rows
