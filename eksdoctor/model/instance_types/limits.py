"""What an instance type can hold: ENIs, addresses per ENI, prefixes, branch ENIs."""

from dataclasses import dataclass

from eksdoctor.model.instance_types import table
from eksdoctor.snapshot.records import aws

PREFIX_SIZE = 16  # a /28


@dataclass(frozen=True, slots=True)
class InstanceLimits:
    """Limits of one type.

    `enis` counts the default network card only: the CNI uses no other without ENABLE_MULTI_NIC.
    `addresses_per_eni` includes the ENI's own primary address. `nitro` says whether prefixes are
    possible (Nitro or bare metal). `vcpus` is the type's default, None where it is not known.
    `branch_enis` is 0 for a type that cannot carry a trunk and None where it is not known: no API
    states it and no formula gives it.
    """

    instance_type: str
    enis: int
    addresses_per_eni: int
    nitro: bool
    vcpus: int | None
    branch_enis: int | None = None

    @property
    def slots_per_eni(self) -> int:
        """Addresses or prefixes an ENI can hold for pods."""
        return self.addresses_per_eni - 1

    @property
    def trunking(self) -> bool | None:
        """Whether the type can carry a trunk ENI; None where it is not known."""
        return None if self.branch_enis is None else self.branch_enis > 0

    @property
    def may_trunk(self) -> bool:
        """Whether the daemon keeps a slot for a trunk ENI: unless the type is known not to carry one."""
        return self.trunking is not False


def limits_of(kind: aws.InstanceType) -> InstanceLimits | None:
    """The limits in a DescribeInstanceTypes answer, None when it does not state them.

    Branch ENIs come from the bundled table: the answer has no field for them.
    """
    network = kind.network_info
    cards = {card.network_card_index: card.maximum_network_interfaces for card in network.network_cards}
    enis = cards.get(network.default_network_card_index, network.maximum_network_interfaces)
    if enis < 1 or network.ipv4_addresses_per_interface < 1:
        return None
    row = table.rows().get(kind.instance_type)
    return InstanceLimits(
        kind.instance_type,
        enis,
        network.ipv4_addresses_per_interface,
        kind.hypervisor == "nitro" or kind.bare_metal,
        kind.v_cpu_info.default_v_cpus or None,
        row.branch_enis if row else None,
    )


def bundled_limits(instance_type: str) -> InstanceLimits | None:
    """The limits in the bundled table; None for a type that it does not know."""
    row = table.rows().get(instance_type)
    return InstanceLimits(*row) if row else None
