"""The ENIs and IPs of a node as ipamd records them (its introspection endpoint)."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class IpamdAddress:
    """An IP that ipamd assigned at least once; `pod` is `namespace/name`."""

    address: str
    assigned: bool
    pod: str = ""
    released: datetime | None = None


@dataclass(frozen=True, slots=True)
class EniCidr:
    """One slot of an ENI: a single IP (`size` 1) or a prefix of `size` IPs."""

    cidr: str
    size: int
    is_prefix: bool
    addresses: tuple[IpamdAddress, ...] = ()


@dataclass(frozen=True, slots=True)
class IpamdEni:
    """An ENI as ipamd knows it; None for what its release does not report."""

    id: str
    card: int = 0
    device: int | None = None
    is_primary: bool = False
    is_trunk: bool = False
    is_efa: bool = False
    excluded: bool | None = None
    subnet: str = ""
    cidrs: tuple[EniCidr, ...] = ()

    @property
    def slots(self) -> int:
        """How many slots are used, by single IPs and prefixes."""
        return len(self.cidrs)

    @property
    def prefixes(self) -> int:
        """How many of the slots are prefixes."""
        return sum(cidr.is_prefix for cidr in self.cidrs)

    @property
    def size(self) -> int:
        """How many IPs the slots hold."""
        return sum(cidr.size for cidr in self.cidrs)

    @property
    def assigned(self) -> int:
        """How many of these IPs are assigned to pods."""
        return sum(address.assigned for cidr in self.cidrs for address in cidr.addresses)

    def cooling(self, at: datetime, period: timedelta) -> int:
        """How many were released less than `period` before `at`, so that ipamd does not assign them yet."""
        return sum(
            not address.assigned and address.released is not None and at - address.released < period
            for cidr in self.cidrs
            for address in cidr.addresses
        )


@dataclass(frozen=True, slots=True)
class IpamdEnis:
    """The response of `/v1/enis`.

    `total` and `assigned` are ipamd's own counts; they include both modes and excluded ENIs. `whole` is False
    for a text that was cut off, which has only these counts.
    """

    total: int | None
    assigned: int | None
    enis: tuple[IpamdEni, ...] = ()
    whole: bool = True
