"""Looking into a world's documents: who holds which address."""

from ipaddress import IPv4Address, IPv4Network
from typing import Any

from eksdoctor.snapshot.declaration import Kind
from eksdoctor.snapshot.records.aws import DESCRIBE_NETWORK_INTERFACES
from eksdoctor.snapshot.records.kubernetes import LIST_NODES, LIST_PODS
from tests.simulator.world import World

Document = dict[str, Any]


def of(world: World, kind: Kind[Any]) -> list[Any]:
    """The documents of a kind."""
    return world.documents[kind.file]


def addresses_of(interface: Document) -> list[IPv4Address]:
    """Every address an interface holds, those of its prefixes included."""
    singles = [IPv4Address(entry["PrivateIpAddress"]) for entry in interface["PrivateIpAddresses"]]
    blocks = [IPv4Network(entry["Ipv4Prefix"]) for entry in interface.get("Ipv4Prefixes", ())]
    return singles + [address for block in blocks for address in block]


def held(world: World, subnet: Document) -> list[IPv4Address]:
    """Every address of a subnet that an interface holds."""
    own = [
        each for each in of(world, DESCRIBE_NETWORK_INTERFACES.kind) if each["SubnetId"] == subnet["SubnetId"]
    ]
    return [address for interface in own for address in addresses_of(interface)]


def waiting(world: World) -> list[Document]:
    """The pods that have no address."""
    return [pod for pod in of(world, LIST_PODS.kind) if pod["status"]["phase"] == "Pending"]


def nodes_by_name(world: World) -> dict[str, Document]:
    """The nodes by name."""
    return {node["metadata"]["name"]: node for node in of(world, LIST_NODES.kind)}


def interfaces_by_instance(world: World) -> dict[str, list[Document]]:
    """The attached interfaces of each instance, the first one first."""
    found: dict[str, list[Document]] = {}
    for interface in of(world, DESCRIBE_NETWORK_INTERFACES.kind):
        instance = interface.get("Attachment", {}).get("InstanceId")
        found.setdefault(instance, []).append(interface)
    return found


def interfaces_of(world: World, node: Document) -> list[Document]:
    """The interfaces of a node."""
    return interfaces_by_instance(world)[node["spec"]["providerID"].rpartition("/")[2]]
