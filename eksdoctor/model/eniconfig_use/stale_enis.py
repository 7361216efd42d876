"""ENIs of a node that its present ENIConfig did not place."""

from eksdoctor.model.custom_networking.node_eniconfig import NodeENIConfig
from eksdoctor.model.custom_networking.node_placement import CustomNetworkingPart
from eksdoctor.model.facts.fact import Items, fact, known
from eksdoctor.model.nodes.node_enis import NodeInterfaces
from eksdoctor.snapshot.records import aws


class StaleENIs(CustomNetworkingPart, inline=True):
    """ENIs that serve pods from outside the ENIConfig's subnet."""

    @fact
    def stale_interfaces(self) -> Items[aws.NetworkInterface]:
        """ENIs that serve pods from outside its ENIConfig's subnet."""
        config = known(self.node.part(NodeENIConfig).eni_config)
        if config is None or not known(config.subnet.exists):
            return Items()  # nothing to compare with
        wanted = config.subnet.id
        enis = known(self.node.part(NodeInterfaces).pool_interfaces)
        return Items(tuple(eni for eni in enis if eni.subnet_id != wanted and _serves_pods(eni)))

    @fact
    def stale_addresses(self) -> int:
        """Pod addresses on them."""
        return sum(
            sum(1 for address in eni.private_ip_addresses if not address.primary)
            + 16 * len(eni.ipv4_prefixes)
            for eni in known(self.stale_interfaces)
        )


def _serves_pods(eni: aws.NetworkInterface) -> bool:
    """A pod ENI does; the primary one only where it got addresses before custom networking came."""
    if eni.attachment is None or eni.attachment.device_index > 0:
        return True
    return bool(eni.ipv4_prefixes) or any(not address.primary for address in eni.private_ip_addresses)
