"""The daemon's pool arithmetic: what it holds, and what it will ask for next.

Formulas of amazon-vpc-cni-k8s v1.23.1, pkg/ipamd/ipamd.go (isDatastorePoolTooLow, increaseDatastorePool)
and pkg/ipamd/datastore/data_store.go, IPv4, network card 0. All numbers are addresses unless said.
"""

from dataclasses import dataclass

from eksdoctor.model.limits import PREFIX_SIZE


@dataclass(frozen=True, slots=True)
class Targets:
    """The warm targets as the daemon reads them; 0 is unset for all but `warm_eni`."""

    warm_ip: int = 0
    minimum_ip: int = 0
    warm_eni: int = 1
    warm_prefix: int = 0

    @property
    def by_address(self) -> bool:
        """Whether single addresses are counted, instead of whole ENIs or prefixes."""
        return self.warm_ip > 0 or self.minimum_ip > 0


@dataclass(frozen=True, slots=True)
class Pool:
    """The state of one node's pool.

    `total` and `assigned` are of the current mode only; addresses that cool count as available.
    `slots_per_eni` is addresses or prefixes an ENI holds beside its primary address.
    """

    total: int
    assigned: int
    slots_per_eni: int
    prefixes: bool
    max_pods: int

    @property
    def available(self) -> int:
        """Addresses not given to a pod."""
        return self.total - self.assigned

    def short(self, targets: Targets) -> bool:
        """Whether the daemon thinks its pool too low and will ask EC2."""
        if self.total >= self.max_pods:  # since v1.16.3
            return False
        if targets.by_address:
            return self.available < targets.warm_ip or self.total < targets.minimum_ip
        if self.prefixes:
            return self.available < PREFIX_SIZE * targets.warm_prefix or self._empty(targets.warm_prefix)
        return self.available < self.slots_per_eni * targets.warm_eni or self._empty(targets.warm_eni)

    def _empty(self, target: int) -> bool:
        return target == 0 and self.available == 0

    def surplus(self, targets: Targets) -> int:
        """Addresses the daemon gives back when single addresses are counted (secondary mode)."""
        return max(min(self.available - targets.warm_ip, self.total - targets.minimum_ip), 0)


def stop_of_minimum(minimum_ip: int, *, prefixes: bool) -> int:
    """Where a pool stops growing with MINIMUM_IP_TARGET alone: at it, or at the prefix that reaches it."""
    if not prefixes:
        return minimum_ip
    return -(-minimum_ip // PREFIX_SIZE) * PREFIX_SIZE


def claim_of_new_node(targets: Targets, slots_per_eni: int, enis: int, *, prefixes: bool) -> int:
    """Addresses a node takes from its subnet by the time it runs its first pod, primary addresses included.

    `enis` is how many ENIs may serve pods, at least 1.
    """
    if targets.by_address:
        wanted = max(1 + targets.warm_ip, targets.minimum_ip)
        held = stop_of_minimum(wanted, prefixes=prefixes)
        per_eni = slots_per_eni * (PREFIX_SIZE if prefixes else 1)
        return min(held, per_eni * enis) + min(-(-held // per_eni), enis)
    if prefixes:
        blocks = 1 + targets.warm_prefix
        return blocks * PREFIX_SIZE + min(-(-blocks // slots_per_eni), enis)
    attached = min(enis, 1 + targets.warm_eni)
    return attached * (slots_per_eni + 1)
