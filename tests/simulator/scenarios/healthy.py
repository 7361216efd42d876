"""Four healthy clusters, each set up in another way; nothing waits and every pod subnet has room."""

from dataclasses import replace
from typing import Any

from tests.simulator import account
from tests.simulator.limits import LIMITS
from tests.simulator.machine import Group
from tests.simulator.network import Subnet
from tests.simulator.scenarios.services import DNS, forty, rollout
from tests.simulator.settings import Settings
from tests.simulator.simulation import Simulation
from tests.simulator.world import Surroundings, World, assemble

BRANCHED = {"payments-api", "payments-ledger", "identity"}


def healthy_stock() -> World:
    """Secondary addresses, every setting as shipped."""
    simulation = Simulation("lyra-stock-prod", Settings(), seed=61)
    private = _private(simulation, 80)
    _grow(simulation, Group("general", LIMITS["m5.large"], max_pods=29), 15, private)
    _live(simulation, replicas=4)
    return assemble(simulation, Surroundings(("10.80.0.0/16",), private))


def healthy_prefix() -> World:
    """Prefix delegation, with the max-pods value that goes with it."""
    simulation = Simulation("lyra-prefix-prod", Settings(prefix_delegation=True), seed=67)
    private = _private(simulation, 81)
    _grow(simulation, Group("general", LIMITS["m5.large"], max_pods=110), 12, private)
    _live(simulation, replicas=7)
    around = Surroundings(("10.81.0.0/16",), private, identity="pod identity", quota=None)
    return assemble(simulation, around)


def healthy_security_groups_for_pods() -> World:
    """A trunk on every node, branch interfaces for the pods that policies match."""
    simulation = Simulation("lyra-sgp-prod", Settings(pod_eni=True), seed=71)
    private = _private(simulation, 82)
    # Two interfaces for ordinary pods beside the trunk: twice nine, and the two hostNetwork pods.
    _grow(simulation, Group("general", LIMITS["m5.large"], max_pods=20), 18, private)
    group = simulation.names.aws("sg")
    _live(simulation, replicas=4)
    around = Surroundings(("10.82.0.0/16",), private, groups={group: "payments-database-clients"})
    around.identity = "annotation"
    around.policies = [
        _policy("payments", {"podSelector": _matching("payments-api")}, group),
        _policy("payments", {"podSelector": _matching("payments-ledger")}, group, "ledger"),
        _policy("accounts", {"serviceAccountSelector": _matching("identity")}, group),
    ]
    return assemble(simulation, around)


def healthy_custom_networking_karpenter() -> World:
    """Pods in 100.64.0.0/16 by an ENIConfig a zone; Karpenter keeps one interface back on its nodes."""
    simulation = Simulation("lyra-karpenter-prod", Settings(custom_networking=True), seed=73)
    private = _private(simulation, 83, size=24)
    pods = account.three_zones(simulation, "pods", ("100.64.0.0/19", "100.64.32.0/19", "100.64.64.0/19"))
    pool = Group("default", LIMITS["m5.large"], max_pods=20, karpenter=True)
    _grow(simulation, pool, 18, private, pods)
    _live(simulation, replicas=4)
    group = simulation.names.aws("sg")
    around = Surroundings(("10.83.0.0/16", "100.64.0.0/16"), private, groups={group: "pods"})
    around.eni_configs = [
        {
            "apiVersion": "crd.k8s.amazonaws.com/v1alpha1",
            "kind": "ENIConfig",
            "metadata": {"name": subnet.zone},
            "spec": {"subnet": subnet.id, "securityGroups": [group]},
        }
        for subnet in pods
    ]
    return assemble(simulation, around)


def _private(simulation: Simulation, second: int, size: int = 20) -> list[Subnet]:
    simulation.at(days=120)
    cidrs = tuple(f"10.{second}.{zone * 16}.0/{size}" for zone in range(3))
    found = account.three_zones(simulation, "private", (cidrs[0], cidrs[1], cidrs[2]))
    account.control_plane(simulation, found[:2])
    return found


def _grow(
    simulation: Simulation, group: Group, nodes: int, private: list[Subnet], pods: list[Subnet] | None = None
) -> None:
    for place in range(nodes):
        simulation.at(days=20, minutes=-7 * place)
        simulation.join(group, private[place % 3], pods[place % 3] if pods else None)
    if simulation.settings.pod_eni:
        simulation.trunks()
    simulation.settle()


def _live(simulation: Simulation, replicas: int) -> None:
    """Months of quiet, and one rollout half an hour ago that went well."""
    simulation.at(days=9)
    for service in [DNS, *forty(replicas)]:
        branch = simulation.settings.pod_eni and service.name in BRANCHED
        simulation.deploy(replace(service, branch=branch))
    simulation.at(minutes=26)
    simulation.deploy(rollout(simulation, "catalog", "reviews", 4))
    simulation.settle()


def _matching(name: str) -> dict[str, Any]:
    return {"matchLabels": {"app.kubernetes.io/name": name}}


def _policy(namespace: str, selector: dict[str, Any], group: str, name: str = "database") -> dict[str, Any]:
    return {
        "apiVersion": "vpcresources.k8s.aws/v1beta1",
        "kind": "SecurityGroupPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": selector | {"securityGroups": {"groupIds": [group]}},
    }
