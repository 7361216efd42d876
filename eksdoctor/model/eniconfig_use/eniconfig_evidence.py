"""What EC2 answered the daemons that go by an ENIConfig, and the ENIConfigs that only such words tell of."""

from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.custom_networking.eniconfig import ENIConfig, ENIConfigs
from eksdoctor.model.custom_networking.node_eniconfig import NodeENIConfig
from eksdoctor.model.eniconfig_use.eniconfig_users import UNNAMED, resolved_name
from eksdoctor.model.entities.cluster import Cluster, ClusterPart
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.observation_index import ObservationIndex
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known
from eksdoctor.model.observations.node_observations import NodeHearing
from eksdoctor.snapshot.records import kubernetes

REFUSALS = (EvidenceClass.WRONG_ZONE, EvidenceClass.SUBNET_MISSING, EvidenceClass.SECURITY_GROUP_MISSING)


class HeardENIConfig(ENIConfig):
    """The ENIConfig of a node of which only EC2's answers are known.

    Without custom networking ENIs are made in subnets of the node's own zone that exist, with the node's own
    security groups: such an answer is an ENIConfig's doing.
    """

    def __init__(self, cluster: "Cluster", node: "Node") -> None:
        subnet = next(
            (one.subnet for one in node.part(NodeHearing).refused(*REFUSALS) if one.subnet), UNNAMED
        )
        record = kubernetes.ENIConfig(
            kubernetes.Metadata(name=resolved_name(node)), kubernetes.ENIConfigSpec(subnet)
        )
        super().__init__(cluster, record, only_node=node)

    @fact
    def has_subnet(self) -> bool:
        """Whether the subnet that EC2's answer names exists; not known where it names none."""
        if self.subnet_text == UNNAMED:
            raise NotKnown.because("no log line or event shows its subnet")
        return known(self.subnet.exists)

    @fact
    def missing_groups(self) -> Items[str]:
        """Which groups it names is not known."""
        raise NotKnown.because("no log line or event shows its security groups")

    @fact
    def foreign_groups(self) -> Items[str]:
        """The same."""
        return known(self.missing_groups)


def heard_configs(cluster: "Cluster") -> tuple[ENIConfig, ...]:
    """One for each node that was so refused and whose own ENIConfig cannot be told."""
    nodes = (cluster.part(Nodes).node_named(name) for name in cluster.part(ObservationIndex).nodes_named)
    return tuple(
        HeardENIConfig(cluster, node)
        for node in nodes
        if node.part(NodeHearing).refused(*REFUSALS)
        and isinstance(node.part(NodeENIConfig).eni_config, Unknown)
    )


class ENIConfigsAtWork(ClusterPart, inline=True):
    """The ENIConfigs, and those that only EC2's answers tell of."""

    @fact
    def eni_configs_at_work(self) -> Items[ENIConfig]:
        """The same, and those of nodes of which only EC2's answers tell."""
        found = self.cluster.part(ENIConfigs).eni_configs
        configs = Items[ENIConfig]((), found) if isinstance(found, Unknown) else found
        return Items((*configs, *heard_configs(self.cluster)), configs.missing)
