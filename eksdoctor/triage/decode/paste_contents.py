"""The settings and objects in pasted evidence, so that the user sees what was read."""

from collections.abc import Iterator

from eksdoctor.paste import cni_settings
from eksdoctor.paste.pasted_text import PLACEHOLDER_NODE, PLACEHOLDER_POD
from eksdoctor.snapshot.records import kubernetes
from eksdoctor.snapshot.records.aws import DESCRIBE_ADDON, DESCRIBE_SUBNETS
from eksdoctor.snapshot.records.kubernetes import LIST_DAEMON_SETS, LIST_ENI_CONFIGS, LIST_NODES, LIST_PODS
from eksdoctor.snapshot.snapshot import Snapshot

MOST = 12
TYPE_LABEL = "node.kubernetes.io/instance-type"


def paste_contents(snapshot: Snapshot) -> tuple[str, ...]:
    """A line for each setting or object, at most 12, settings first."""
    return tuple(_lines(snapshot))[:MOST]


def _lines(snapshot: Snapshot) -> Iterator[str]:
    yield from _settings(snapshot)
    for node in snapshot.of(LIST_NODES.kind):
        if (shown := _node(node)) != PLACEHOLDER_NODE:
            yield shown
    for subnet in snapshot.of(DESCRIBE_SUBNETS.kind):
        yield f"{subnet.subnet_id}: {subnet.available_ip_address_count} IPs free in {subnet.cidr_block}"
    for config in snapshot.of(LIST_ENI_CONFIGS.kind):
        yield f"ENIConfig {config.metadata.name}"
    waiting = [pod.metadata.name for pod in snapshot.of(LIST_PODS.kind) if _is_shown(pod)]
    if waiting:
        yield f"waiting pods: {', '.join(waiting)}"


def _settings(snapshot: Snapshot) -> Iterator[str]:
    for daemon_set in snapshot.of(LIST_DAEMON_SETS.kind):
        for container in daemon_set.spec.template.spec.containers:
            settings = [f"{one.name}={one.value}" for one in container.env if one.value is not None]
            if settings:
                yield f"{container.name} runs with {', '.join(settings)}"
    for addon in snapshot.of(DESCRIBE_ADDON.kind):
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
