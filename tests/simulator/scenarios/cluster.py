"""A cluster by its numbers: for tests that need a size or a setting rather than a story."""

from datetime import timedelta
from ipaddress import IPv4Network

from tests.simulator import account
from tests.simulator.limits import LIMITS
from tests.simulator.machine import Group, Service
from tests.simulator.network import RESERVED
from tests.simulator.scenarios.services import DNS
from tests.simulator.settings import Settings
from tests.simulator.simulation import Simulation
from tests.simulator.world import Surroundings, World, assemble

LATE = "late"
BIGGEST = 16  # of a subnet, in bits of its prefix


def cluster(
    nodes: int = 6,
    pods: int = 40,
    *,
    starved: int = 0,
    instance_type: str = "m5.large",
    settings: Settings = Settings(),  # noqa: B008
    max_pods: int = 0,
    services: int = 0,
    minutes: float = 25,
    seed: int = 5,
) -> World:
    """`nodes` machines over three zones, `pods` spread on them in `services` workloads, all of them served.

    With `starved`, the first zone then runs dry: other machines take what its subnet has left, three
    more nodes join there and get nothing, and so many pods bound to them `minutes` ago wait.
    `max_pods` is the type's own value when 0.
    """
    limits = LIMITS[instance_type]
    group = Group("general", limits, max_pods or limits.eni_max_pods)
    simulation = Simulation("simulated", settings, seed)
    simulation.at(days=30)
    most = (nodes // 3 + 1) * limits.enis * limits.addresses + 64  # what a zone's nodes can ever hold
    bits = max(BIGGEST, 32 - max(8, (most + RESERVED).bit_length()))
    cidrs = [f"10.{first}.0.0/{bits}" for first in (100, 101, 102)]
    subnets = account.three_zones(simulation, "private", (cidrs[0], cidrs[1], cidrs[2]))
    for place in range(nodes):
        simulation.join(group, subnets[place % 3])
    simulation.settle()
    simulation.at(days=3)
    number = services or max(1, pods // 50)
    for service in (DNS, *(_part(place, number, pods - DNS.replicas) for place in range(number))):
        simulation.deploy(service)
    if starved:
        late = Group(LATE, limits, group.max_pods)
        simulation.at(minutes=minutes + 20)
        account.hoard(simulation, subnets[0], leave=3)
        for _ in range(3):
            simulation.join(late, subnets[0])
        simulation.at(minutes=minutes)
        waiting = Service("payments", "payments-api", starved, group=LATE, revision="6bc74f9d68")
        simulation.deploy(waiting, lasting=timedelta(minutes=2))
    vpc = tuple(str(IPv4Network(cidr).supernet(new_prefix=16)) if bits > BIGGEST else cidr for cidr in cidrs)
    return assemble(simulation, Surroundings(vpc, subnets))


def _part(place: int, number: int, pods: int) -> Service:
    replicas = pods // number + (place < pods % number)
    return Service(f"team-{place % 12}", f"service-{place}", replicas, account=f"service-{place}")
