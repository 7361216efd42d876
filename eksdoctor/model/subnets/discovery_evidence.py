"""What daemons said of subnet discovery: that tags leave them no subnet for a new ENI."""

from typing import TYPE_CHECKING

from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known, union
from eksdoctor.model.pods.pod import Pod
from eksdoctor.model.pods.waits_for_eni import pods_without_new_eni
from eksdoctor.model.subnets.discovery_exclusion import Miss

if TYPE_CHECKING:
    from eksdoctor.model.cluster.cluster import Cluster
    from eksdoctor.model.nodes.node import Node
    from eksdoctor.model.subnets.subnet import Subnet

WITHOUT_SUBNET = EvidenceClass.DISCOVERY_WITHOUT_SUBNET
EXCLUDED = "ipamd-subnet-excluded"


class SubnetDiscovery:
    """Whom one tagged subnet leaves without a place for an ENI."""

    def __init__(self, subnet: "Subnet") -> None:
        self.subnet = subnet

    @property
    def nodes(self) -> "tuple[Node, ...]":
        """The nodes of its zone whose daemons said that tags leave them no subnet."""
        named = missed_by_name(self.subnet.cluster)
        if self.subnet.id in named:
            return tuple(named[self.subnet.id])
        here = self.subnet.nodes_in_zone
        if isinstance(here, Unknown):
            return ()
        return tuple(node for node in here if node.heard.refused(WITHOUT_SUBNET))

    @fact
    def refusals(self) -> int:
        """How often they said so."""
        found = sum(one.count for node in self.nodes for one in node.heard.refused(WITHOUT_SUBNET))
        if not found:
            here = known(self.subnet.nodes_in_zone).all()
            for node in here:
                self.subnet.cluster.heard.require_hearing(node.name)
            if not here:
                raise NotKnown(self.subnet.cluster.heard.unheard)
        return found

    @fact
    def pods(self) -> Items[Pod]:
        """Pods that wait for a new ENI on a node without a candidate, by the tags or its own word."""
        parts = [known(node.starved_pods) for node in self.nodes]
        if self.subnet.record is not None and known(self.subnet.discovery_miss) == Miss.ZERO:
            bare = known(self.subnet.nodes_in_zone).where(_is_bare)
            parts += [*(pods_without_new_eni(node) for node in bare), Items((), bare.missing)]
        return union(parts)


def missed_by_name(cluster: "Cluster") -> "dict[str, list[Node]]":
    """The subnets that daemons left out before they had none, with their nodes; some unnamed."""
    found: dict[str, list[Node]] = {}
    for name in cluster.heard.nodes_named:
        node = cluster.node_named(name)
        if node.heard.refused(WITHOUT_SUBNET):
            told = [one for one in node.heard.said(EvidenceClass.SETTINGS) if one.signature.id == EXCLUDED]
            for subnet in [one.texts["subnet"] for one in told] or [f"the tagged subnets of {name}"]:
                found.setdefault(subnet, []).append(node)
    return found


def _is_bare(node: "Node") -> bool | Unknown:
    found = node.discovered_subnets
    return found if isinstance(found, Unknown) else not found
