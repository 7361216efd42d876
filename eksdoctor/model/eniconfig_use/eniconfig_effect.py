"""What an ENIConfig does: its nodes, and the pods that wait because of it."""

from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.custom_networking.eniconfig import ENIConfigPart, zones_of
from eksdoctor.model.custom_networking.node_placement import CustomNetworking
from eksdoctor.model.eniconfig_use.eniconfig_users import ENIConfigUses
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.observation_index import ObservationIndex
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.facts.fact import Items, Unknown, fact, join, known, union
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.model.nodes.waits_for_eni import pods_without_new_eni
from eksdoctor.model.observations.node_observations import NodeHearing

NOT_MADE = (EvidenceClass.SUBNET_MISSING, EvidenceClass.SECURITY_GROUP_MISSING)


class ENIConfigEffect(ENIConfigPart, inline=True):
    """The nodes that use an ENIConfig, and the pods that wait because of it."""

    @fact
    def nodes(self) -> "Items[Node]":
        """The nodes whose pod ENIs it places."""
        if self.config.only_node is not None:
            return Items((self.config.only_node,))
        return known(self.config.cluster.part(ENIConfigUses).eni_config_users(self.config.name))

    @fact
    def nodes_in_other_zones(self) -> "Items[Node]":
        """Those that its subnet's zone is not the zone of."""
        return known(self.nodes).where(lambda node: node.part(CustomNetworking).is_in_another_zone)

    @fact
    def zones_without_it(self) -> tuple[str, ...]:
        """The zones of these."""
        return zones_of(known(self.nodes_in_other_zones))

    @fact
    def nodes_on_its_subnet(self) -> "Items[Node]":
        """Those that stand in its subnet themselves."""
        return known(self.nodes).where(lambda node: node.part(CustomNetworking).is_onto_own_subnet)

    @fact
    def pods_in_other_zones(self) -> Items[Pod]:
        """Pods that wait for a new ENI on a node of another zone, by its place or by what EC2 said there."""
        nodes = known(self.nodes)
        elsewhere = (pods_without_new_eni(node) for node in known(self.nodes_in_other_zones))
        return union((*elsewhere, *(_refused_pods(node, EvidenceClass.WRONG_ZONE) for node in nodes)))

    @fact
    def pods_without_eni(self) -> Items[Pod]:
        """Pods that wait for a new ENI on any of its nodes."""
        nodes = known(self.nodes)
        short = (pods_without_new_eni(node) for node in nodes)
        found = union((*short, *(_refused_pods(node, *NOT_MADE) for node in nodes)))
        missing = [part for part in (nodes.missing, found.missing) if part is not None]
        return Items(found.elements, join(missing) if missing else None)

    @fact
    def zone_refusals(self) -> int:
        """How often EC2 refused to attach an ENI to an instance of another zone."""
        return self._refusals(EvidenceClass.WRONG_ZONE)

    @fact
    def subnet_refusals(self) -> int:
        """How often EC2 found no such subnet for an ENI."""
        return self._refusals(EvidenceClass.SUBNET_MISSING)

    @fact
    def group_refusals(self) -> int:
        """How often EC2 found no such security group for an ENI, or one of another VPC."""
        return self._refusals(EvidenceClass.SECURITY_GROUP_MISSING)

    def _refusals(self, name: EvidenceClass) -> int:
        nodes = known(self.nodes)
        found = sum(one.count for node in nodes for one in node.part(NodeHearing).refused(name))
        if not found:
            for node in nodes.all():
                self.config.cluster.part(ObservationIndex).require_hearing(node.name)
        return found


def _refused_pods(node: "Node", *classes: EvidenceClass) -> Items[Pod]:
    """The pods that wait on a node whose daemon was so refused an ENI."""
    if not node.part(NodeHearing).refused(*classes):
        return Items()
    waiting = node.part(NodePool).starved_pods
    return Items((), waiting) if isinstance(waiting, Unknown) else waiting
