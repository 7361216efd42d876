"""MINIMUM_IP_TARGET without WARM_IP_TARGET: the pools stop growing at the minimum."""

from datetime import timedelta

from tests.simulator import account
from tests.simulator.limits import LIMITS
from tests.simulator.machine import Group
from tests.simulator.scenarios.services import DNS, forty, rollout
from tests.simulator.settings import Settings
from tests.simulator.simulation import Simulation
from tests.simulator.world import Surroundings, World, assemble

NODES, PODS = 6, 35  # pods on each node that want an address
EARLIER = 28


def minimum_ip_freeze() -> World:
    """22 rounds up to two prefixes, 32 addresses; 35 pods come, EC2 is never asked for more."""
    settings = Settings(prefix_delegation=True, minimum_ip_target=22)
    simulation = Simulation("vega-media-prod", settings, seed=53)
    simulation.at(days=80)
    private = account.three_zones(simulation, "private", ("10.70.0.0/20", "10.70.16.0/20", "10.70.32.0/20"))
    account.control_plane(simulation, private[:2])
    general = Group("general", LIMITS["m5.xlarge"], max_pods=110)
    simulation.at(days=11)
    for place in range(NODES):
        simulation.join(general, private[place % 3])
    simulation.settle()
    simulation.at(days=4)
    simulation.deploy(DNS)
    room = NODES * EARLIER - DNS.replicas
    for service in forty(4):
        if service.replicas <= room:
            simulation.deploy(service)
            room -= service.replicas
    simulation.at(minutes=31)
    wanted = NODES * PODS - sum(not pod.service.host_network for pod in simulation.pods)
    simulation.deploy(rollout(simulation, "catalog", "images", wanted), lasting=timedelta(minutes=4))
    simulation.settle()
    return assemble(simulation, Surroundings(("10.70.0.0/16",), private))
