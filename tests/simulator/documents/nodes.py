"""Nodes, and the CNINodes the resource controller keeps beside them."""

from datetime import datetime, timedelta
from typing import Any

from tests.simulator.account import REGION
from tests.simulator.documents import times
from tests.simulator.machine import Machine
from tests.simulator.network import NO_ADDRESSES
from tests.simulator.simulation import AGENT, AT, Simulation

KUBELET = "v1.33.5-eks-113cf36"
POD_ENI = "vpc.amazonaws.com/pod-eni"
START = timedelta(seconds=35)  # from launch to Ready
NO_IPS = "There are no available IP addresses for IPAMD to assign to pods"


def nodes(simulation: Simulation) -> list[dict[str, Any]]:
    """Every node."""
    watched = AGENT in simulation.daemons
    found = [_node(machine) for machine in simulation.machines]
    if watched:
        for machine, document in zip(simulation.machines, found, strict=True):
            document["status"]["conditions"].append(_networking(machine))
    return found


def cni_nodes(simulation: Simulation) -> list[dict[str, Any]]:
    """A CNINode for every node, with the features it asks for."""
    features = []
    if simulation.settings.pod_eni:
        features.append({"name": "SecurityGroupsForPods"})
    if simulation.settings.custom_networking:
        features.append({"name": "CustomNetworking"})
    return [
        {
            "apiVersion": "vpcresources.k8s.aws/v1alpha1",
            "kind": "CNINode",
            "metadata": {
                "name": machine.name,
                "creationTimestamp": times.kubernetes(machine.joined),
                "finalizers": ["networking.k8s.aws/resource-cleanup"],
                "ownerReferences": [
                    {"apiVersion": "v1", "kind": "Node", "name": machine.name, "uid": machine.uid}
                ],
            },
            "spec": {
                "features": list(features),
                "tags": {f"kubernetes.io/cluster/{simulation.cluster}": "owned"},
            },
            "status": {},
        }
        for machine in simulation.machines
    ]


def _node(machine: Machine) -> dict[str, Any]:
    limits = machine.group.limits
    memory = limits.memory_gib * 1024 * 1024
    capacity = {
        "cpu": str(limits.vcpus),
        "ephemeral-storage": "83873772Ki",
        "hugepages-1Gi": "0",
        "hugepages-2Mi": "0",
        "memory": f"{memory - 400_000}Ki",
        "pods": str(machine.group.max_pods),
    }
    allocatable = capacity | {
        "cpu": f"{limits.vcpus * 1000 - 70}m",
        "ephemeral-storage": "76224326324",
        "memory": f"{memory - 1_100_000}Ki",
    }
    if machine.trunk is not None:
        capacity[POD_ENI] = allocatable[POD_ENI] = str(limits.branches)
    return {
        "metadata": {
            "name": machine.name,
            "uid": machine.uid,
            "creationTimestamp": times.kubernetes(machine.joined),
            "labels": _labels(machine),
            "annotations": {
                "alpha.kubernetes.io/provided-node-ip": machine.address,
                "node.alpha.kubernetes.io/ttl": "0",
                "volumes.kubernetes.io/controller-managed-attach-detach": "true",
            },
        },
        "spec": {"providerID": f"aws:///{machine.subnet.zone}/{machine.instance}"},
        "status": {
            "addresses": [
                {"type": "InternalIP", "address": machine.address},
                {"type": "InternalDNS", "address": machine.name},
                {"type": "Hostname", "address": machine.name},
            ],
            "capacity": capacity,
            "allocatable": allocatable,
            "conditions": _conditions(machine),
            "nodeInfo": _node_info(machine),
        },
    }


def _labels(machine: Machine) -> dict[str, str]:
    group = machine.group
    owner = (
        {"karpenter.sh/nodepool": group.name, "karpenter.sh/capacity-type": "on-demand"}
        if group.karpenter
        else {"eks.amazonaws.com/nodegroup": group.name, "eks.amazonaws.com/capacityType": "ON_DEMAND"}
    )
    return owner | {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": machine.name,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": group.limits.name,
        "topology.k8s.aws/zone-id": machine.subnet.zone_id,
        "topology.kubernetes.io/region": REGION,
        "topology.kubernetes.io/zone": machine.subnet.zone,
    }


def _conditions(machine: Machine) -> list[dict[str, Any]]:
    ready = machine.joined + START
    good = [
        ("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        ("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ]
    found = [_condition(kind, "False", reason, message, ready) for kind, reason, message in good]
    found.append(_condition("Ready", "True", "KubeletReady", "kubelet is posting ready status", ready))
    return found


def _networking(machine: Machine) -> dict[str, Any]:
    """What the node-monitoring agent says; it looks for this one class of EC2 error in ipamd's log."""
    if machine.refused and machine.refused[1] == NO_ADDRESSES:
        return _condition("NetworkingReady", "False", "IPAMDNoIPs", NO_IPS, machine.refused[0])
    message = "Monitoring for the Networking system is active"
    return _condition("NetworkingReady", "True", "NetworkingIsReady", message, machine.joined + START)


def _condition(kind: str, status: str, reason: str, message: str, since: datetime) -> dict[str, Any]:
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastHeartbeatTime": times.kubernetes(AT - timedelta(seconds=40)),
        "lastTransitionTime": times.kubernetes(since),
    }


def _node_info(machine: Machine) -> dict[str, str]:
    return {
        "architecture": "amd64",
        "containerRuntimeVersion": "containerd://1.7.27",
        "kernelVersion": "6.12.46-66.121.amzn2023.x86_64",
        "kubeProxyVersion": KUBELET,
        "kubeletVersion": KUBELET,
        "operatingSystem": "linux",
        "osImage": "Amazon Linux 2023.9.20251014",
        "machineID": machine.uid.replace("-", ""),
    }
