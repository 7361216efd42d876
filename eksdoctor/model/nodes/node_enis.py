"""A node's ENIs: the subnets they may stand in, which are there, which the daemon manages."""

from eksdoctor.model.aws_node_settings.discovery_tag import is_candidate
from eksdoctor.model.custom_networking.node_placement import CustomNetworking
from eksdoctor.model.entities.node import NodePart
from eksdoctor.model.entities.node_instance import NodeInstance
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.entities.subnets import DiscoveryInZone, Subnets
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import Items, fact, known, union
from eksdoctor.snapshot.records import aws

NO_MANAGE = "node.k8s.amazonaws.com/no_manage"
INSTANCE_ID = "node.k8s.amazonaws.com/instance_id"


class NodeInterfaces(NodePart, inline=True):
    """The ENIs of a node."""

    def discovers(self, own: "Subnet") -> bool:
        """Whether the daemon chooses subnets by discovery tags on this node, whose own subnet is `own`."""
        return known(self.node.cluster.part(CNI).subnet_discovery) and known(
            own.part(DiscoveryInZone).has_discovery_tag_in_zone
        )

    @fact
    def discovered_subnets(self) -> "tuple[Subnet, ...]":
        """The subnets of its zone that may serve its new ENIs by their tags."""
        cni, own = self.node.cluster.part(CNI), known(self.node.part(NodeInstance).subnet)
        name = known(cni.environment).text("CLUSTER_NAME") or ""
        version, zone = known(cni.version), known(own.zone)
        return tuple(
            subnet
            for subnet in self.node.cluster.part(Subnets).subnet_records.all()
            if known(subnet.zone) == zone
            and is_candidate(known(subnet.tags), version, name, is_own=subnet is own)
        )

    @fact
    def eni_subnets(self) -> "tuple[Subnet, ...]":
        """The subnets in which this node's ENIs may stand."""
        own = known(self.node.part(NodeInstance).subnet)
        if known(self.node.cluster.part(CNI).custom_networking):
            return known(self.node.part(CustomNetworking).subnets)
        if not self.discovers(own):
            return (own,)
        zone = known(own.zone)
        tagged = [
            s
            for s in self.node.cluster.part(Subnets).subnet_records.all()
            if known(s.zone) == zone and s.is_tagged_for_pods
        ]
        return tuple({subnet.id: subnet for subnet in (own, *tagged)}.values())

    @fact
    def interfaces(self) -> Items[aws.NetworkInterface]:
        """Every ENI attached to the node."""
        mine = known(self.node.instance_id)
        return union(subnet.interfaces_of(mine) for subnet in known(self.eni_subnets))

    @fact
    def pool_interfaces(self) -> tuple[aws.NetworkInterface, ...]:
        """The ENIs whose addresses the daemon hands to pods (managed, no trunk, on the first card)."""
        return tuple(
            eni for eni in known(self.interfaces).all() if self.is_managed(eni) and not _is_trunk(eni)
        )

    @fact
    def foreign_enis(self) -> Items[aws.NetworkInterface]:
        """Attached ENIs that take a slot of the first card and that the daemon leaves alone."""
        attached = known(self.interfaces).all()
        return Items(tuple(eni for eni in attached if not self.is_managed(eni) and _card(eni) == 0))

    @fact
    def foreign_interfaces(self) -> int:
        """How many these are."""
        return len(known(self.foreign_enis))

    def is_managed(self, eni: aws.NetworkInterface) -> bool:
        """Whether ipamd counts the ENI as its own (trunk ENIs included)."""
        if _is_trunk(eni):
            return True  # the resource controller's, whatever its tags say
        if eni.attachment is not None and eni.attachment.device_index == 0 and _card(eni) == 0:
            return True  # the primary ENI always is
        if _card(eni) > 0 or eni.interface_type == "efa-only":
            return False
        tags = {tag.key: tag.value for tag in eni.tag_set}
        if tags.get(NO_MANAGE) == "true":
            return False
        if known(self.node.cluster.part(CNI).manages_untagged_interfaces):
            return True
        return tags.get(INSTANCE_ID) == known(self.node.instance_id)


def _card(eni: aws.NetworkInterface) -> int:
    return eni.attachment.network_card_index if eni.attachment else 0


def _is_trunk(eni: aws.NetworkInterface) -> bool:
    return eni.interface_type == "trunk"
