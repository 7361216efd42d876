"""What EC2 answered the daemons that go by an ENIConfig, and the ENIConfigs that only such words tell of."""

from typing import TYPE_CHECKING

from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.custom_networking.eniconfig import ENIConfig
from eksdoctor.model.custom_networking.eniconfig_users import UNNAMED, resolved_name
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known
from eksdoctor.snapshot.records import kubernetes

if TYPE_CHECKING:
    from eksdoctor.model.cluster.cluster import Cluster
    from eksdoctor.model.nodes.node import Node

REFUSALS = (EvidenceClass.WRONG_ZONE, EvidenceClass.SUBNET_MISSING, EvidenceClass.SECURITY_GROUP_MISSING)


class HeardENIConfig(ENIConfig):
    """The ENIConfig of a node of which only EC2's answers are known.

    Without custom networking ENIs are made in subnets of the node's own zone that exist, with the node's own
    security groups: such an answer is an ENIConfig's doing.
    """

    def __init__(self, cluster: "Cluster", node: "Node") -> None:
        subnet = next((one.subnet for one in node.heard.refused(*REFUSALS) if one.subnet), UNNAMED)
        record = kubernetes.ENIConfig(
            kubernetes.Metadata(name=resolved_name(node)), kubernetes.ENIConfigSpec(subnet)
        )
        super().__init__(cluster, record)
        self.node = node

    @fact
    def nodes(self) -> "Items[Node]":
        """That node."""
        return Items((self.node,))

    @fact
    def has_subnet(self) -> bool:
        """Whether the subnet that EC2's answer names exists; not known where it names none."""
        if self.subnet_text == UNNAMED:
            raise NotKnown.because("which subnet it names was not heard")
        return known(self.subnet.exists)

    @fact
    def missing_groups(self) -> Items[str]:
        """Which groups it names is not known."""
        raise NotKnown.because("which security groups it names was not heard")

    @fact
    def foreign_groups(self) -> Items[str]:
        """The same."""
        return known(self.missing_groups)


def heard_configs(cluster: "Cluster") -> tuple[ENIConfig, ...]:
    """One for each node that was so refused and whose own ENIConfig cannot be told."""
    nodes = (cluster.node_named(name) for name in cluster.heard.nodes_named)
    return tuple(
        HeardENIConfig(cluster, node)
        for node in nodes
        if node.heard.refused(*REFUSALS) and isinstance(node.eni_config, Unknown)
    )
