"""What the daemon asks EC2 for next: how much, on which ENI, and after which refusal it waits.

Formulas of amazon-vpc-cni-k8s v1.23.1, pkg/ipamd/ipamd.go (increaseDatastorePool, tryAssignCidrs,
hasRoomForEni).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from eksdoctor.model.facts.version import Version
from eksdoctor.model.instance_types.limits import PREFIX_SIZE
from eksdoctor.model.warm_pool.pool import Pool, Targets

BACK_OFF = timedelta(seconds=120)
TRUNK_BY_TYPE = Version(1, 20, 4)  # before it a slot was kept for a trunk on every type
NO_ADDRESSES = "InsufficientFreeAddressesInSubnet"
NO_BLOCKS = "InsufficientCidrBlocks"
EXHAUSTION_SINCE = {NO_BLOCKS: Version(1, 9, 1), NO_ADDRESSES: Version(1, 10, 2)}
DISCOVERY_GOES_ON = Version(1, 18, 3)  # with subnet discovery a refusal on an ENI leads to the next ENI


class Place(StrEnum):
    """Where a growth lands."""

    ATTACHED_ENI = "attached-eni"
    NEW_ENI = "new-eni"


@dataclass(frozen=True, slots=True)
class Growth:
    """One request: `units` addresses or prefixes in the first try."""

    place: Place
    units: int
    unit: int

    @property
    def addresses(self) -> int:
        """Addresses the first try takes of the subnet, with the primary address of a new ENI."""
        return self.units * self.unit + (1 if self.place == Place.NEW_ENI else 0)

    @property
    def least(self) -> int:
        """Addresses with which the daemon gets on.

        On an attached ENI a refused batch is tried again with one unit. A new ENI is created with all it
        asks for, or not at all.
        """
        return self.addresses if self.place == Place.NEW_ENI else self.unit


def wanted_units(pool: Pool, targets: Targets) -> int:
    """Addresses or prefixes that a pool which is too low asks for, before an ENI's limit cuts it; else 0.

    Without knowing which prefixes are free, as few as pods packed tightly would need.
    """
    if not pool.short(targets):
        return 0
    if targets.by_address:
        return -(-pool.missing(targets) // pool.unit)
    if not pool.prefixes:
        return pool.slots_per_eni
    packed = pool.available // PREFIX_SIZE
    free = packed if pool.free_prefixes is None else pool.free_prefixes
    return max(1, targets.warm_prefix - free)


def growth(pool: Pool, targets: Targets, free_slots: Sequence[int], enis_left: int) -> Growth | None:
    """The next request; None when the pool is not too low or has nowhere to grow.

    `free_slots` are the empty slots of each attached ENI that may take more. Attached ENIs come first, in
    no fixed order: the request is for the one with most room. One turn fills one ENI.
    """
    wanted = wanted_units(pool, targets)
    room = max(free_slots, default=0)
    if not wanted:
        return None
    if room > 0:
        return Growth(Place.ATTACHED_ENI, min(wanted, room), pool.unit)
    if enis_left > 0:
        return Growth(Place.NEW_ENI, min(wanted, pool.slots_per_eni), pool.unit)
    return None


def keeps_trunk_slot(version: Version, *, may_trunk: bool) -> bool:
    """Whether ENABLE_POD_ENI makes a node keep an ENI slot for a trunk that is not there yet."""
    return may_trunk or version < TRUNK_BY_TYPE


def enis_left(limit: int, attached: int, foreign: int, *, kept: int) -> int:
    """ENIs the daemon may still attach.

    `limit` is the type's on the first card, lowered by MAX_ENI. `attached` counts every ENI the daemon
    knows, the primary one and a trunk with them; `foreign` those it leaves alone; `kept` is 1 while a slot
    waits for a trunk.
    """
    return max(limit - foreign - kept - attached, 0)


def backs_off(version: Version, code: str, place: Place, *, subnet_discovery: bool) -> bool:
    """Whether the daemon rests for 120 s after this refusal, and then neither asks nor logs an error.

    Without it the next try comes 5 s later: with subnet discovery (on by default since v1.18) a node whose
    ENIs have room asks twice per ENI every 5 s as long as the subnet is dry.
    """
    since = EXHAUSTION_SINCE.get(code)
    if since is None or version < since:
        return False
    if place == Place.NEW_ENI:
        return True
    return not subnet_discovery or version < DISCOVERY_GOES_ON
