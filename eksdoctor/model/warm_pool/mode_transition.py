"""Pods that keep an address of the mode before, after prefix delegation was switched on or off."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network

from eksdoctor.snapshot.records import aws


def of_other_mode(held: Iterable[str], enis: Sequence[aws.NetworkInterface], *, prefixes: bool) -> int:
    """How many of the addresses that pods hold count in the other mode.

    With prefixes these are single addresses, without them addresses within prefixes. The daemon's pool
    counts neither such addresses nor their pods (amazon-vpc-cni-k8s data_store.go, GetIPStats).
    """
    if prefixes:
        single = {
            address.private_ip_address
            for eni in enis
            for address in eni.private_ip_addresses
            if not address.primary
        }
        return sum(1 for address in held if address in single)
    blocks = [found for eni in enis for prefix in eni.ipv4_prefixes if (found := _block(prefix.ipv4_prefix))]
    return sum(1 for address in held if _is_within(address, blocks)) if blocks else 0


def _block(text: str) -> IPv4Network | None:
    try:
        return IPv4Network(text)
    except ValueError:
        return None


def _is_within(text: str, blocks: Iterable[IPv4Network]) -> bool:
    try:
        address = IPv4Address(text)
    except ValueError:
        return False
    return any(address in block for block in blocks)
