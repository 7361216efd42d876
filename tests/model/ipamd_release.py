"""What the daemon gives back: single addresses, whole prefixes, whole ENIs.

Formulas of amazon-vpc-cni-k8s v1.23.1, pkg/ipamd/ipamd.go (isDatastorePoolTooHigh, shouldRemoveExtraENIs)
and pkg/ipamd/datastore/data_store.go (getDeletableENI). A pool that is too low gives no address back, and
two releases are at least 30 s apart; an ENI may go in any turn.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from eksdoctor.model.instance_types.limits import PREFIX_SIZE
from eksdoctor.model.warm_pool.pool import Pool, Targets


@dataclass(frozen=True, slots=True)
class HeldENI:
    """An ENI and the pods on each of its addresses or prefixes of the current mode.

    `stays` is True for the primary ENI, a trunk, one with EFA, one under a minute old and one with an
    address that cools.
    """

    pods: tuple[int, ...]
    stays: bool = False

    @property
    def is_idle(self) -> bool:
        """Whether no pod is on it."""
        return not any(self.pods)

    @property
    def free_units(self) -> int:
        """Addresses or prefixes without a pod."""
        return self.pods.count(0)


def released_units(pool: Pool, targets: Targets) -> int:
    """Addresses or prefixes the next release gives back; only wholly free prefixes ever go.

    Without WARM_IP_TARGET and MINIMUM_IP_TARGET single addresses never go back, only whole ENIs.
    """
    if pool.short(targets):
        return 0
    if not pool.prefixes:
        return pool.surplus(targets) if targets.by_address else 0
    packed = pool.available // PREFIX_SIZE
    free = packed if pool.free_prefixes is None else pool.free_prefixes
    if not targets.by_address:
        return max(free - targets.warm_prefix, 0)
    needed = max(_prefixes(pool.assigned + targets.warm_ip), _prefixes(targets.minimum_ip))
    return max(min(free, pool.units - needed), 0)


def removable_enis(pool: Pool, targets: Targets, enis: Sequence[HeldENI]) -> tuple[int, ...]:
    """The indices of the ENIs any one of which the daemon may detach in its next turn."""
    if not _looks_for_one(pool, targets, enis):
        return ()
    return tuple(index for index, eni in enumerate(enis) if _may_go(index, eni, pool, targets, enis))


def _looks_for_one(pool: Pool, targets: Targets, enis: Sequence[HeldENI]) -> bool:
    if targets.by_address:
        return True
    target = targets.warm_prefix if pool.prefixes else targets.warm_eni
    if pool.available >= (target + 1) * pool.slots_per_eni * pool.unit:
        return True
    return pool.prefixes and any(eni.is_idle and not eni.stays for eni in enis)


def _may_go(index: int, eni: HeldENI, pool: Pool, targets: Targets, enis: Sequence[HeldENI]) -> bool:
    """Idle, and what the other ENIs hold is enough for every target that counts here.

    With prefix delegation WARM_PREFIX_TARGET counts even beside WARM_IP_TARGET and MINIMUM_IP_TARGET.
    """
    if eni.stays or not eni.is_idle:
        return False
    others = [other for place, other in enumerate(enis) if place != index]
    held = pool.unit * sum(len(other.pods) for other in others)
    in_use = sum(sum(other.pods) for other in others)
    if held - in_use < _whole(targets.warm_ip, pool) or held < _whole(targets.minimum_ip, pool):
        return False
    free = sum(other.free_units for other in others)
    return not pool.prefixes or free >= targets.warm_prefix


def _whole(target: int, pool: Pool) -> int:
    """A target of addresses in whole units."""
    return -(-target // pool.unit) * pool.unit


def _prefixes(addresses: int) -> int:
    return -(-addresses // PREFIX_SIZE)
