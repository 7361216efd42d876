"""The simulated daemon claims what ipamd claims: figures from the VPC CNI's own documents and source."""

import pytest

from tests.simulator.limits import LIMITS, InstanceLimits
from tests.simulator.machine import Group, Service
from tests.simulator.network import NO_ADDRESSES, NO_BLOCKS
from tests.simulator.settings import Settings
from tests.simulator.simulation import Simulation

ZONE = ("eu-west-1a", "euw1-az3")
BIG = InstanceLimits("c5.4xlarge", 8, 30, 16, 32)
SMALL = InstanceLimits("t3.small", 3, 4, 2, 2)
PREFIXES = Settings(prefix_delegation=True)


def one_node(settings, pods, limits=BIG, *, max_pods=110, cidr="10.0.0.0/20", leave=None):
    """A node with so many pods that want an address, after the daemon has come to rest."""
    simulation = Simulation("one", settings, seed=1)
    subnet = simulation.subnet("only", cidr, ZONE)
    machine = simulation.join(Group("only", limits, max_pods), subnet)
    if settings.pod_eni:
        simulation.trunks()
    if leave is not None:
        subnet.take(subnet.free - leave)
    simulation.settle()
    if pods:
        simulation.deploy(Service("default", "web", pods))
    return machine


@pytest.mark.parametrize(
    ("pods", "interfaces", "addresses"),
    [(0, 1, 30), (1, 2, 60), (29, 2, 60), (30, 3, 90), (88, 4, 120)],
)
def test_stock_settings_keep_a_spare_interface_once_a_pod_has_come(pods, interfaces, addresses):
    machine = one_node(Settings(), pods)
    assert len(machine.interfaces) == interfaces
    assert sum(len(interface.addresses) for interface in machine.interfaces) == addresses
    assert not machine.waiting


@pytest.mark.parametrize(
    ("settings", "pods", "limits", "idle"),
    [
        (PREFIXES, 40, BIG, 24),
        (Settings(prefix_delegation=True, warm_ip_target=5, minimum_ip_target=10), 40, BIG, 8),
        (PREFIXES, 17, SMALL, 31),
        (Settings(prefix_delegation=True, warm_ip_target=5, minimum_ip_target=10), 45, BIG, 19),
        (Settings(warm_ip_target=2), 7, BIG, 2),
        (Settings(warm_ip_target=1, minimum_ip_target=12), 7, BIG, 5),
        (Settings(warm_eni_target=0), 28, BIG, 1),
        (Settings(warm_eni_target=0), 29, BIG, 29),  # empty is too low, whether or not a pod waits
    ],
)
def test_idle_addresses_left_by_the_targets(settings, pods, limits, idle):
    machine = one_node(settings, pods, limits)
    assert (len(machine.waiting), len(machine.pool)) == (0, idle)


@pytest.mark.parametrize(("settings", "total"), [
    (Settings(prefix_delegation=True, minimum_ip_target=22), 32),
    (Settings(minimum_ip_target=22), 22),
])  # fmt: skip
def test_the_minimum_alone_is_a_hard_stop_and_no_refusal(settings, total):
    machine = one_node(settings, 35)
    assert machine.held == total
    assert len(machine.waiting) == 35 - total
    assert machine.refused is None


def test_the_pool_does_not_grow_past_max_pods():
    machine = one_node(Settings(), 27, max_pods=30)
    assert len(machine.interfaces) == 2  # 58 addresses are more than 30 pods need
    assert machine.refused is None


def test_custom_networking_and_a_trunk_each_take_an_interface_from_ordinary_pods():
    for settings in (Settings(custom_networking=True), Settings(pod_eni=True)):
        machine = one_node(settings, 20, LIMITS["m5.large"])
        assert len(machine.interfaces) == 3
        assert (machine.held, len(machine.waiting)) == (18, 2)


def test_a_subnet_too_small_for_the_bulk_request_is_emptied_one_by_one():
    machine = one_node(Settings(), 8, LIMITS["m5.large"], leave=5)
    assert machine.subnet.free == 0
    assert (machine.held, len(machine.waiting)) == (5, 3)
    assert machine.refused is not None
    assert machine.refused[1] == NO_ADDRESSES


def test_free_addresses_without_a_whole_block_are_no_use_to_prefixes():
    machine = one_node(PREFIXES, 8, LIMITS["m5.large"], cidr="10.0.0.0/27")
    assert machine.subnet.whole_blocks == []
    assert machine.subnet.free > 16
    assert (machine.held, len(machine.waiting)) == (0, 8)
    assert machine.refused is not None
    assert machine.refused[1] == NO_BLOCKS
