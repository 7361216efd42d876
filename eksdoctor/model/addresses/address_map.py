"""The address map of a subnet: what every address is used for, and who holds how many."""

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property

from eksdoctor.model.addresses.eni_owner import Owner
from eksdoctor.snapshot.records import aws

BLOCK = 16  # addresses of a /28


class Use(IntEnum):
    """What an address is used for."""

    FREE = 0
    AWS = 1  # the subnet's first four and its last
    PRIMARY = 2  # an ENI's own address, on a node of this cluster
    POD = 3
    WARM = 4
    COOLING = 5
    PREFIX_USED = 6  # in a prefix, with a pod
    PREFIX_IDLE = 7
    BRANCH = 8
    UNMANAGED = 9
    LEAKED = 10
    CONTROL_PLANE = 11  # of this cluster
    OTHER_CLUSTER = 12
    SERVICE = 13
    EXPLICIT = 14  # nobody's, in a CIDR reservation of that type
    FOR_PREFIXES = 15

    def __str__(self) -> str:
        return IN_WORDS[self]


IN_WORDS = {
    Use.FREE: "free",
    Use.AWS: "reserved by AWS",
    Use.PRIMARY: "the nodes' ENIs' own",
    Use.POD: "with pods",
    Use.WARM: "warm",
    Use.COOLING: "cooling",
    Use.PREFIX_USED: "with pods in prefixes",
    Use.PREFIX_IDLE: "unused in prefixes",
    Use.BRANCH: "of branch ENIs",
    Use.UNMANAGED: "of ENIs that aws-node leaves alone",
    Use.LEAKED: "leaked",
    Use.CONTROL_PLANE: "of the control plane",
    Use.OTHER_CLUSTER: "of other clusters",
    Use.SERVICE: "of others",
    Use.EXPLICIT: "reserved (explicit)",
    Use.FOR_PREFIXES: "reserved (prefix)",
}

OTHERS = (Owner.OTHER_CLUSTER, Owner.SERVICE)
HELD = bytes(0 if use in (Use.FREE, Use.EXPLICIT, Use.FOR_PREFIXES) else 1 for use in range(256))
TAKEN = bytes(0 if use in (Use.FREE, Use.FOR_PREFIXES) else 1 for use in range(256))  # for a new prefix


@dataclass(frozen=True, slots=True)
class Holding:
    """How many addresses somebody holds: `single` of them one by one, the rest in prefixes."""

    name: str
    addresses: int
    single: int = 0
    owner: Owner | None = None
    is_floor: bool = False

    @property
    def is_of_others(self) -> bool:
        """Whether the holder has nothing to do with this cluster, as far as can be seen."""
        return self.owner in OTHERS or self.is_floor

    def __str__(self) -> str:
        return f"{self.name}: {'at least ' if self.is_floor else ''}{self.addresses}"


@dataclass(frozen=True)
class AddressMap:
    """Every address of a subnet, as one byte each, and its holders, largest first.

    `hidden` counts the addresses in use that nothing seen accounts for, at least; they lie somewhere
    among those that look free.
    """

    first: int
    uses: bytes
    holdings: tuple[Holding, ...] = ()
    hidden: int = 0
    leaked: tuple[aws.NetworkInterface, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        """Every use with its number; they add up to the subnet."""
        text = ", ".join(f"{number:,} {use}" for use in Use if (number := self.count(use)))
        return f"{text}; {self.hidden:,} or more of the free are held unseen" if self.hidden else text

    def use_of(self, address: int) -> Use:
        """What one address, as an integer, is used for."""
        return Use(self.uses[address - self.first])

    def count(self, use: Use) -> int:
        """How many addresses are used so."""
        return self.uses.count(use)

    @property
    def counts(self) -> dict[str, int]:
        """Addresses by use; they add up to the subnet."""
        return {use.name.lower(): number for use in Use if (number := self.count(use))}

    @property
    def free(self) -> int:
        """Addresses that look free to anybody: in no reservation."""
        return self.count(Use.FREE)

    @property
    def reserved_explicit(self) -> int:
        """Addresses that nobody holds in reservations from which nothing is taken by itself."""
        return self.count(Use.EXPLICIT)

    @property
    def reserved_for_prefixes(self) -> int:
        """Addresses that nobody holds in reservations from which only prefixes are taken."""
        return self.count(Use.FOR_PREFIXES)

    @property
    def reserved(self) -> int:
        """Addresses that nobody holds in reservations of either type, of which no single address is taken."""
        return self.reserved_explicit + self.reserved_for_prefixes

    @cached_property
    def free_prefixes(self) -> int:
        """Aligned /28s of which a prefix could be made: none taken, none reserved explicitly."""
        return _empty_blocks(self.uses.translate(TAKEN))

    @property
    def withheld_prefixes(self) -> int:
        """Aligned /28s that nobody holds and that an explicit reservation keeps from being prefixes."""
        return _empty_blocks(self.uses.translate(HELD)) - self.free_prefixes

    @cached_property
    def fragmented_prefixes(self) -> int:
        """Aligned /28s of which some addresses are taken, not all."""
        return len(self.uses) // BLOCK - self.free_prefixes - self.full_prefixes

    @cached_property
    def full_prefixes(self) -> int:
        """Aligned /28s of which all sixteen are taken: held, reserved by AWS or reserved explicitly."""
        return _empty_blocks(bytes(1 - taken for taken in self.uses.translate(TAKEN)))

    @property
    def fragmentation_score(self) -> int:
        """ceil((fragmented + full) / (free + fragmented + full) * 100), over aligned /28s."""
        used = self.fragmented_prefixes + self.full_prefixes
        return -(-used * 100 // (used + self.free_prefixes))

    @cached_property
    def idle_prefixes(self) -> int:
        """Prefixes of this cluster's nodes in which no pod has an address."""
        idle = bytes([Use.PREFIX_IDLE]) * BLOCK
        return sum(1 for start in range(0, len(self.uses), BLOCK) if self.uses[start : start + BLOCK] == idle)

    @property
    def others(self) -> tuple[Holding, ...]:
        """Holders that are not this cluster's: other clusters, services, and whoever cannot be seen."""
        return tuple(holding for holding in self.holdings if holding.is_of_others)

    @property
    def of_leaked(self) -> tuple[Holding, ...]:
        """What leaked ENIs hold, when there are any."""
        return tuple(holding for holding in self.holdings if holding.owner == Owner.LEAKED)

    @property
    def held_by_others(self) -> int:
        """Addresses of all of them, at least."""
        return sum(holding.addresses for holding in self.others)

    @property
    def single_of_others(self) -> int:
        """Addresses that visible others hold one by one, so that they split blocks."""
        return sum(holding.single for holding in self.others)

    @property
    def of_other_clusters(self) -> int:
        """Addresses of other clusters' nodes and pods."""
        return self.count(Use.OTHER_CLUSTER)


def _empty_blocks(marks: bytes) -> int:
    """Aligned sixteens without a mark."""
    return sum(1 for start in range(0, len(marks), BLOCK) if not marks.count(1, start, start + BLOCK))
