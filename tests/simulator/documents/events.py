"""Events of the last hour: failing sandboxes, the monitoring agent's warnings, and everyday ones."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tests.simulator.documents import times
from tests.simulator.documents.nodes import NO_IPS
from tests.simulator.machine import Machine, Pod
from tests.simulator.network import NO_ADDRESSES
from tests.simulator.simulation import AGENT, AT, Simulation

LIFE = timedelta(hours=1)
SIMILAR = 10  # after so many like events the kubelet sends one that counts
COMBINED = "(combined from similar events): "
FAILED = (
    "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "
    '"{sandbox}": plugin type="aws-cni" name="aws-cni" failed (add): '
    "add cmd: failed to assign an IP address to container"
)


def events(simulation: Simulation) -> list[dict[str, Any]]:
    """Every event, oldest first."""
    found: list[dict[str, Any]] = []
    for pod in simulation.pods:
        if pod.bound <= AT - LIFE:
            continue
        found.append(_scheduled(simulation, pod))
        found.extend(_started(simulation, pod) if pod.address else _failures(simulation, pod))
    if AGENT in simulation.daemons:
        found.extend(
            _no_ips(simulation, machine) for machine in simulation.machines if _out_of_addresses(machine)
        )
    return sorted(
        found, key=lambda event: (event["metadata"]["creationTimestamp"], event["metadata"]["name"])
    )


def _out_of_addresses(machine: Machine) -> bool:
    return machine.refused is not None and machine.refused[1] == NO_ADDRESSES


def _scheduled(simulation: Simulation, pod: Pod) -> dict[str, Any]:
    """The scheduler sends the newer form: a time of its own, no count."""
    message = f"Successfully assigned {pod.service.namespace}/{pod.name} to {pod.machine.name}"
    event = _event(simulation, _of_pod(pod), pod.service.namespace, pod.bound)
    return event | {
        "reason": "Scheduled",
        "message": message,
        "type": "Normal",
        "action": "Binding",
        "eventTime": times.microseconds(pod.bound),
        "firstTimestamp": None,
        "lastTimestamp": None,
        "source": {},
        "reportingComponent": "default-scheduler",
        "reportingInstance": "default-scheduler-ip-172-16-48-11",
    }


def _started(simulation: Simulation, pod: Pod) -> Iterator[dict[str, Any]]:
    steps = (("Pulled", "Container image already present on machine"), ("Started", "Started container"))
    for second, (reason, words) in enumerate(steps, start=3):
        at = pod.bound + timedelta(seconds=second)
        yield _counted(simulation, pod, reason, f"{words} {pod.service.name}", "Normal", (1, at, at))


def _failures(simulation: Simulation, pod: Pod) -> Iterator[dict[str, Any]]:
    """A try every dozen seconds, each with a new sandbox; from the tenth on they are counted together."""
    tries = []
    at = pod.bound + timedelta(seconds=2)
    while at < AT:
        tries.append(at)
        at += timedelta(seconds=simulation.random.randint(11, 16))
    for moment in tries[:SIMILAR]:
        message = FAILED.format(sandbox=simulation.names.hex(64))
        yield _counted(simulation, pod, "FailedCreatePodSandBox", message, "Warning", (1, moment, moment))
    if later := tries[SIMILAR:]:
        message = COMBINED + FAILED.format(sandbox=simulation.names.hex(64))
        span = (len(later), later[0], later[-1])
        yield _counted(simulation, pod, "FailedCreatePodSandBox", message, "Warning", span)


def _counted(  # noqa: PLR0917
    simulation: Simulation,
    pod: Pod,
    reason: str,
    message: str,
    kind: str,
    span: tuple[int, datetime, datetime],
) -> dict[str, Any]:
    count, first, last = span
    event = _event(simulation, _of_pod(pod), pod.service.namespace, first)
    return event | {
        "reason": reason,
        "message": message,
        "type": kind,
        "count": count,
        "firstTimestamp": times.kubernetes(first),
        "lastTimestamp": times.kubernetes(last),
        "eventTime": None,
        "source": {"component": "kubelet", "host": pod.machine.name},
        "reportingComponent": "kubelet",
        "reportingInstance": pod.machine.name,
    }


def _no_ips(simulation: Simulation, machine: Machine) -> dict[str, Any]:
    """The agent repeats its warning every five minutes while ipamd's log shows the error."""
    assert machine.refused is not None
    first = machine.refused[0]
    last = max(first, AT - timedelta(seconds=simulation.random.randint(5, 290)))
    about = {"kind": "Node", "name": machine.name, "uid": machine.name}
    return _event(simulation, about, "default", first) | {
        "reason": "IPAMDNoIPs",
        "message": NO_IPS,
        "type": "Warning",
        "count": 1 + int((last - first) / timedelta(minutes=5)),
        "firstTimestamp": times.kubernetes(first),
        "lastTimestamp": times.kubernetes(last),
        "eventTime": None,
        "source": {"component": "eks-node-monitoring-agent", "host": machine.name},
        "reportingComponent": "eks-node-monitoring-agent",
        "reportingInstance": machine.name,
    }


def _of_pod(pod: Pod) -> dict[str, str]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "namespace": pod.service.namespace,
        "name": pod.name,
        "uid": pod.uid,
    }


def _event(
    simulation: Simulation, about: dict[str, str], namespace: str, created: datetime
) -> dict[str, Any]:
    return {
        "metadata": {
            "name": f"{about['name']}.{simulation.names.hex(16)}",
            "namespace": namespace,
            "uid": simulation.names.uid(),
            "creationTimestamp": times.kubernetes(created),
        },
        "involvedObject": about,
    }
