"""What a paste shows beside words: settings, nodes, subnets, pods; so that one sees what was read of it."""

from collections.abc import Iterator

from eksdoctor.paste import cni_settings
from eksdoctor.paste.pasted_text import PLACEHOLDER_NODE, PLACEHOLDER_POD
from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.records import kubernetes
from eksdoctor.snapshot.snapshot import Snapshot

MOST = 12
TYPE_LABEL = "node.kubernetes.io/instance-type"


def understood(snapshot: Snapshot) -> tuple[str, ...]:
    """A line for each thing, the most telling first; of many the first few."""
    return tuple(_lines(snapshot))[:MOST]


def _lines(snapshot: Snapshot) -> Iterator[str]:
    yield from _settings(snapshot)
    for node in snapshot.of(kinds.NODES):
        if (shown := _node(node)) != PLACEHOLDER_NODE:
            yield shown
    for subnet in snapshot.of(kinds.SUBNETS):
        yield f"{subnet.subnet_id}: {subnet.available_ip_address_count} addresses free of {subnet.cidr_block}"
    for config in snapshot.of(kinds.ENI_CONFIGS):
        yield f"ENIConfig {config.metadata.name}"
    waiting = [pod.metadata.name for pod in snapshot.of(kinds.PODS) if _is_shown(pod)]
    if waiting:
        yield f"waiting: {', '.join(waiting)}"


def _settings(snapshot: Snapshot) -> Iterator[str]:
    for daemon_set in snapshot.of(kinds.DAEMON_SETS):
        for container in daemon_set.spec.template.spec.containers:
            settings = [f"{one.name}={one.value}" for one in container.env if one.value is not None]
            if settings:
                yield f"{container.name} runs with {', '.join(settings)}"
    for addon in snapshot.of(kinds.ADDONS):
        told = cni_settings.read_configuration_values(addon.configuration_values)
        if told:
            yield "the add-on is told " + ", ".join(f"{name}={value}" for name, value in told.items())


def _node(node: kubernetes.Node) -> str:
    facts = [node.metadata.labels.get(TYPE_LABEL, "")]
    pods = node.status.capacity.get("pods", "")
    facts.append(f"{pods} pods" if pods else "")
    told = ", ".join(fact for fact in facts if fact)
    name = "the node" if node.metadata.name == PLACEHOLDER_NODE and told else node.metadata.name
    return f"{name}: {told}" if told else name


def _is_shown(pod: kubernetes.Pod) -> bool:
    """Whether it waits, and the paste names it."""
    return pod.status.phase == "Pending" and pod.metadata.name != PLACEHOLDER_POD
