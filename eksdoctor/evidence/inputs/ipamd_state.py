"""ENIs, their slots and addresses as the daemon's own book has them."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Address:
    """An address that was handed out at least once."""

    address: str
    assigned: bool
    pod: str = ""
    released: datetime | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A slot of an ENI: one address (`size` 1) or a prefix."""

    cidr: str
    size: int
    is_prefix: bool
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Eni:
    """An ENI as the daemon knows it; what its release does not say is None."""

    id: str
    card: int = 0
    device: int | None = None
    is_primary: bool = False
    is_trunk: bool = False
    is_efa: bool = False
    excluded: bool | None = None
    subnet: str = ""
    blocks: tuple[Block, ...] = ()

    @property
    def slots(self) -> int:
        """How many slots are taken, single addresses and prefixes alike."""
        return len(self.blocks)

    @property
    def prefixes(self) -> int:
        """How many of the slots are prefixes."""
        return sum(block.is_prefix for block in self.blocks)

    @property
    def size(self) -> int:
        """How many addresses the slots hold."""
        return sum(block.size for block in self.blocks)

    @property
    def assigned(self) -> int:
        """How many of them pods have."""
        return sum(address.assigned for block in self.blocks for address in block.addresses)

    def cooling(self, at: datetime, period: timedelta) -> int:
        """How many were released so lately that they may not be given again yet."""
        return sum(
            not address.assigned and address.released is not None and at - address.released < period
            for block in self.blocks
            for address in block.addresses
        )


@dataclass(frozen=True, slots=True)
class Enis:
    """The answer of `/v1/enis`.

    `total` and `assigned` are the daemon's own counts, which take in blocks of either mode and excluded
    ENIs. `whole` is False for a text that was cut off: then only these counts are there.
    """

    total: int | None
    assigned: int | None
    enis: tuple[Eni, ...] = ()
    whole: bool = True
