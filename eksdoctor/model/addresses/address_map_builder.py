"""The survey of a subnet: its address map, drawn from the ENIs, reservations and pods that are seen."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Network

from eksdoctor.model.addresses.address_map import BLOCK, AddressMap, Holding, Use
from eksdoctor.model.addresses.eni_owner import LEAKED, Estate, Holder, Owner
from eksdoctor.model.addresses.free_prefixes import RESERVED_FIRST, RESERVED_LAST
from eksdoctor.snapshot.records import aws

LARGEST, SMALLEST = 16, 28  # the sizes that EC2 allows a subnet, in bits of its prefix
LAST_PARTS = {str(number): number for number in range(256)}
EXPLICIT, PREFIX = "explicit", "prefix"
# The free count and the list of ENIs are some seconds apart: less than a prefix may be a pool's breath.
LEAST_HIDDEN = BLOCK

SINGLE = {
    Owner.NODE: Use.WARM,
    Owner.UNMANAGED: Use.UNMANAGED,
    Owner.BRANCH: Use.BRANCH,
    Owner.LEAKED: Use.LEAKED,
    Owner.CONTROL_PLANE: Use.CONTROL_PLANE,
    Owner.OTHER_CLUSTER: Use.OTHER_CLUSTER,
    Owner.SERVICE: Use.SERVICE,
}
WITH_POD = {Use.WARM: Use.POD, Use.PREFIX_IDLE: Use.PREFIX_USED}
COOLED = {Use.WARM: Use.COOLING, Use.PREFIX_IDLE: Use.COOLING}
RESERVED = {EXPLICIT: Use.EXPLICIT, PREFIX: Use.FOR_PREFIXES}


def survey(  # noqa: PLR0913 (one for each thing that is asked)
    network: IPv4Network,
    interfaces: Iterable[aws.NetworkInterface],
    reservations: Iterable[aws.CidrReservation],
    estate: Estate,
    *,
    pods: Iterable[str] = (),
    cooling: Iterable[str] = (),
    available: int | None = None,
) -> AddressMap:
    """The map of a subnet of /16 to /28, linear in its addresses.

    An address that two ENIs claim is the first one's; addresses outside the subnet count nowhere.
    `available` is AvailableIpAddressCount. Whether EC2 counts reserved addresses as available is not
    documented, so `hidden` takes them for not available, which keeps it a floor.
    """
    plan = _Plan(network)
    leaked = tuple(eni for eni in interfaces if plan.enter(eni, estate.holder_of(eni)) == LEAKED)
    plan.turn(cooling, COOLED)
    plan.turn(pods, WITH_POD)
    for reservation in reservations:
        plan.reserve(reservation)
    hidden = 0 if available is None else max(plan.uses.count(Use.FREE) - available, 0)
    return AddressMap(plan.first, bytes(plan.uses), plan.holdings(hidden), hidden, leaked)


class _Plan:
    """A map in the making."""

    def __init__(self, network: IPv4Network) -> None:
        if not LARGEST <= network.prefixlen <= SMALLEST:
            raise ValueError(f"{network} is no subnet's range")
        self.first = int(network.network_address)
        self.uses = bytearray(network.num_addresses)
        self.uses[:RESERVED_FIRST] = bytes([Use.AWS]) * RESERVED_FIRST
        self.uses[-RESERVED_LAST:] = bytes([Use.AWS]) * RESERVED_LAST
        # "10.0.3" → the offset of 10.0.3.0, below 0 where the subnet begins in the middle of a /24
        starts = range(self.first & ~0xFF, self.first + len(self.uses), 0x100)
        self.heads = {f"{s >> 24}.{s >> 16 & 255}.{s >> 8 & 255}": s - self.first for s in starts}
        self.counted: dict[Holder, list[int]] = {}

    def offset(self, text: str) -> int:
        """Where an address lies in the subnet; -1 for one outside, or for no address at all."""
        head, _, tail = text.rpartition(".")
        start, last = self.heads.get(head), LAST_PARTS.get(tail)
        if start is None or last is None:
            return -1
        offset = start + last
        return offset if 0 <= offset < len(self.uses) else -1

    def enter(self, eni: aws.NetworkInterface, holder: Holder) -> Holder:
        """Every address and prefix of an ENI that is still free; its holder again."""
        use = SINGLE[holder.owner]
        own = Use.PRIMARY if use == Use.WARM else use
        within = Use.PREFIX_IDLE if use == Use.WARM else use
        single = blocks = 0
        for address in eni.private_ip_addresses:
            offset = self.offset(address.private_ip_address)
            if offset >= 0 and not self.uses[offset]:
                self.uses[offset] = own if address.primary else use
                single += 1
        for prefix in eni.ipv4_prefixes:
            text, _, bits = prefix.ipv4_prefix.partition("/")
            offset = self.offset(text)
            if offset >= 0 and bits == "28" and offset % BLOCK == 0:
                blocks += self._fill(offset, offset + BLOCK, within)
        counted = self.counted.setdefault(holder, [0, 0])
        counted[0] += single + blocks
        counted[1] += single
        return holder

    def turn(self, addresses: Iterable[str], uses: Mapping[Use, Use]) -> None:
        """The idle addresses of this cluster's pools that turn out to be used otherwise."""
        for text in addresses:
            offset = self.offset(text)
            if offset >= 0:
                now = self.uses[offset]
                self.uses[offset] = uses.get(Use(now), now)

    def reserve(self, reservation: aws.CidrReservation) -> None:
        """What nobody holds of a reserved range."""
        use = RESERVED.get(reservation.reservation_type)
        if use is None or ":" in reservation.cidr:
            return
        try:
            network = IPv4Network(reservation.cidr)
        except ValueError:
            return
        start = int(network.network_address) - self.first
        self._fill(max(start, 0), min(start + network.num_addresses, len(self.uses)), use)

    def _fill(self, start: int, end: int, use: Use) -> int:
        if start >= end:
            return 0
        part = self.uses[start:end]
        free = part.count(Use.FREE)
        self.uses[start:end] = part.translate(bytes([use]) + bytes(range(1, 256)))
        return free

    def holdings(self, hidden: int) -> tuple[Holding, ...]:
        """All holders, largest first."""
        found = [
            Holding(holder.name, addresses, single, holder.owner)
            for holder, (addresses, single) in self.counted.items()
            if addresses
        ]
        if hidden >= LEAST_HIDDEN:
            found.append(Holding("holders that this account cannot see", hidden, is_floor=True))
        return tuple(sorted(found, key=lambda holding: (-holding.addresses, holding.name)))
