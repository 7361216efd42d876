"""The probes by which the kubelet connects to a pod, and whether it seems to get an answer."""

from collections.abc import Iterator
from dataclasses import dataclass

from eksdoctor.model.entities.pod import PATIENCE, Pod
from eksdoctor.model.facts.fact import Items, NotKnown
from eksdoctor.snapshot.records import kubernetes

MOST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class NetworkProbe:
    """One probe over TCP: HTTP, gRPC and plain TCP ones are the same to the network."""

    pod: Pod
    container: str
    kind: str
    port: int

    @property
    def namespace(self) -> str:
        """The pod's namespace."""
        return self.pod.namespace

    @property
    def pod_name(self) -> str:
        """The pod's name within it."""
        return self.pod.short_name

    def __str__(self) -> str:
        return f"{self.kind} probe of {self.pod.name} on TCP {self.port}"


def unanswered_probes(pod: Pod) -> Items[NetworkProbe]:
    """The network probes of a running pod that look as if they failed; raises NotKnown for older records.

    A container that is ready by such a probe proves that the kubelet reaches this pod.
    """
    if pod.record is None or pod.record.spec.termination_grace_period_seconds is None:
        raise NotKnown.because("this snapshot does not contain the probes of pods", "a new snapshot")
    bound = pod.bound_at
    if bound is None or pod.cluster.at - bound <= PATIENCE:
        return Items()
    statuses = {status.name: status for status in pod.record.status.container_statuses}
    found: list[NetworkProbe] = []
    for container in pod.record.spec.containers:
        status = statuses.get(container.name)
        if status is None:
            continue
        probes = list(network_probes(pod, container))
        if status.ready and any(probe.kind != "liveness" for probe in probes):
            return Items()
        found += [probe for probe in probes if _has_symptom(probe, status)]
    return Items(tuple(found))


def _has_symptom(probe: NetworkProbe, status: kubernetes.ContainerStatus) -> bool:
    return status.restart_count > 0 if probe.kind == "liveness" else not status.ready


def network_probes(pod: Pod, container: kubernetes.Container) -> Iterator[NetworkProbe]:
    """The probes of a container that connect to the pod's own address."""
    written = {
        "startup": container.startup_probe,
        "readiness": container.readiness_probe,
        "liveness": container.liveness_probe,
    }
    for kind, probe in written.items():
        target = (probe.http_get or probe.tcp_socket or probe.grpc) if probe is not None else None
        if target is None or target.host:
            continue
        port = _port(target.port, container)
        if port is not None:
            yield NetworkProbe(pod, container.name, kind, port)


def _port(written: int | str, container: kubernetes.Container) -> int | None:
    """The number of a port; a name is one of the container's own ports."""
    if isinstance(written, str):
        named = {port.name: port.container_port for port in container.ports if port.name}
        if written in named:
            written = named[written]
        elif written.isascii() and written.isdigit() and len(written) <= 5:  # noqa: PLR2004 (65535)
            written = int(written)
        else:
            return None
    return written if 0 < written <= MOST_PORT else None
