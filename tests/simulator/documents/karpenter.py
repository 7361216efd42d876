"""Karpenter's node pools and the node classes they launch from."""

from typing import Any

from tests.simulator.documents import times
from tests.simulator.machine import Group
from tests.simulator.simulation import Simulation

USER_DATA = "#!/bin/sh\nexport DATABASE_PASSWORD=not-for-any-snapshot\n"


def groups(simulation: Simulation) -> list[Group]:
    """The groups that Karpenter runs."""
    found = {machine.group.name: machine.group for machine in simulation.machines}
    return [group for group in found.values() if group.karpenter]


def node_pools(simulation: Simulation) -> list[dict[str, Any]]:
    """A NodePool for each group."""
    return [_node_pool(simulation, group) for group in groups(simulation)]


def node_classes(simulation: Simulation, security_group: str) -> list[dict[str, Any]]:
    """An EC2NodeClass for each pool, of the same name."""
    return [_node_class(simulation, group, security_group) for group in groups(simulation)]


def role(simulation: Simulation) -> str:
    """The name of its nodes' role."""
    return f"{simulation.cluster}-karpenter-node"


def _node_pool(simulation: Simulation, group: Group) -> dict[str, Any]:
    nodes = sum(1 for machine in simulation.machines if machine.group.name == group.name)
    types = {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": [group.limits.name]}
    reference = {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": group.name}
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": _metadata(simulation, group),
        "spec": {
            "template": {"spec": {"nodeClassRef": reference, "requirements": [types], "expireAfter": "720h"}},
            "limits": {"cpu": "400"},
            "disruption": {"consolidationPolicy": "WhenEmptyOrUnderutilized", "consolidateAfter": "5m"},
        },
        "status": {"resources": {"nodes": str(nodes), "cpu": str(nodes * group.limits.vcpus)}},
    }


def _node_class(simulation: Simulation, group: Group, security_group: str) -> dict[str, Any]:
    machines = [machine for machine in simulation.machines if machine.group.name == group.name]
    used = {machine.subnet.id: machine.subnet for machine in machines}
    subnets = [{"id": each.id, "zone": each.zone, "zoneID": each.zone_id} for each in used.values()]
    owned = {"karpenter.sh/discovery": simulation.cluster}
    return {
        "apiVersion": "karpenter.k8s.aws/v1",
        "kind": "EC2NodeClass",
        "metadata": _metadata(simulation, group),
        "spec": {
            "amiFamily": "AL2023",
            "amiSelectorTerms": [{"alias": "al2023@v20251014"}],
            "role": role(simulation),
            "subnetSelectorTerms": [{"tags": owned}],
            "securityGroupSelectorTerms": [{"tags": owned}],
            "userData": USER_DATA,
        },
        "status": {
            "subnets": subnets,
            "securityGroups": [{"id": security_group, "name": f"eks-cluster-sg-{simulation.cluster}"}],
            "conditions": [{"type": "Ready", "status": "True", "reason": "Ready", "message": ""}],
        },
    }


def _metadata(simulation: Simulation, group: Group) -> dict[str, Any]:
    return {"name": group.name, "creationTimestamp": times.kubernetes(simulation.machines[0].joined)}
