"""How long the map of a full /16 takes, beside one bare pass over the same addresses."""

from datetime import UTC, datetime
from ipaddress import IPv4Network
from time import perf_counter

from eksdoctor.model.addresses.address_map_builder import survey
from eksdoctor.model.addresses.eni_owner import Estate
from eksdoctor.snapshot.records import aws

NODES, PER_NODE = 1000, 60
FIRST = 10 << 24
ROUNDS = 5
NETWORK = IPv4Network((FIRST, 16))


def measure() -> dict[str, float]:
    """`seconds` of the best of five, and `relative` to iterating over the same addresses in a bare loop."""
    interfaces, pods = _fleet()
    instances = {eni.attachment.instance_id for eni in interfaces if eni.attachment is not None}
    mapped = min(_map(interfaces, pods, instances) for _ in range(ROUNDS))
    bare = min(_walk(interfaces) for _ in range(ROUNDS))
    return {"addresses": NODES * PER_NODE, "seconds": mapped, "relative": mapped / bare}


def _fleet() -> tuple[list[aws.NetworkInterface], list[str]]:
    """A thousand nodes with two ENIs of thirty addresses each, half of them with pods."""
    interfaces, pods = [], []
    for place in range(NODES * 2):
        texts = [_text(8 + place * (PER_NODE // 2) + number) for number in range(PER_NODE // 2)]
        addresses = tuple(aws.PrivateIpAddress(text, primary=not number) for number, text in enumerate(texts))
        attachment = aws.Attachment(instance_id=f"i-{place // 2:017x}", device_index=place % 2)
        interfaces.append(
            aws.NetworkInterface(f"eni-{place}", private_ip_addresses=addresses, attachment=attachment)
        )
        pods += texts[1::2]
    return interfaces, pods


def _map(interfaces: list[aws.NetworkInterface], pods: list[str], instances: set[str]) -> float:
    start = perf_counter()
    estate = Estate.of("example", instances, (), interfaces, datetime(2026, 1, 2, tzinfo=UTC))
    found = survey(NETWORK, interfaces, (), estate, pods=pods, available=0)
    found.fragmentation_score  # noqa: B018 (part of the work)
    return perf_counter() - start


def _walk(interfaces: list[aws.NetworkInterface]) -> float:
    start = perf_counter()
    number = 0
    for eni in interfaces:
        for address in eni.private_ip_addresses:
            number += len(address.private_ip_address)
    return perf_counter() - start


def _text(offset: int) -> str:
    return f"10.0.{offset >> 8}.{offset & 255}"


if __name__ == "__main__":
    print(measure())
