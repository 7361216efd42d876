"""What was said of how much the daemons keep ready: that it is nothing, or that it is too little."""

from eksdoctor.evidence.observed.observation import Observation
from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.observation_index import ObservationIndex
from eksdoctor.model.entities.vpc_cni import WarmTargets
from eksdoctor.model.facts.fact import Items, Unknown, fact, known
from eksdoctor.model.instance_types.limits import PREFIX_SIZE
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.model.observations.node_observations import REFUSED, NodeHearing
from eksdoctor.model.observations.observation_group import BRIEF, FEW
from eksdoctor.model.reported_problems.by_class import Hearing

POOL_LOW = "ipamd-pool-low"
EMPTIED = EvidenceClass.DATASTORE_EMPTY
SMALL = 2
"""A WARM_IP_TARGET up to which nearly every new pod costs a call to EC2.
https://github.com/aws/amazon-vpc-cni-k8s#warm_ip_target"""


class Warmth(ClusterPart, name="warmth"):
    """What the pools of a cluster keep ready, as its daemons tell."""

    @property
    def nodes_at_zero(self) -> "Items[Node]":
        """Nodes whose daemon goes by WARM_ENI_TARGET=0, as it says each time its pool is too low.

        With prefix delegation the same line gives the warm prefixes, each of 16 addresses.
        """
        names = {
            one.node
            for one in self.cluster.part(ObservationIndex).said(EvidenceClass.BENIGN)
            if one.node and _is_zero(one)
        }
        found = tuple(self.cluster.part(Nodes).node_named(name) for name in sorted(names))
        return Items(found, self.cluster.part(ObservationIndex).unheard)

    @fact
    def nodes_beyond_minimum(self) -> "Items[Node]":
        """Nodes with more pods than MINIMUM_IP_TARGET: each further one takes an address from EC2 first."""
        minimum = known(self.cluster.part(WarmTargets).targets).minimum_ip
        return known(self.cluster.part(Nodes).nodes_of_vpc_cni).where(
            lambda node: n if isinstance(n := node.part(NodePool).assigned_ips, Unknown) else n > minimum
        )

    @fact
    def is_tight(self) -> bool:
        """Whether few single addresses are kept ready and nodes run more pods than the minimum."""
        if not 0 < known(self.cluster.part(WarmTargets).targets).warm_ip <= SMALL:
            return False
        found = known(self.nodes_beyond_minimum)
        return bool(found.elements or found.all())

    @fact
    def nodes_emptied(self) -> "Items[Node]":
        """Nodes whose pool was found empty again and again and filled each time, with nothing refused."""
        nodes = (
            self.cluster.part(Nodes).node_named(name)
            for name in self.cluster.part(ObservationIndex).nodes_named
        )
        return Items(
            tuple(node for node in nodes if _is_emptied(node)), self.cluster.part(Hearing).silence(EMPTIED)
        )


def _is_zero(said: Observation) -> bool:
    if said.signature.id != POOL_LOW:
        return False
    return said.numbers.get("eni_target") == 0 and said.numbers.get("per_eni") != PREFIX_SIZE


def _is_emptied(node: "Node") -> bool:
    said = [one for one in node.part(NodeHearing).said(EMPTIED) if one.followed_by_success is True]
    often = sum(one.count for one in said) > FEW
    long = any(one.duration is not None and one.duration > BRIEF for one in said)
    return often and long and not node.part(NodeHearing).said(*REFUSED)
