"""A payments company whose three /24s ran dry when the fleet was scaled out ahead of a sale."""

from datetime import timedelta

from tests.simulator import account
from tests.simulator.limits import LIMITS
from tests.simulator.machine import Group, Service
from tests.simulator.scenarios.services import deploy_all, rollout
from tests.simulator.settings import Settings
from tests.simulator.simulation import AGENT, DAEMONS, Simulation
from tests.simulator.world import Surroundings, World, assemble

EARLY, ALL = 7, 60  # nodes in a zone: those of the quiet months, and since the scale-out
ROLLOUTS = (
    ("payments", "payments-api", 24, 38),  # minutes before the capture
    ("payments", "payments-ledger", 8, 36),
    ("payments", "payments-worker", 12, 35),
    ("checkout", "checkout-api", 3, 27),
    ("messaging", "notifications", 2, 22),
)


def meridian_pay() -> World:
    """Without the node-monitoring agent: the pods' own events are all that is said."""
    return _world(DAEMONS)


def meridian_pay_agent() -> World:
    """With the agent, which tells of ipamd's EC2 errors."""
    return _world((*DAEMONS, AGENT))


def _world(daemons: tuple[Service, ...]) -> World:
    simulation = Simulation("meridian-pay-prod", Settings(), seed=20, daemons=daemons)
    simulation.at(days=212)
    private = account.three_zones(simulation, "private", ("10.20.0.0/24", "10.20.1.0/24", "10.20.2.0/24"))
    public = account.three_zones(simulation, "public", ("10.20.3.0/26", "10.20.3.64/26", "10.20.3.128/26"))
    account.control_plane(simulation, private[:2])
    account.edge(simulation, public)
    general = Group("general", LIMITS["m5.large"], max_pods=29)
    simulation.at(days=9)
    for _ in range(EARLY):
        for subnet in private:
            simulation.join(general, subnet)
    simulation.settle()
    simulation.at(days=8)
    deploy_all(simulation, replicas=5)
    simulation.at(hours=3, minutes=20)
    for _ in range(ALL - EARLY):
        for subnet in private:
            simulation.join(general, subnet)
    simulation.at(hours=3, minutes=19)
    simulation.settle()
    for namespace, name, replicas, minutes in ROLLOUTS:
        simulation.at(minutes=minutes)
        simulation.deploy(rollout(simulation, namespace, name, replicas), lasting=timedelta(minutes=2))
    simulation.settle()
    return assemble(simulation, Surroundings(("10.20.0.0/22",), private))
