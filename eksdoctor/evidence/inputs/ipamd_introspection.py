"""`/v1/enis`, ipamd's introspection endpoint, in the formats of all releases."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

import msgspec

from eksdoctor.evidence.inputs.ipamd_state import EniCidr, IpamdAddress, IpamdEni, IpamdEnis
from eksdoctor.evidence.text.timestamps import parse_timestamp

MAX_DOCUMENT_BYTES = 64 << 20
_MAX_ENIS = 1000
_MAX_ADDRESSES = 200_000
_MAX_CARD_DIGITS = 3
_FIRST_YEAR = 2010
"""Go writes year 1 for a time that is not set."""
_TOTALS = re.compile(r'"(TotalIPs|AssignedIPs)"\s{0,64}:\s{0,64}(\d{1,9})')
_WIDTHS = {4: 32, 16: 128}


def parse_enis(document: bytes) -> IpamdEnis | None:
    """The content of `/v1/enis`; None for any other document, such as the list of paths."""
    found = decode_object(document)
    if found is None:
        return _totals_of_cut_off(document)
    cards = _cards(found)
    if not cards:
        return None
    return IpamdEnis(
        _sum(card.get("TotalIPs") for card in cards.values()),
        _sum(card.get("AssignedIPs") for card in cards.values()),
        tuple(_enis_of_cards(cards)),
    )


def decode_object(document: bytes) -> dict[str, Any] | None:
    """The document as a JSON object; None for anything else."""
    try:
        found = msgspec.json.decode(document[:MAX_DOCUMENT_BYTES])
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    return found if isinstance(found, dict) else None


def _totals_of_cut_off(document: bytes) -> IpamdEnis | None:
    text = document[:4096].decode("utf-8", "replace")
    totals = {name: int(number) for name, number in reversed(_TOTALS.findall(text))}
    if not totals:
        return None
    return IpamdEnis(totals.get("TotalIPs"), totals.get("AssignedIPs"), whole=False)


def _cards(found: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """By network card; releases before 1.20 have one card and no number for it."""
    if any(key in found for key in ("ENIs", "ENIIPPools")):
        return {0: dict(found)}
    if found and all(
        key.isdecimal() and len(key) <= _MAX_CARD_DIGITS and isinstance(card, dict)
        for key, card in found.items()
    ):
        return {int(key): card for key, card in found.items()}
    return {}


def _enis_of_cards(cards: Mapping[int, dict[str, Any]]) -> Iterator[IpamdEni]:
    for card, content in cards.items():
        pools = content.get("ENIs") or content.get("ENIIPPools")
        if isinstance(pools, dict):
            for name, entry in list(pools.items())[:_MAX_ENIS]:
                if isinstance(entry, dict):
                    yield _eni(card, name, entry)


def _eni(card: int, name: str, entry: Mapping[str, Any]) -> IpamdEni:
    excluded = entry.get("IsExcludedForPodIPs")
    device = entry.get("DeviceNumber")
    return IpamdEni(
        id=string_or_empty(entry.get("ID")) or string_or_empty(entry.get("Id")) or name,
        card=card,
        device=device if isinstance(device, int) else None,
        is_primary=entry.get("IsPrimary") is True,
        is_trunk=entry.get("IsTrunk") is True,
        is_efa=entry.get("IsEFA") is True,
        excluded=excluded if isinstance(excluded, bool) else None,
        subnet=string_or_empty(entry.get("SubnetID")),
        cidrs=tuple(_cidrs_of_eni(entry)),
    )


def _cidrs_of_eni(entry: Mapping[str, Any]) -> Iterator[EniCidr]:
    for kind in ("AvailableIPv4Cidrs", "IPv6Cidrs"):
        cidrs = entry.get(kind)
        if isinstance(cidrs, dict):
            for cidr, content in list(cidrs.items())[:_MAX_ADDRESSES]:
                if isinstance(content, dict):
                    yield _cidr(cidr, content)
    singles = entry.get("IPv4Addresses")
    if isinstance(singles, dict):
        for address, content in list(singles.items())[:_MAX_ADDRESSES]:
            if isinstance(content, dict):
                yield EniCidr(f"{address}/32", 1, is_prefix=False, addresses=(_address(address, content),))


def _cidr(cidr: str, content: Mapping[str, Any]) -> EniCidr:
    addresses_in_it = content.get("IPAddresses")
    addresses = addresses_in_it.items() if isinstance(addresses_in_it, dict) else ()
    return EniCidr(
        cidr,
        _size(cidr, content.get("Cidr")),
        is_prefix=content.get("IsPrefix") is True,
        addresses=tuple(_address(name, entry) for name, entry in addresses if isinstance(entry, dict)),
    )


def _size(cidr: str, mask: Any) -> int:
    """How many IPs a block holds, by its name or else by its base64 mask; 0 if neither is readable."""
    try:
        return ip_network(cidr, strict=False).num_addresses
    except ValueError:
        pass
    text = string_or_empty(mask.get("Mask")) if isinstance(mask, dict) else ""
    try:
        octets = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return 0
    width = _WIDTHS.get(len(octets), 0)
    ones = int.from_bytes(octets, "big").bit_count()
    return 1 << (width - ones) if width else 0


def _address(name: str, entry: Mapping[str, Any]) -> IpamdAddress:
    """Assigned if it has a network name (since 1.7) or says so itself (before 1.7)."""
    key, metadata = entry.get("IPAMKey"), entry.get("IPAMMetadata")
    assigned = (
        bool(string_or_empty(key.get("networkName")))
        if isinstance(key, dict)
        else entry.get("Assigned") is True
    )
    released = parse_timestamp(
        string_or_empty(entry.get("UnassignedTime")) or string_or_empty(entry.get("UnAssignedTime"))
    )
    return IpamdAddress(
        name,
        assigned,
        pod_of_metadata(metadata),
        None if released is None or released.year < _FIRST_YEAR else released,
    )


def pod_of_metadata(metadata: Any) -> str:
    """`namespace/name` of the pod that holds an IP; empty without one."""
    if not isinstance(metadata, dict) or not string_or_empty(metadata.get("k8sPodName")):
        return ""
    return f"{string_or_empty(metadata.get('k8sPodNamespace'))}/{string_or_empty(metadata.get('k8sPodName'))}"


def _sum(numbers: Iterable[Any]) -> int | None:
    known = [number for number in numbers if isinstance(number, int)]
    return sum(known) if known else None


def string_or_empty(value: Any) -> str:
    """The value if it is a string; else empty."""
    return value if isinstance(value, str) else ""
