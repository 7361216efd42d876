"""Prefix delegation in a subnet shared with others: many free addresses, and no whole block among them."""

from datetime import timedelta

from tests.simulator import account
from tests.simulator.limits import LIMITS
from tests.simulator.machine import Group
from tests.simulator.network import BLOCK, RESERVED_LOW, Subnet
from tests.simulator.scenarios.services import deploy_all, rollout
from tests.simulator.settings import Settings
from tests.simulator.simulation import Simulation
from tests.simulator.world import Surroundings, World, assemble

LEFT_FREE = 140
NODES = 3  # in a zone
ROLLOUTS = (
    ("catalog", "search", 30, 34),
    ("catalog", "suggestions", 18, 31),
    ("checkout", "pricing", 15, 24),
)


def fragmented() -> World:
    """In zone b another team's fleet sits in every block that the nodes do not hold."""
    simulation = Simulation("atlas-shop-prod", Settings(prefix_delegation=True), seed=31)
    simulation.at(days=97)
    private = account.three_zones(simulation, "shared", ("10.40.0.0/24", "10.40.1.0/24", "10.40.2.0/24"))
    public = account.three_zones(simulation, "public", ("10.40.3.0/26", "10.40.3.64/26", "10.40.3.128/26"))
    account.edge(simulation, public)
    compact, scattered = (private[0], private[2]), private[1]
    for subnet in compact:
        account.fleet(simulation, subnet, list(range(RESERVED_LOW, BLOCK)))
    simulation.at(days=40)
    general = Group("general", LIMITS["m5.large"], max_pods=110)
    for _ in range(NODES):
        for subnet in private:
            simulation.join(general, subnet)
    simulation.settle()
    simulation.at(days=12)
    _scatter(simulation, scattered)
    simulation.at(days=6)
    deploy_all(simulation, replicas=3)
    for namespace, name, replicas, minutes in ROLLOUTS:
        simulation.at(minutes=minutes)
        simulation.deploy(rollout(simulation, namespace, name, replicas), lasting=timedelta(minutes=2))
    simulation.settle()
    return assemble(simulation, Surroundings(("10.40.0.0/22",), [*compact]))


def _scatter(simulation: Simulation, subnet: Subnet) -> None:
    """One machine in each whole block, then more of them anywhere."""
    account.fleet(
        simulation, subnet, [start + simulation.random.randrange(BLOCK) for start in subnet.whole_blocks]
    )
    while subnet.free > LEFT_FREE:
        simulation.other(subnet, "interface", "", subnet.take(1))
