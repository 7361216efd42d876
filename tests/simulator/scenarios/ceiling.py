"""Kubelets that promise 110 pods on machines that can serve 27 addresses."""

from datetime import timedelta

from tests.simulator import account
from tests.simulator.limits import LIMITS
from tests.simulator.machine import Group, Service
from tests.simulator.scenarios.services import deploy_all
from tests.simulator.settings import Settings
from tests.simulator.simulation import Simulation
from tests.simulator.world import Surroundings, World, assemble

MAX_PODS = 110  # meant for prefix delegation, which was never switched on


def ceiling() -> World:
    """The batch nodes fill their three interfaces; their subnets have room for thousands."""
    simulation = Simulation("orion-ledger-prod", Settings(), seed=47)
    simulation.at(days=64)
    private = account.three_zones(simulation, "private", ("10.50.0.0/20", "10.50.16.0/20", "10.50.32.0/20"))
    account.control_plane(simulation, private[:2])
    general = Group("general", LIMITS["m5.large"], MAX_PODS, launch_template=True)
    batch = Group("batch", LIMITS["m5.large"], MAX_PODS, launch_template=True)
    simulation.at(days=16)
    for group in (general, general, batch):
        for subnet in private:
            simulation.join(group, subnet)
    simulation.settle()
    simulation.at(days=5)
    deploy_all(simulation, replicas=4, share=2)
    simulation.at(minutes=33)
    settlement = Service("settlement", "settlement-runner", 66, group="batch", revision="5c9d7b6f48")
    simulation.deploy(settlement, lasting=timedelta(minutes=3))
    simulation.settle()
    return assemble(simulation, Surroundings(("10.50.0.0/16",), private))
