"""What else lives in a VPC: control plane, load balancers, NAT gateways, other teams' fleets."""

from tests.simulator.network import Subnet
from tests.simulator.simulation import Simulation

ACCOUNT = "111122223333"
REGION = "eu-west-1"
# Zone names are shuffled for each account; the ids are the same for all.
ZONES = {"eu-west-1a": "euw1-az3", "eu-west-1b": "euw1-az1", "eu-west-1c": "euw1-az2"}


def three_zones(simulation: Simulation, name: str, cidrs: tuple[str, str, str]) -> list[Subnet]:
    """A subnet per zone."""
    return [
        simulation.subnet(f"{name}-{zone[0][-1]}", cidr, zone)
        for zone, cidr in zip(ZONES.items(), cidrs, strict=True)
    ]


def control_plane(simulation: Simulation, subnets: list[Subnet]) -> None:
    """The interfaces by which the API server reaches the nodes."""
    for subnet in subnets:
        simulation.other(subnet, "interface", f"Amazon EKS {simulation.cluster}", subnet.take(1), ACCOUNT)


def edge(simulation: Simulation, subnets: list[Subnet]) -> None:
    """A NAT gateway and a network load balancer in each public subnet."""
    for subnet in subnets:
        nat = simulation.names.aws("nat")
        simulation.other(
            subnet, "nat_gateway", f"Interface for NAT Gateway {nat}", subnet.take(1), "amazon-nat"
        )
        balancer = f"ELB net/{simulation.cluster}-ingress/{simulation.names.hex(16)}"
        simulation.other(subnet, "network_load_balancer", balancer, subnet.take(1), "amazon-elb")


def fleet(simulation: Simulation, subnet: Subnet, offsets: list[int]) -> None:
    """Machines of another team, one address each, at these very places."""
    for offset in offsets:
        simulation.other(subnet, "interface", "", [subnet.take_at(offset)])


def hoard(simulation: Simulation, subnet: Subnet, leave: int) -> None:
    """Another team's machines with thirty addresses each, until only `leave` are free."""
    while subnet.free > leave:
        simulation.other(subnet, "interface", "", subnet.take(min(30, subnet.free - leave)))
