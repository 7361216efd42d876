"""What a node can serve: ENIs and slots that type, settings and other ENIs leave for pods."""

from eksdoctor.model.entities.node import NodePart
from eksdoctor.model.entities.node_instance import NodeInstance
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import fact, known
from eksdoctor.model.instance_types.limits import PREFIX_SIZE
from eksdoctor.model.nodes.node_enis import NodeInterfaces, _card, _is_trunk
from eksdoctor.model.warm_pool.growth import enis_left, keeps_trunk_slot
from eksdoctor.snapshot.records import aws


class NodeCapacity(NodePart, inline=True):
    """The capacity of a node, in ENIs, slots and IPs."""

    @fact
    def eni_limit(self) -> int:
        """ENIs of the first card that the daemon may have: the type's, lowered by MAX_ENI."""
        most = known(self.node.cluster.part(CNI).max_eni)
        enis = known(self.node.part(NodeInstance).limits).enis
        return min(enis, most) if most > 0 else enis

    @fact
    def trunk_slots(self) -> int:
        """ENI slots kept for a trunk: 1 with security groups for pods; before v1.20.4 on every type."""
        cni = self.node.cluster.part(CNI)
        if not known(cni.security_groups_for_pods):
            return 0
        return (
            1
            if keeps_trunk_slot(
                known(cni.version), may_trunk=known(self.node.part(NodeInstance).limits).may_trunk
            )
            else 0
        )

    @fact
    def keeps_trunk_slot_in_vain(self) -> bool:
        """Whether an ENI slot stays empty for a trunk that this type cannot carry (before v1.20.4)."""
        if (
            not known(self.node.cluster.part(CNI).security_groups_for_pods)
            or known(self.node.part(NodeInstance).limits).may_trunk
        ):
            return False
        return known(self.trunk_slots) > 0

    @fact
    def enis_by_type(self) -> int:
        """ENIs that type and settings leave for ordinary pods, whatever is attached."""
        primary = 1 if known(self.node.cluster.part(CNI).custom_networking) else 0
        return max(known(self.eni_limit) - primary - known(self.trunk_slots), 0)

    @fact
    def usable_enis(self) -> int:
        """ENIs that can serve ordinary pods here: less those that somebody else attached."""
        return max(known(self.enis_by_type) - known(self.node.part(NodeInterfaces).foreign_interfaces), 0)

    @fact
    def addresses_per_eni(self) -> int:
        """Pod addresses of one full ENI: its slots, times 16 with prefixes."""
        return known(self.node.part(NodeInstance).limits).slots_per_eni * (
            PREFIX_SIZE if known(self.node.part(NodeInstance).uses_prefixes) else 1
        )

    @fact
    def type_capacity(self) -> int:
        """Pod addresses that type and settings allow at most."""
        return known(self.enis_by_type) * known(self.addresses_per_eni)

    @fact
    def ip_capacity(self) -> int:
        """Pod addresses the CNI can serve here at most, with the ENIs as they are attached."""
        return known(self.usable_enis) * known(self.addresses_per_eni)

    @fact
    def eni_slots_left(self) -> int:
        """ENIs that the daemon could still attach."""
        attached = [eni for eni in known(self.node.part(NodeInterfaces).interfaces).all() if _card(eni) == 0]
        mine = [eni for eni in attached if self.node.part(NodeInterfaces).is_managed(eni)]
        waits_for_trunk = not any(_is_trunk(eni) for eni in mine)
        kept = known(self.trunk_slots) if waits_for_trunk else 0
        return enis_left(known(self.eni_limit), len(mine), len(attached) - len(mine), kept=kept)

    @fact
    def slots_by_eni(self) -> tuple[tuple[str, int], ...]:
        """Subnet and empty slots of each ENI that may take more; custom networking skips the primary."""
        most = known(self.node.part(NodeInstance).limits).slots_per_eni
        enis = known(self.node.part(NodeInterfaces).pool_interfaces)
        if known(self.node.cluster.part(CNI).custom_networking):
            enis = tuple(eni for eni in enis if eni.attachment is None or eni.attachment.device_index > 0)
        return tuple((eni.subnet_id, max(most - _slots_used(eni), 0)) for eni in enis)

    @fact
    def free_slots(self) -> int:
        """Empty address or prefix slots on the attached ENIs; both kinds fill a slot."""
        return sum(slots for _, slots in known(self.slots_by_eni))


def _slots_used(eni: aws.NetworkInterface) -> int:
    return sum(1 for address in eni.private_ip_addresses if not address.primary) + len(eni.ipv4_prefixes)
