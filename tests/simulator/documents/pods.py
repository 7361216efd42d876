"""Pods as the API server shows them: running with an address, or waiting for one."""

import json
from datetime import timedelta
from typing import Any

from tests.simulator.documents import times
from tests.simulator.machine import Pod
from tests.simulator.simulation import Simulation

POD_ENI = "vpc.amazonaws.com/pod-eni"
PROBED = {
    "ports": [{"name": "http", "containerPort": 8080}],
    "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}},
}
UNREADY = ("ContainersNotReady", "containers with unready status: [{}]")


def pods(simulation: Simulation) -> list[dict[str, Any]]:
    """Every pod."""
    return [_pod(pod) for pod in simulation.pods]


def _pod(pod: Pod) -> dict[str, Any]:
    service = pod.service
    spec: dict[str, Any] = {
        "nodeName": pod.machine.name,
        "serviceAccountName": service.account or "default",
        "restartPolicy": "Always",
        "schedulerName": "default-scheduler",
        "terminationGracePeriodSeconds": 30,
        "containers": [_container(pod)],
    }
    if service.host_network:
        spec["hostNetwork"] = True
    return {"metadata": _metadata(pod), "spec": spec, "status": _status(pod)}


def _metadata(pod: Pod) -> dict[str, Any]:
    service = pod.service
    owner = "DaemonSet" if service.daemon else "ReplicaSet"
    stem = pod.name.rpartition("-")[0]
    labels = (
        {"k8s-app": service.name, "controller-revision-hash": "7f9c4bd6d5", "pod-template-generation": "3"}
        if service.daemon
        else {"app.kubernetes.io/name": service.name, "pod-template-hash": service.revision}
    )
    metadata: dict[str, Any] = {
        "name": pod.name,
        "generateName": f"{stem}-",
        "namespace": service.namespace,
        "uid": pod.uid,
        "creationTimestamp": times.kubernetes(pod.bound),
        "labels": labels | service.labels,
        "ownerReferences": [{"apiVersion": "apps/v1", "kind": owner, "name": stem, "controller": True}],
    }
    if pod.branch is not None:
        metadata["annotations"] = {POD_ENI: _branch(pod)}
    return metadata


def _branch(pod: Pod) -> str:
    """The annotation by which the resource controller hands a branch interface to a pod."""
    branch = pod.branch
    assert branch is not None
    detail = {
        "eniId": branch.id,
        "ifAddress": "02:00:00:00:00:01",
        "privateIp": pod.address,
        "ipv6Addr": "",
        "vlanId": pod.vlan,
        "subnetCidr": str(branch.subnet.cidr),
        "subnetV6Cidr": "",
        "associationID": f"trunk-assoc-{branch.id.removeprefix('eni-')}",
    }
    return json.dumps([detail], separators=(",", ":"))


def _container(pod: Pod) -> dict[str, Any]:
    """The environment is here to show that it is never collected."""
    service = pod.service
    resources: dict[str, Any] = {"requests": {"cpu": service.cpu, "memory": "128Mi"}}
    if service.branch:
        resources["limits"] = {POD_ENI: "1"}
        resources["requests"] |= {POD_ENI: "1"}
    return {
        "name": service.name,
        "image": f"registry.example.com/{service.namespace}/{service.name}:{service.revision}",
        "env": [{"name": "DATABASE_PASSWORD", "value": "not-for-any-snapshot"}],
        "resources": resources,
        **({} if service.daemon else PROBED),
    }


def _status(pod: Pod) -> dict[str, Any]:
    status: dict[str, Any] = {
        "phase": "Running" if pod.address else "Pending",
        "hostIP": pod.machine.address,
        "hostIPs": [{"ip": pod.machine.address}],
        "startTime": times.kubernetes(pod.bound),
        "qosClass": "Burstable",
        "conditions": _conditions(pod),
        "containerStatuses": [_container_status(pod)],
    }
    if pod.address:
        status |= {"podIP": pod.address, "podIPs": [{"ip": pod.address}]}
    return status


def _conditions(pod: Pod) -> list[dict[str, Any]]:
    bound = times.kubernetes(pod.bound)
    started = times.kubernetes(pod.bound + timedelta(seconds=6))
    found = []
    for kind in ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"):
        good = bool(pod.address) or kind in ("Initialized", "PodScheduled")
        early = kind in ("Initialized", "PodScheduled") or not pod.address
        condition = {
            "type": kind,
            "status": "True" if good else "False",
            "lastProbeTime": None,
            "lastTransitionTime": bound if early else started,
        }
        if not good and kind in ("Ready", "ContainersReady"):
            condition |= {"reason": UNREADY[0], "message": UNREADY[1].format(pod.service.name)}
        found.append(condition)
    return found


def _container_status(pod: Pod) -> dict[str, Any]:
    running = bool(pod.address)
    state: dict[str, Any] = (
        {"running": {"startedAt": times.kubernetes(pod.bound + timedelta(seconds=5))}}
        if running
        else {"waiting": {"reason": "ContainerCreating"}}
    )
    return {
        "name": pod.service.name,
        "ready": running,
        "started": running,
        "restartCount": 0,
        "image": f"registry.example.com/{pod.service.namespace}/{pod.service.name}:{pod.service.revision}",
        "imageID": "",
        "state": state,
        "lastState": {},
    }
