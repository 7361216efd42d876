"""The daemon's pool arithmetic: what a node holds, when that is too little, and what a node costs its subnet.

Formulas of amazon-vpc-cni-k8s v1.23.1, pkg/ipamd/ipamd.go (isDatastorePoolTooLow, datastoreTargetState)
and pkg/ipamd/datastore/data_store.go, IPv4, network card 0. All numbers are addresses unless said; a unit
is what the daemon asks EC2 for: one address, or with prefix delegation a /28 of 16. What is asked next is
in `growth`, what is given back in `release`.
"""

from dataclasses import dataclass

from eksdoctor.model.facts.version import Version
from eksdoctor.model.instance_types.limits import PREFIX_SIZE

STOPS_AT_MAX_PODS = Version(1, 16, 3)  # from here on a pool of max-pods addresses is never too low


@dataclass(frozen=True, slots=True)
class Targets:
    """The warm targets as the daemon reads them; 0 is unset for all but `warm_eni`.

    The defaults are the code's: what a DaemonSet without the variables goes by.
    """

    warm_ip: int = 0
    minimum_ip: int = 0
    warm_eni: int = 1
    warm_prefix: int = 0

    @property
    def by_address(self) -> bool:
        """Whether single addresses are counted, instead of whole ENIs or prefixes."""
        return self.warm_ip > 0 or self.minimum_ip > 0


# What the manifest sets since v1.9, so that it is on every cluster and nobody's decision.
MANIFEST_TARGETS = Targets(warm_eni=1, warm_prefix=1)


@dataclass(frozen=True, slots=True)
class Pool:
    """The state of one node's pool.

    `total` and `assigned` are of the current mode only, ENIs excluded from pods left out; addresses that
    cool count as available. `slots_per_eni` is addresses or prefixes an ENI holds beside its primary
    address. `stops_at_max_pods` is False for releases before v1.16.3. `free_prefixes` are prefixes without
    any pod; None when which prefix a pod's address is of is not known.
    """

    total: int
    assigned: int
    slots_per_eni: int
    prefixes: bool
    max_pods: int
    stops_at_max_pods: bool = True
    free_prefixes: int | None = None

    @property
    def available(self) -> int:
        """Addresses not given to a pod."""
        return self.total - self.assigned

    @property
    def unit(self) -> int:
        """Addresses of one unit."""
        return PREFIX_SIZE if self.prefixes else 1

    @property
    def units(self) -> int:
        """Addresses or prefixes in the pool."""
        return self.total // self.unit

    @property
    def is_at_max_pods(self) -> bool:
        """Whether the pool has grown to max-pods, where the daemon asks for no more whatever is in use."""
        return self.stops_at_max_pods and self.total >= self.max_pods

    def missing(self, targets: Targets) -> int:
        """Addresses short of WARM_IP_TARGET and MINIMUM_IP_TARGET, where these decide."""
        return max(targets.warm_ip - self.available, targets.minimum_ip - self.total, 0)

    def short(self, targets: Targets) -> bool:
        """Whether the daemon thinks its pool too low and will ask EC2."""
        if self.is_at_max_pods:
            return False
        if targets.by_address:
            return self.missing(targets) > 0
        if self.prefixes:
            return self._below(targets.warm_prefix, PREFIX_SIZE)
        return self._below(targets.warm_eni, self.slots_per_eni)

    def _below(self, target: int, size: int) -> bool:
        """Fewer available than `target` whole ENIs or prefixes; with a target of 0, none at all."""
        return self.available < size * target or (target == 0 and self.available == 0)

    def surplus(self, targets: Targets) -> int:
        """Addresses the daemon gives back when single addresses are counted (secondary mode)."""
        return max(min(self.available - targets.warm_ip, self.total - targets.minimum_ip), 0)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a node's type and settings leave its daemon.

    `enis` may serve pods. `pods_on_primary` is False with custom networking, where the primary ENI serves
    none and stands in another subnet. `max_pods` of None is no stop: a release before v1.16.3, or not known.
    """

    enis: int
    slots_per_eni: int
    prefixes: bool
    max_pods: int | None = None
    pods_on_primary: bool = True

    @property
    def unit(self) -> int:
        """Addresses of one unit."""
        return PREFIX_SIZE if self.prefixes else 1


@dataclass(frozen=True, slots=True)
class Claim:
    """What a node at rest takes of its pods' subnet: the pool, and the primary addresses of its ENIs."""

    pool: int
    enis: int

    @property
    def addresses(self) -> int:
        """All of it."""
        return self.pool + self.enis

    def idle(self, pods: int) -> int:
        """Addresses of the pool that no pod uses."""
        return max(self.pool - pods, 0)


def claim_at(targets: Targets, shape: Shape, pods: int) -> Claim:
    """What a node holds once its pool is at rest, when `pods` came one after another and none has gone.

    Exact, but for WARM_PREFIX_TARGET of 2 and more: it is the least then. A pod's address is taken from any
    prefix, and where pods are spread the last growth may bring up to WARM_PREFIX_TARGET - 1 prefixes more.
    Without any target (WARM_ENI_TARGET 0; WARM_PREFIX_TARGET 0, which aws-node refuses) the ENI or prefix
    that is added when pods just fill the pool goes again and comes back: counted as there.
    """
    first, wanted = _wanted_units(targets, shape, 0), _wanted_units(targets, shape, pods)
    if shape.max_pods is not None:
        step = 1 if targets.by_address or shape.prefixes else shape.slots_per_eni
        # Growth stops when the pool has reached max-pods; the start fills whole ENIs before it is asked.
        wanted = max(first, min(wanted, _up(-(-shape.max_pods // shape.unit), step)))
        wanted = min(wanted, _up(-(-shape.max_pods // shape.unit), shape.slots_per_eni))
    held = min(wanted, shape.enis * shape.slots_per_eni)
    attached = -(-held // shape.slots_per_eni)
    return Claim(held * shape.unit, max(attached, 1) if shape.pods_on_primary else attached)


def _wanted_units(targets: Targets, shape: Shape, pods: int) -> int:
    """Units that the targets ask for with so many pods, without limits."""
    if targets.by_address:
        # WARM_IP_TARGET 0 asks for nothing beyond the minimum, however many pods there are.
        running = pods + targets.warm_ip if targets.warm_ip else 0
        return -(-max(running, targets.minimum_ip) // shape.unit)
    if shape.prefixes:
        return _wanted_blocks(targets.warm_prefix, PREFIX_SIZE, pods)
    return _wanted_blocks(targets.warm_eni, shape.slots_per_eni, pods) * shape.slots_per_eni


def _wanted_blocks(target: int, size: int, pods: int) -> int:
    """Whole ENIs or prefixes: what pods fill and the warm ones; a target of 0 adds one when none is left."""
    return -(-pods // size) + target if target else pods // size + 1


def _up(number: int, step: int) -> int:
    return -(-number // step) * step


def stop_of_minimum(minimum_ip: int, *, prefixes: bool) -> int:
    """Where a pool stops growing with MINIMUM_IP_TARGET alone: at it, or at the prefix that reaches it."""
    if not prefixes:
        return minimum_ip
    return _up(minimum_ip, PREFIX_SIZE)


def claim_of_new_node(targets: Targets, slots_per_eni: int, enis: int, *, prefixes: bool) -> int:
    """Addresses a node takes from its subnet by the time it runs its first pod, primary addresses included.

    `enis` is how many ENIs may serve pods, at least 1.
    """
    return claim_at(targets, Shape(enis, slots_per_eni, prefixes), 1).addresses
