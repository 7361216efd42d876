"""The settings and objects in pasted evidence, so that the user sees what was read."""

from collections.abc import Iterator

from eksdoctor.paste import cni_settings
from eksdoctor.paste.pasted_text import PLACEHOLDER_NODE, PLACEHOLDER_POD
from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.records import kubernetes
from eksdoctor.snapshot.snapshot import Snapshot

MOST = 12
TYPE_LABEL = "node.kubernetes.io/instance-type"


def paste_contents(snapshot: Snapshot) -> tuple[str, ...]:
    """A line for each setting or object, at most 12, settings first."""
    return tuple(_lines(snapshot))[:MOST]


def _lines(snapshot: Snapshot) -> Iterator[str]:
    yield from _settings(snapshot)
    for node in snapshot.of(kinds.NODES):
        if (shown := _node(node)) != PLACEHOLDER_NODE:
            yield shown
    for subnet in snapshot.of(kinds.SUBNETS):
        yield f"{subnet.subnet_id}: {subnet.available_ip_address_count} IPs free in {subnet.cidr_block}"
    for config in snapshot.of(kinds.ENI_CONFIGS):
        yield f"ENIConfig {config.metadata.name}"
    waiting = [pod.metadata.name for pod in snapshot.of(kinds.PODS) if _is_shown(pod)]
    if waiting:
        yield f"waiting pods: {', '.join(waiting)}"


def _settings(snapshot: Snapshot) -> Iterator[str]:
    for daemon_set in snapshot.of(kinds.DAEMON_SETS):
        for container in daemon_set.spec.template.spec.containers:
            settings = [f"{one.name}={one.value}" for one in container.env if one.value is not None]
            if settings:
                yield f"{container.name} runs with {', '.join(settings)}"
    for addon in snapshot.of(kinds.ADDONS):
        configured = cni_settings.read_configuration_values(addon.configuration_values)
        if configured:
            yield "add-on configuration: " + ", ".join(
                f"{name}={value}" for name, value in configured.items()
            )


def _node(node: kubernetes.Node) -> str:
    facts = [node.metadata.labels.get(TYPE_LABEL, "")]
    pods = node.status.capacity.get("pods", "")
    facts.append(f"{pods} pods" if pods else "")
    known = ", ".join(fact for fact in facts if fact)
    name = "the node" if node.metadata.name == PLACEHOLDER_NODE and known else node.metadata.name
    return f"{name}: {known}" if known else name


def _is_shown(pod: kubernetes.Pod) -> bool:
    """Whether the pod is pending and the text names it."""
    return pod.status.phase == "Pending" and pod.metadata.name != PLACEHOLDER_POD
