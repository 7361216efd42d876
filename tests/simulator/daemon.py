"""ipamd's arithmetic: when a node's pool is too low, and what it then asks EC2 for.

IPv4, one network card, as in VPC CNI v1.19: the pool grows on existing interfaces first, then by a
new one; a bulk request that the subnet cannot fill is followed by a request for one.
"""

from datetime import datetime

from tests.simulator.machine import Interface, Machine
from tests.simulator.names import Names
from tests.simulator.network import BLOCK, NO_ADDRESSES, NO_BLOCKS, RefusedError
from tests.simulator.settings import Settings


class Daemon:
    """The daemons of all nodes, which differ in nothing but their node."""

    def __init__(self, settings: Settings, names: Names, cluster: str) -> None:
        self.settings, self.names, self.cluster = settings, names, cluster

    def step(self, machine: Machine, now: datetime) -> bool:
        """One turn of a node's loop; True when the pool has grown."""
        wanted = self.wanted(machine)
        if wanted <= 0:
            return False
        for interface in self.growable(machine):
            room = machine.group.limits.slots - interface.slots_used
            if room > 0 and self._assign(machine, interface, min(room, wanted), now):
                return True
        return self.has_room(machine) and self._attach(machine, min(machine.group.limits.slots, wanted), now)

    def wanted(self, machine: Machine) -> int:
        """Addresses (prefix mode: prefixes) the daemon wants now; 0 when the pool is not too low."""
        if machine.held >= machine.group.max_pods:
            return 0
        available = len(machine.pool)
        if self.settings.counts_addresses:
            short = max(
                (self.settings.warm_ip_target or 0) - available,
                (self.settings.minimum_ip_target or 0) - machine.held,
                0,
            )
            return -(-short // BLOCK) if self.settings.prefix_delegation else short
        if self.settings.prefix_delegation:
            warm = self.settings.warm_prefix_target
            low = available < BLOCK * warm or (not warm and not available)
            return max(1, warm - available // BLOCK) if low else 0
        per_interface = machine.group.limits.slots
        warm = self.settings.warm_eni_target
        low = available < per_interface * warm or (not warm and not available)
        return per_interface if low else 0

    def growable(self, machine: Machine) -> list[Interface]:
        """The interfaces for ordinary pods: never the trunk, under custom networking not the primary."""
        found = [interface for interface in machine.interfaces if interface.kind != "trunk"]
        return found[1:] if self.settings.custom_networking else found

    def has_room(self, machine: Machine) -> bool:
        """Whether the instance has a slot for one more interface; one is kept for a trunk to come."""
        kept = 1 if self.settings.pod_eni and machine.trunk is None else 0
        return len(machine.interfaces) < machine.group.limits.enis - kept

    def _assign(self, machine: Machine, interface: Interface, count: int, now: datetime) -> bool:
        for size in (count, 1):
            try:
                self._claim(machine, interface, size)
            except RefusedError as refusal:
                machine.refused = machine.refused or (now, refusal.code)
            else:
                return True
        return False

    def _attach(self, machine: Machine, count: int, now: datetime) -> bool:
        subnet = machine.pod_subnet
        if not self._fits(machine, count):
            code = NO_BLOCKS if self.settings.prefix_delegation and subnet.free else NO_ADDRESSES
            machine.refused = machine.refused or (now, code)
            return False
        prefixes = subnet.take_blocks(count) if self.settings.prefix_delegation else []
        primary, *others = subnet.take(1 if prefixes else 1 + count)
        interface = Interface(
            id=self.names.aws("eni"),
            subnet=subnet,
            addresses=[primary, *others],
            created=now,
            description=f"aws-K8S-{machine.instance}",
            tags={
                "cluster.k8s.amazonaws.com/name": self.cluster,
                "eks:eni:owner": "amazon-vpc-cni",
                "node.k8s.amazonaws.com/createdAt": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "node.k8s.amazonaws.com/instance_id": machine.instance,
            },
            owner=machine.instance,
            device=len(machine.interfaces),
        )
        machine.interfaces.append(interface)
        machine.add(interface, others, prefixes)
        return True

    def _fits(self, machine: Machine, count: int) -> bool:
        """Whether CreateNetworkInterface with all it asks for succeeds: a primary address, and the rest."""
        subnet = machine.pod_subnet
        if not self.settings.prefix_delegation:
            return subnet.free >= count + 1
        whole = len(subnet.whole_blocks)
        return whole >= count and (subnet.free > whole * BLOCK or whole > count)

    def _claim(self, machine: Machine, interface: Interface, count: int) -> None:
        if self.settings.prefix_delegation:
            machine.add(interface, [], interface.subnet.take_blocks(count))
            return
        taken = interface.subnet.take(count)
        interface.addresses.extend(taken)
        machine.add(interface, taken, [])
