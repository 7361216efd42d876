"""What daemons said of subnet discovery: that tags leave them no subnet for a new ENI."""

from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.observation_index import ObservationIndex
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.subnet import SubnetPart
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known, union
from eksdoctor.model.nodes.node_enis import NodeInterfaces
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.model.nodes.waits_for_eni import pods_without_new_eni
from eksdoctor.model.observations.node_observations import NodeHearing
from eksdoctor.model.subnets.demand import SubnetDemand
from eksdoctor.model.subnets.discovery_exclusion import Miss

WITHOUT_SUBNET = EvidenceClass.DISCOVERY_WITHOUT_SUBNET
EXCLUDED = "ipamd-subnet-excluded"


class SubnetDiscovery(SubnetPart, name="discovery"):
    """Whom one tagged subnet leaves without a place for an ENI."""

    @property
    def nodes(self) -> "tuple[Node, ...]":
        """The nodes of its zone whose daemons said that tags leave them no subnet."""
        named = missed_by_name(self.subnet.cluster)
        if self.subnet.id in named:
            return tuple(named[self.subnet.id])
        here = self.subnet.part(SubnetDemand).nodes_in_zone
        if isinstance(here, Unknown):
            return ()
        return tuple(node for node in here if node.part(NodeHearing).refused(WITHOUT_SUBNET))

    @fact
    def refusals(self) -> int:
        """How often they said so."""
        found = sum(
            one.count for node in self.nodes for one in node.part(NodeHearing).refused(WITHOUT_SUBNET)
        )
        if not found:
            here = known(self.subnet.part(SubnetDemand).nodes_in_zone).all()
            for node in here:
                self.subnet.cluster.part(ObservationIndex).require_hearing(node.name)
            if not here:
                raise NotKnown(self.subnet.cluster.part(ObservationIndex).unheard)
        return found

    @fact
    def pods(self) -> Items[Pod]:
        """Pods that wait for a new ENI on a node without a candidate, by the tags or its own word."""
        parts = [known(node.part(NodePool).starved_pods) for node in self.nodes]
        if (
            self.subnet.record is not None
            and known(self.subnet.part(SubnetDemand).discovery_miss) == Miss.ZERO
        ):
            bare = known(self.subnet.part(SubnetDemand).nodes_in_zone).where(_is_bare)
            parts += [*(pods_without_new_eni(node) for node in bare), Items((), bare.missing)]
        return union(parts)


def missed_by_name(cluster: "Cluster") -> "dict[str, list[Node]]":
    """The subnets that daemons left out before they had none, with their nodes; some unnamed."""
    found: dict[str, list[Node]] = {}
    for name in cluster.part(ObservationIndex).nodes_named:
        node = cluster.part(Nodes).node_named(name)
        if node.part(NodeHearing).refused(WITHOUT_SUBNET):
            told = [
                one
                for one in node.part(NodeHearing).said(EvidenceClass.SETTINGS)
                if one.signature.id == EXCLUDED
            ]
            for subnet in [one.texts["subnet"] for one in told] or [f"the tagged subnets of {name}"]:
                found.setdefault(subnet, []).append(node)
    return found


def _is_bare(node: "Node") -> bool | Unknown:
    found = node.part(NodeInterfaces).discovered_subnets
    return found if isinstance(found, Unknown) else not found
