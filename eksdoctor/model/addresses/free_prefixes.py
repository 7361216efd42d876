"""Aligned /28 prefixes of a subnet: which are wholly free."""

from collections.abc import Iterable
from ipaddress import IPv4Network

PREFIX_BITS = 4
RESERVED_FIRST = 4  # network, router, DNS, future use
RESERVED_LAST = 1  # broadcast
# https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
RESERVED = RESERVED_FIRST + RESERVED_LAST


def free_prefixes(subnet: IPv4Network, held: Iterable[int], blocked: Iterable[IPv4Network] = ()) -> int:
    """How many aligned /28 of `subnet` hold no address at all.

    `held` are the addresses in use as integers (each address of a prefix in use may be given by its
    first alone, as an integer of that block); `blocked` are ranges that prefixes are not taken from
    (explicit CIDR reservations). AWS's own five addresses count as held. Linear in what is given.
    """
    first, last = int(subnet.network_address), int(subnet.broadcast_address)
    taken = {address >> PREFIX_BITS for address in held if first <= address <= last}
    taken |= {(first + offset) >> PREFIX_BITS for offset in range(RESERVED_FIRST)}
    taken.add(last >> PREFIX_BITS)
    for network in blocked:
        low = max(int(network.network_address), first) >> PREFIX_BITS
        high = min(int(network.broadcast_address), last) >> PREFIX_BITS
        taken.update(range(low, high + 1))
    total = (last >> PREFIX_BITS) - (first >> PREFIX_BITS) + 1
    return total - len(taken)


def usable(subnet: IPv4Network) -> int:
    """Addresses of a subnet that AWS does not keep for itself."""
    return int(subnet.num_addresses) - RESERVED
