"""The paths of the VPC: route tables, the rules of security groups, endpoints."""

from random import Random
from typing import Any

from tests.simulator.account import ACCOUNT, REGION
from tests.simulator.names import Names
from tests.simulator.simulation import Simulation

DNS, ANY_PORT, ANY_PROTOCOL = 53, -1, "-1"
EVERYWHERE = "0.0.0.0/0"


def route_tables(simulation: Simulation, vpc: str, cidrs: tuple[str, ...]) -> list[dict[str, Any]]:
    """The main table, by a NAT gateway, for all but the public subnets; theirs by the internet gateway."""
    names = _names(simulation, "routes")
    public = [subnet.id for subnet in simulation.subnets if subnet.name.startswith("public")]
    way_out = {"NatGatewayId": names.aws("nat")}
    tables = [_table(names, vpc, cidrs, way_out, [{"Main": True}])]
    if public:
        associations = [{"Main": False, "SubnetId": subnet} for subnet in public]
        tables.append(_table(names, vpc, cidrs, {"GatewayId": names.aws("igw")}, associations))
    return tables


def _table(
    names: Names,
    vpc: str,
    cidrs: tuple[str, ...],
    way_out: dict[str, str],
    associations: list[dict[str, Any]],
) -> dict[str, Any]:
    table = names.aws("rtb")
    origin = {"Origin": "CreateRouteTable", "State": "active"}
    routes = [{"DestinationCidrBlock": cidr, "GatewayId": "local"} | origin for cidr in cidrs]
    routes.append({"DestinationCidrBlock": EVERYWHERE} | way_out | origin)
    state = {"RouteTableId": table, "AssociationState": {"State": "associated"}}
    return {
        "RouteTableId": table,
        "VpcId": vpc,
        "OwnerId": ACCOUNT,
        "Associations": [
            {"RouteTableAssociationId": names.aws("rtbassoc")} | one | state for one in associations
        ],
        "Routes": routes,
        "PropagatingVgws": [],
        "Tags": [],
    }


def security_group_rules(simulation: Simulation, own: str, others: list[str]) -> list[dict[str, Any]]:
    """The cluster's group lets its members talk and answers everybody's DNS; the others admit its probes."""
    names = _names(simulation, "rules")
    rules = [_from(names, own, own, ANY_PROTOCOL, ANY_PORT), _out(names, own)]
    for group in others:
        rules += [_from(names, own, group, protocol, DNS) for protocol in ("tcp", "udp")]
        rules += [_from(names, group, own, ANY_PROTOCOL, ANY_PORT), _out(names, group)]
    return rules


def _from(names: Names, group: str, source: str, protocol: str, port: int) -> dict[str, Any]:
    whence = {"ReferencedGroupInfo": {"GroupId": source, "UserId": ACCOUNT}}
    return _rule(names, group, protocol, port) | {"IsEgress": False} | whence


def _out(names: Names, group: str) -> dict[str, Any]:
    return _rule(names, group, ANY_PROTOCOL, ANY_PORT) | {"IsEgress": True, "CidrIpv4": EVERYWHERE}


def _rule(names: Names, group: str, protocol: str, port: int) -> dict[str, Any]:
    return {
        "SecurityGroupRuleId": names.aws("sgr"),
        "GroupId": group,
        "GroupOwnerId": ACCOUNT,
        "IpProtocol": protocol,
        "FromPort": port,
        "ToPort": port,
        "Tags": [],
    }


def vpc_endpoints(simulation: Simulation, vpc: str, tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A gateway endpoint for S3; the rest of AWS is reached by NAT."""
    return [
        {
            "VpcEndpointId": _names(simulation, "endpoints").aws("vpce"),
            "VpcEndpointType": "Gateway",
            "VpcId": vpc,
            "ServiceName": f"com.amazonaws.{REGION}.s3",
            "State": "available",
            "RouteTableIds": [table["RouteTableId"] for table in tables],
            "SubnetIds": [],
            "Groups": [],
            "PrivateDnsEnabled": False,
            "OwnerId": ACCOUNT,
        }
    ]


def _names(simulation: Simulation, what: str) -> Names:
    """Names of their own, so that nothing else changes with them."""
    return Names(Random(f"{what} of {simulation.cluster}"))
