"""The way out of a subnet: the target of the default route in its own route table or the VPC's main one."""

from dataclasses import dataclass
from enum import StrEnum

from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import listed
from eksdoctor.model.facts.fact import NotKnown, known
from eksdoctor.snapshot.records.network import DESCRIBE_ROUTE_TABLES, Route, RouteTable

EVERYWHERE = "0.0.0.0/0"
HALVES = {"0.0.0.0/1", "128.0.0.0/1"}  # together they win over the default route


class WayOut(StrEnum):
    """What the default route leads to."""

    INTERNET_GATEWAY = "internet gateway"
    NAT = "NAT gateway or instance"
    TRANSIT_GATEWAY = "transit gateway"
    OTHER = "another target"
    BLACKHOLE = "a target that is gone"
    NONE = "nowhere"


@dataclass(frozen=True, slots=True)
class DefaultRoute:
    """Where traffic to the internet goes; `target` is the id of that, `table` that of the route table."""

    way: WayOut
    target: str
    table: str


def default_route(cluster: "Cluster", subnet: str) -> DefaultRoute:
    """The IPv4 default route of a subnet; raises NotKnown when its table is not seen."""
    table = table_of(cluster, subnet)
    active = [route for route in table.routes if route.state != "blackhole"]
    if {route.destination_cidr_block for route in active} >= HALVES:
        raise NotKnown.because(f"{table.route_table_id} splits the default route into two halves")
    found = [route for route in table.routes if route.destination_cidr_block == EVERYWHERE]
    if not found:
        return DefaultRoute(WayOut.NONE, "", table.route_table_id)
    return DefaultRoute(*_leads_to(found[0]), table.route_table_id)


def table_of(cluster: "Cluster", subnet: str) -> RouteTable:
    """A subnet's own route table, else the main one of the VPC; raises NotKnown when that is not seen."""
    vpc = known(cluster.vpc_id)
    tables = listed(cluster.snapshot, DESCRIBE_ROUTE_TABLES.kind, requests.route_tables(vpc))
    main: RouteTable | None = None
    for table in tables:
        if table.vpc_id not in ("", vpc):
            continue
        if any(association.subnet_id == subnet for association in table.associations):
            return table
        if any(association.main for association in table.associations):
            main = table
    tables.all()  # a table that was not seen may be its own
    if main is None:
        raise NotKnown.because("the VPC shows no main route table")
    return main


def _leads_to(route: Route) -> tuple[WayOut, str]:
    targets = {
        route.gateway_id: WayOut.INTERNET_GATEWAY if route.gateway_id.startswith("igw-") else WayOut.OTHER,
        route.nat_gateway_id: WayOut.NAT,
        route.transit_gateway_id: WayOut.TRANSIT_GATEWAY,
        route.instance_id or route.network_interface_id: WayOut.NAT,
    }
    others = (
        route.vpc_peering_connection_id, route.local_gateway_id, route.carrier_gateway_id,
        route.core_network_arn,
    )  # fmt: skip
    targets |= dict.fromkeys(others, WayOut.OTHER)
    target, way = next(((name, way) for name, way in targets.items() if name), ("", WayOut.OTHER))
    return (WayOut.BLACKHOLE if route.state == "blackhole" else way), target
