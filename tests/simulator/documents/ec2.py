"""EC2's answers: subnets, interfaces, the VPC, instance types, reservations, security groups."""

from typing import Any

from tests.simulator.account import ACCOUNT
from tests.simulator.documents import times
from tests.simulator.limits import LIMITS, InstanceLimits
from tests.simulator.machine import Interface
from tests.simulator.network import Subnet
from tests.simulator.simulation import Simulation


def vpcs(vpc: str, cidrs: tuple[str, ...]) -> list[dict[str, Any]]:
    """The VPC and the CIDRs it is made of."""
    associations = [
        {
            "AssociationId": f"vpc-cidr-assoc-0{index:016x}",
            "CidrBlock": cidr,
            "CidrBlockState": {"State": "associated"},
        }
        for index, cidr in enumerate(cidrs, start=1)
    ]
    return [
        {
            "VpcId": vpc,
            "CidrBlock": cidrs[0],
            "CidrBlockAssociationSet": associations,
            "DhcpOptionsId": "dopt-0123456789abcdef0",
            "InstanceTenancy": "default",
            "IsDefault": False,
            "OwnerId": ACCOUNT,
            "State": "available",
            "Tags": [{"Key": "Name", "Value": "main"}],
        }
    ]


def subnets(simulation: Simulation, vpc: str) -> list[dict[str, Any]]:
    """Every subnet of the VPC."""
    return [_subnet(subnet, vpc) for subnet in simulation.subnets]


def _subnet(subnet: Subnet, vpc: str) -> dict[str, Any]:
    return {
        "SubnetId": subnet.id,
        "SubnetArn": f"arn:aws:ec2:eu-west-1:{ACCOUNT}:subnet/{subnet.id}",
        "VpcId": vpc,
        "CidrBlock": str(subnet.cidr),
        "AvailabilityZone": subnet.zone,
        "AvailabilityZoneId": subnet.zone_id,
        "AvailableIpAddressCount": subnet.free,
        "AssignIpv6AddressOnCreation": False,
        "DefaultForAz": False,
        "MapPublicIpOnLaunch": subnet.name.startswith("public"),
        "OwnerId": ACCOUNT,
        "State": "available",
        "Tags": _tags({"Name": subnet.name} | subnet.tags),
    }


def reservations(simulation: Simulation) -> list[dict[str, Any]]:
    """The CIDR reservations of all subnets."""
    return [
        {
            "SubnetCidrReservationId": name,
            "SubnetId": subnet.id,
            "Cidr": cidr,
            "ReservationType": kind,
            "OwnerId": ACCOUNT,
            "Tags": [],
        }
        for subnet in simulation.subnets
        for name, cidr, kind in subnet.reservations
    ]


def interfaces(simulation: Simulation, vpc: str, own: str, others: list[str]) -> list[dict[str, Any]]:
    """Every network interface of the VPC, with the cluster's group; ENIs of pods have groups of their own."""
    of_nodes = [interface for machine in simulation.machines for interface in machine.interfaces]
    custom = simulation.settings.custom_networking
    found = [(interface, custom and interface.device > 0) for interface in of_nodes]
    found += [(interface, False) for interface in simulation.others]
    return [
        _interface(interface, vpc, others if is_pods or interface.kind == "branch" else [own])
        for interface, is_pods in found
    ]


def _interface(interface: Interface, vpc: str, groups: list[str]) -> dict[str, Any]:
    subnet = interface.subnet
    first = subnet.text(interface.addresses[0])
    document: dict[str, Any] = {
        "NetworkInterfaceId": interface.id,
        "SubnetId": subnet.id,
        "VpcId": vpc,
        "AvailabilityZone": subnet.zone,
        "Status": "in-use",
        "InterfaceType": interface.kind,
        "Description": interface.description,
        "OwnerId": ACCOUNT,
        "RequesterManaged": bool(interface.requester),
        "Groups": [{"GroupId": group, "GroupName": group} for group in groups],
        "PrivateIpAddress": first,
        "PrivateIpAddresses": [
            {"PrivateIpAddress": subnet.text(offset), "Primary": not place}
            for place, offset in enumerate(interface.addresses)
        ],
        "TagSet": _tags(interface.tags),
    }
    if interface.prefixes:
        document["Ipv4Prefixes"] = [
            {"Ipv4Prefix": f"{subnet.text(start)}/28"} for start in interface.prefixes
        ]
    if interface.requester:
        document["RequesterId"] = interface.requester
    if interface.kind != "branch":  # a branch hangs on its trunk and shows no attachment of its own
        document["Attachment"] = {
            "AttachmentId": f"eni-attach-{interface.id.removeprefix('eni-')}",
            "AttachTime": times.aws(interface.created),
            "DeleteOnTermination": True,
            "DeviceIndex": interface.device,
            "NetworkCardIndex": 0,
            "Status": "attached",
            **({"InstanceId": interface.owner} if interface.owner else {"InstanceOwnerId": "amazon-aws"}),
        }
    return document


def instance_types(names: set[str]) -> list[dict[str, Any]]:
    """The types in use."""
    return [_instance_type(LIMITS[name]) for name in sorted(names)]


def _instance_type(limits: InstanceLimits) -> dict[str, Any]:
    card = {
        "NetworkCardIndex": 0,
        "MaximumNetworkInterfaces": limits.enis,
        "NetworkPerformance": "Up to 10 Gigabit",
    }
    return {
        "InstanceType": limits.name,
        "CurrentGeneration": True,
        "BareMetal": False,
        "Hypervisor": "nitro",
        "VCpuInfo": {"DefaultVCpus": limits.vcpus, "DefaultCores": max(1, limits.vcpus // 2)},
        "MemoryInfo": {"SizeInMiB": limits.memory_gib * 1024},
        "NetworkInfo": {
            "NetworkPerformance": "Up to 10 Gigabit",
            "MaximumNetworkInterfaces": limits.enis,
            "MaximumNetworkCards": 1,
            "DefaultNetworkCardIndex": 0,
            "NetworkCards": [card],
            "Ipv4AddressesPerInterface": limits.addresses,
            "Ipv6AddressesPerInterface": limits.addresses,
        },
    }


def security_groups(vpc: str, groups: dict[str, str]) -> list[dict[str, Any]]:
    """Groups by id and name."""
    return [
        {"GroupId": group, "GroupName": name, "VpcId": vpc, "OwnerId": ACCOUNT, "Description": name}
        for group, name in groups.items()
    ]


def _tags(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
