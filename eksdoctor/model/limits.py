"""What an instance type can hold: ENIs, addresses per ENI, prefixes."""

from dataclasses import dataclass

from eksdoctor.snapshot.records import aws

PREFIX_SIZE = 16  # a /28
# Types of these families are Nitro and yet cannot carry a trunk ENI.
# https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/pkg/aws/vpc/limits.go
WITHOUT_TRUNK = ("t2.", "t3.", "t3a.", "t4g.", "t1.")


@dataclass(frozen=True, slots=True)
class InstanceLimits:
    """Limits of one type.

    `enis` counts the default network card only: the CNI uses no other without ENABLE_MULTI_NIC.
    `addresses_per_eni` includes the ENI's own primary address. `nitro` says whether prefixes are
    possible (Nitro or bare metal). `vcpus` is the type's default.
    """

    instance_type: str
    enis: int
    addresses_per_eni: int
    nitro: bool
    vcpus: int

    @property
    def slots_per_eni(self) -> int:
        """Addresses or prefixes an ENI can hold for pods."""
        return self.addresses_per_eni - 1

    @property
    def may_trunk(self) -> bool:
        """Whether the daemon keeps a slot for a trunk ENI: unless the type is known not to carry one."""
        return self.nitro and not self.instance_type.startswith(WITHOUT_TRUNK)


def limits_of(kind: aws.InstanceType) -> InstanceLimits | None:
    """The limits in a DescribeInstanceTypes answer; None when it does not state them."""
    network = kind.network_info
    cards = {card.network_card_index: card.maximum_network_interfaces for card in network.network_cards}
    enis = cards.get(network.default_network_card_index, network.maximum_network_interfaces)
    if enis < 1 or network.ipv4_addresses_per_interface < 1:
        return None
    return InstanceLimits(
        kind.instance_type,
        enis,
        network.ipv4_addresses_per_interface,
        kind.hypervisor == "nitro" or kind.bare_metal,
        kind.v_cpu_info.default_v_cpus,
    )
