"""`/v1/enis`, what the daemon says it has, in the shapes of all releases."""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

import msgspec

from eksdoctor.evidence.inputs.ipamd_state import Address, Block, Eni, Enis
from eksdoctor.evidence.text.timestamps import moment

MOST_BYTES = 64 << 20
_MOST_ENIS = 1000
_MOST_ADDRESSES = 200_000
_MOST_DIGITS = 3
_FIRST_YEAR = 2010
"""Go writes year 1 for never."""
_TOTALS = re.compile(r'"(TotalIPs|AssignedIPs)"\s{0,64}:\s{0,64}(\d{1,9})')
_WIDTHS = {4: 32, 16: 128}


def enis(document: bytes) -> Enis | None:
    """`/v1/enis`; None for another document, such as the list of commands that an unknown path answers."""
    found = decoded(document)
    if found is None:
        return _cut_off(document)
    cards = _cards(found)
    if not cards:
        return None
    return Enis(
        _sum(card.get("TotalIPs") for card in cards.values()),
        _sum(card.get("AssignedIPs") for card in cards.values()),
        tuple(_enis(cards)),
    )


def decoded(document: bytes) -> dict[str, Any] | None:
    """The document, if it is an object in JSON."""
    try:
        found = msgspec.json.decode(document[:MOST_BYTES])
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None
    return found if isinstance(found, dict) else None


def _cut_off(document: bytes) -> Enis | None:
    text = document[:4096].decode("utf-8", "replace")
    totals = {name: int(number) for name, number in reversed(_TOTALS.findall(text))}
    if not totals:
        return None
    return Enis(totals.get("TotalIPs"), totals.get("AssignedIPs"), whole=False)


def _cards(found: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """By network card; before release 1.20 there is one and the document is it."""
    if any(key in found for key in ("ENIs", "ENIIPPools")):
        return {0: dict(found)}
    if found and all(
        key.isdecimal() and len(key) <= _MOST_DIGITS and isinstance(card, dict) for key, card in found.items()
    ):
        return {int(key): card for key, card in found.items()}
    return {}


def _enis(cards: Mapping[int, dict[str, Any]]) -> Iterator[Eni]:
    for card, content in cards.items():
        pools = content.get("ENIs") or content.get("ENIIPPools")
        if isinstance(pools, dict):
            for name, entry in list(pools.items())[:_MOST_ENIS]:
                if isinstance(entry, dict):
                    yield _eni(card, name, entry)


def _eni(card: int, name: str, entry: Mapping[str, Any]) -> Eni:
    excluded = entry.get("IsExcludedForPodIPs")
    device = entry.get("DeviceNumber")
    return Eni(
        id=text_of(entry.get("ID")) or text_of(entry.get("Id")) or name,
        card=card,
        device=device if isinstance(device, int) else None,
        is_primary=entry.get("IsPrimary") is True,
        is_trunk=entry.get("IsTrunk") is True,
        is_efa=entry.get("IsEFA") is True,
        excluded=excluded if isinstance(excluded, bool) else None,
        subnet=text_of(entry.get("SubnetID")),
        blocks=tuple(_blocks(entry)),
    )


def _blocks(entry: Mapping[str, Any]) -> Iterator[Block]:
    for kind in ("AvailableIPv4Cidrs", "IPv6Cidrs"):
        cidrs = entry.get(kind)
        if isinstance(cidrs, dict):
            for cidr, content in list(cidrs.items())[:_MOST_ADDRESSES]:
                if isinstance(content, dict):
                    yield _block(cidr, content)
    singles = entry.get("IPv4Addresses")
    if isinstance(singles, dict):
        for address, content in list(singles.items())[:_MOST_ADDRESSES]:
            if isinstance(content, dict):
                yield Block(f"{address}/32", 1, is_prefix=False, addresses=(_address(address, content),))


def _block(cidr: str, content: Mapping[str, Any]) -> Block:
    given = content.get("IPAddresses")
    addresses = given.items() if isinstance(given, dict) else ()
    return Block(
        cidr,
        _size(cidr, content.get("Cidr")),
        is_prefix=content.get("IsPrefix") is True,
        addresses=tuple(_address(name, entry) for name, entry in addresses if isinstance(entry, dict)),
    )


def _size(cidr: str, mask: Any) -> int:
    """Addresses in a block, by its name or else by its mask in base64; 0 when neither can be read."""
    try:
        return ip_network(cidr, strict=False).num_addresses
    except ValueError:
        pass
    text = text_of(mask.get("Mask")) if isinstance(mask, dict) else ""
    try:
        octets = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return 0
    width = _WIDTHS.get(len(octets), 0)
    ones = int.from_bytes(octets, "big").bit_count()
    return 1 << (width - ones) if width else 0


def _address(name: str, entry: Mapping[str, Any]) -> Address:
    """Assigned when a network's name holds it (since 1.7), or when it says so (before)."""
    key, about = entry.get("IPAMKey"), entry.get("IPAMMetadata")
    assigned = (
        bool(text_of(key.get("networkName"))) if isinstance(key, dict) else entry.get("Assigned") is True
    )
    released = moment(text_of(entry.get("UnassignedTime")) or text_of(entry.get("UnAssignedTime")))
    return Address(
        name, assigned, pod_of(about), None if released is None or released.year < _FIRST_YEAR else released
    )


def pod_of(about: Any) -> str:
    """`namespace/name` of an address's holder."""
    if not isinstance(about, dict) or not text_of(about.get("k8sPodName")):
        return ""
    return f"{text_of(about.get('k8sPodNamespace'))}/{text_of(about.get('k8sPodName'))}"


def _sum(numbers: Iterable[Any]) -> int | None:
    known = [number for number in numbers if isinstance(number, int)]
    return sum(known) if known else None


def text_of(value: Any) -> str:
    """The value where it is a text."""
    return value if isinstance(value, str) else ""
