"""A node's ENIs: the subnets they may stand in, which are there, which the daemon manages."""

from functools import cached_property
from typing import TYPE_CHECKING

from eksdoctor.model.custom_networking.eniconfig import DEFAULT_KEY, ENIConfig, ENIConfigName, resolve
from eksdoctor.model.custom_networking.node_placement import CustomNetworking
from eksdoctor.model.facts.fact import Items, fact, known, union
from eksdoctor.model.network.discovery_tag import is_candidate
from eksdoctor.model.nodes.node_record import NodeIdentity
from eksdoctor.snapshot.records import aws

if TYPE_CHECKING:
    from eksdoctor.model.subnets.subnet import Subnet

NO_MANAGE = "node.k8s.amazonaws.com/no_manage"
INSTANCE_ID = "node.k8s.amazonaws.com/instance_id"


class NodeInterfaces(NodeIdentity):
    """The ENIs of a node."""

    @fact
    def eni_config_name(self) -> ENIConfigName:
        """The ENIConfig this node resolves to under custom networking."""
        cni, meta = self.cluster.cni, self._known_record().metadata
        keys = [known(cni.environment).text(f"ENI_CONFIG_{kind}_DEF") for kind in ("ANNOTATION", "LABEL")]
        annotation, label = (key or DEFAULT_KEY for key in keys)
        return resolve(meta.labels, meta.annotations, known(cni.version), annotation, label)

    @fact
    def eni_config(self) -> ENIConfig | None:
        """The ENIConfig of that name; None when it is known not to exist."""
        return self.cluster.eni_config_named(known(self.eni_config_name).name)

    def _discovers(self, own: "Subnet") -> bool:
        return known(self.cluster.cni.subnet_discovery) and known(own.has_discovery_tag_in_zone)

    @fact
    def discovered_subnets(self) -> "tuple[Subnet, ...]":
        """The subnets of its zone that may serve its new ENIs by their tags."""
        cni, own = self.cluster.cni, known(self.subnet)
        name = known(cni.environment).text("CLUSTER_NAME") or ""
        version, zone = known(cni.version), known(own.zone)
        return tuple(
            subnet
            for subnet in self.cluster.subnet_records.all()
            if known(subnet.zone) == zone
            and is_candidate(known(subnet.tags), version, name, is_own=subnet is own)
        )

    @cached_property
    def custom(self) -> CustomNetworking:
        """What custom networking makes of this node."""
        return CustomNetworking(self)

    @fact
    def eni_subnets(self) -> "tuple[Subnet, ...]":
        """The subnets in which this node's ENIs may stand."""
        own = known(self.subnet)
        if known(self.cluster.cni.custom_networking):
            return known(self.custom.subnets)
        if not self._discovers(own):
            return (own,)
        zone = known(own.zone)
        tagged = [
            s for s in self.cluster.subnet_records.all() if known(s.zone) == zone and s.is_tagged_for_pods
        ]
        return tuple({subnet.id: subnet for subnet in (own, *tagged)}.values())

    @fact
    def interfaces(self) -> Items[aws.NetworkInterface]:
        """Every ENI attached to the node."""
        mine = known(self.instance_id)
        return union(subnet.interfaces_of(mine) for subnet in known(self.eni_subnets))

    @fact
    def pool_interfaces(self) -> tuple[aws.NetworkInterface, ...]:
        """The ENIs whose addresses the daemon hands to pods (managed, no trunk, on the first card)."""
        return tuple(
            eni for eni in known(self.interfaces).all() if self._is_managed(eni) and not _is_trunk(eni)
        )

    @fact
    def foreign_enis(self) -> Items[aws.NetworkInterface]:
        """Attached ENIs that take a slot of the first card and that the daemon leaves alone."""
        attached = known(self.interfaces).all()
        return Items(tuple(eni for eni in attached if not self._is_managed(eni) and _card(eni) == 0))

    @fact
    def foreign_interfaces(self) -> int:
        """How many these are."""
        return len(known(self.foreign_enis))

    def _is_managed(self, eni: aws.NetworkInterface) -> bool:
        if _is_trunk(eni):
            return True  # the resource controller's, whatever its tags say
        if eni.attachment is not None and eni.attachment.device_index == 0 and _card(eni) == 0:
            return True  # the primary ENI always is
        if _card(eni) > 0 or eni.interface_type == "efa-only":
            return False
        tags = {tag.key: tag.value for tag in eni.tag_set}
        if tags.get(NO_MANAGE) == "true":
            return False
        if known(self.cluster.cni.manages_untagged_interfaces):
            return True
        return tags.get(INSTANCE_ID) == known(self.instance_id)


def _card(eni: aws.NetworkInterface) -> int:
    return eni.attachment.network_card_index if eni.attachment else 0


def _is_trunk(eni: aws.NetworkInterface) -> bool:
    return eni.interface_type == "trunk"
