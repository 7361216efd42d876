"""Subnets as EC2 keeps them: which addresses are free, and how a request for more is refused."""

from ipaddress import IPv4Address, IPv4Network
from random import Random

RESERVED_LOW = 4  # network address, router, DNS, future use
RESERVED = RESERVED_LOW + 1  # and the broadcast address
BLOCK = 16  # a prefix is an aligned /28

NO_ADDRESSES = "InsufficientFreeAddressesInSubnet"
NO_BLOCKS = "InsufficientCidrBlocks"


class RefusedError(Exception):
    """EC2 said no; `code` is the error class it names."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Subnet:
    """One subnet and its free addresses, held as offsets from the network address."""

    def __init__(self, subnet_id: str, name: str, cidr: str, zone: tuple[str, str], random: Random) -> None:
        self.id, self.name = subnet_id, name
        self.zone, self.zone_id = zone
        self.cidr = IPv4Network(cidr)
        self.tags: dict[str, str] = {}
        self.reservations: list[tuple[str, str, str]] = []  # id, cidr, type
        self._base = int(self.cidr.network_address)
        self._random = random
        self._free = list(range(RESERVED_LOW, self.size - 1))
        self._place = {offset: place for place, offset in enumerate(self._free)}
        self._in_block = [0] * (self.size // BLOCK)
        for offset in self._free:
            self._in_block[offset // BLOCK] += 1

    @property
    def size(self) -> int:
        """All addresses, the reserved ones included."""
        return self.cidr.num_addresses

    @property
    def free(self) -> int:
        """What DescribeSubnets shows as AvailableIpAddressCount."""
        return len(self._free)

    @property
    def whole_blocks(self) -> list[int]:
        """The offsets of the aligned /28s of which every address is free."""
        return [block * BLOCK for block, free in enumerate(self._in_block) if free == BLOCK]

    def text(self, offset: int) -> str:
        """The address at an offset."""
        return str(IPv4Address(self._base + offset))

    def take(self, count: int) -> list[int]:
        """`count` addresses anywhere in the subnet, all or none."""
        if count > len(self._free):
            raise RefusedError(NO_ADDRESSES)
        return [self.take_at(self._free[self._random.randrange(len(self._free))]) for _ in range(count)]

    def take_at(self, offset: int) -> int:
        """This very address."""
        place = self._place.pop(offset)
        last = self._free.pop()
        if last != offset:
            self._free[place] = last
            self._place[last] = place
        self._in_block[offset // BLOCK] -= 1
        return offset

    def take_blocks(self, count: int) -> list[int]:
        """`count` whole aligned /28s, all or none."""
        whole = self.whole_blocks
        if count > len(whole):
            raise RefusedError(NO_BLOCKS)
        taken = self._random.sample(whole, count)
        for start in taken:
            for offset in range(start, start + BLOCK):
                self.take_at(offset)
        return taken
