"""EC2's errors about full or fragmented subnets, by subnet."""

from collections import defaultdict
from functools import cached_property

from eksdoctor.evidence.observed.observation import Observation
from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.observation_index import SUBNET_REFUSALS, ObservationIndex
from eksdoctor.model.facts.fact import Unknown
from eksdoctor.model.nodes.node_pool import NodePool


class SubnetRefusals(ClusterPart):
    """EC2's errors about subnets without free IPs or /28 blocks, by subnet."""

    @cached_property
    def _by_subnet(self) -> dict[str, list[Observation]]:
        """Refusals by the subnet they name, else by the one that the node's pods draw on."""
        found: defaultdict[str, list[Observation]] = defaultdict(list)
        for one in self.cluster.part(ObservationIndex).said(*SUBNET_REFUSALS):
            if one.subnet:
                found[one.subnet].append(one)
            elif one.node:
                found[self._subnet_meant(one)].append(one)
        return found

    def _subnet_meant(self, one: Observation) -> str:
        """The subnet of a refusal that names none: its node's, or the only one that others there name."""
        subnet = self.cluster.part(Nodes).node_named(one.node).part(NodePool).pod_subnet
        if not isinstance(subnet, Unknown):
            return subnet.id
        named = {
            other.subnet
            for other in self.cluster.part(ObservationIndex).said_on(one.node, *SUBNET_REFUSALS)
            if other.subnet
        }
        return named.pop() if len(named) == 1 else unnamed_subnet(one.node)

    def refused_in(self, subnet: str, *classes: EvidenceClass) -> tuple[Observation, ...]:
        """EC2's refusals in a subnet that no success followed."""
        found = self._by_subnet.get(subnet, ())
        return tuple(
            one for one in found if one.evidence_class in classes and one.followed_by_success is not True
        )

    @property
    def subnets_refused(self) -> tuple[str, ...]:
        """The subnets in which EC2 refused anything."""
        return tuple(sorted(self._by_subnet))


def unnamed_subnet(node: str) -> str:
    """What the subnet of a node's pods is called while nothing tells its id."""
    return f"the pod subnet of {node}"
