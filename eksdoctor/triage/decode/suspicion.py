"""The rules that pasted evidence makes likely if all settings it does not show have default values.

Such an assumption is not evidence. Only rules with `suspect_when` are evaluated, and their findings are
likely at most.
"""

from dataclasses import replace

from msgspec import structs

from eksdoctor.engine.evaluation.evaluate import evaluate
from eksdoctor.engine.evaluation.finding import Confidence
from eksdoctor.engine.rulebook.load import Rulebook
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts import requests
from eksdoctor.paste import cni_settings
from eksdoctor.paste.cni_settings import INCOMPLETE_ENV
from eksdoctor.snapshot.records import kubernetes
from eksdoctor.snapshot.records.aws import DESCRIBE_ADDON, DESCRIBE_CLUSTER
from eksdoctor.snapshot.records.kubernetes import LIST_DAEMON_SETS, LIST_NODES
from eksdoctor.snapshot.request import Request
from eksdoctor.snapshot.snapshot import Outcome, Snapshot, decode

NAME = "pasted"
"""The cluster name if the text names none."""
RELEASE = "v1.20.4"
"""The assumed CNI version if the text names none; these settings behave the same in all recent versions."""
NEVER_ASSUMED = (
    "ENABLE_PREFIX_DELEGATION",
    "WARM_IP_TARGET",
    "MINIMUM_IP_TARGET",
    "WARM_PREFIX_TARGET",
    "WARM_ENI_TARGET",
)
"""Settings that users often change: no value is assumed if the text does not show them."""
ASSUMED_LISTS: tuple[Request, ...] = (
    requests.DAEMON_SETS,
    requests.CONFIG_MAP,
    requests.AWS_NODE_PODS,
    requests.cluster(NAME),
    requests.addon(NAME),
)


def suspected_rules(snapshot: Snapshot, rulebook: Rulebook) -> tuple[str, ...]:
    """The ids of the rules that fire, or whose `suspect_when` holds, under the assumption."""
    cluster = Cluster(assume_complete(snapshot))
    found = []
    for rule in rulebook:
        if rule.suspect_when:
            outcome = evaluate(rule, cluster)
            fired = any(one.confidence != Confidence.PAST for one in outcome.fired)
            if fired or any(one.is_suspected for one in outcome.undecided):
                found.append(rule.id)
    return tuple(found)


def assume_complete(snapshot: Snapshot) -> Snapshot:
    """The snapshot under the assumption that nothing else is set and no other object exists."""
    records = dict(snapshot.records)
    sets = tuple(_without_other_variables(one) for one in snapshot.of(LIST_DAEMON_SETS.kind))
    records[LIST_DAEMON_SETS.kind.file] = sets or _as_configured(snapshot)
    records[DESCRIBE_CLUSTER.kind.file] = ({"name": NAME},)
    nodes = [node.metadata.name for node in snapshot.of(LIST_NODES.kind)]
    listed = (requests.NODES, *map(requests.pods_of_node, nodes)) if nodes else ()
    outcomes = {request: Outcome() for request in (*ASSUMED_LISTS, *listed)}
    return replace(
        snapshot, records=records, outcomes=outcomes, target=replace(snapshot.target, cluster=NAME)
    )


def _without_other_variables(daemon_set: kubernetes.DaemonSet) -> kubernetes.DaemonSet:
    """The DaemonSet without the mark that other variables may be set."""
    template = daemon_set.spec.template
    containers = tuple(
        _with_defaults(one) if INCOMPLETE_ENV in one.env_from else one for one in template.spec.containers
    )
    spec = structs.replace(template.spec, containers=containers)
    return structs.replace(
        daemon_set, spec=structs.replace(daemon_set.spec, template=structs.replace(template, spec=spec))
    )


def _with_defaults(container: kubernetes.TemplateContainer) -> kubernetes.TemplateContainer:
    shown = {variable.name for variable in container.env}
    unknown = (
        kubernetes.EnvironmentVariable(name, value_from=INCOMPLETE_ENV)
        for name in NEVER_ASSUMED
        if name not in shown
    )
    image = f"{container.image}:{RELEASE}"
    return structs.replace(container, env=(*container.env, *unknown), env_from=(), image=image)


def _as_configured(snapshot: Snapshot) -> tuple[kubernetes.DaemonSet, ...]:
    """aws-node with the add-on's configuration, for text without the DaemonSet."""
    configured = [
        addon.configuration_values for addon in snapshot.of(DESCRIBE_ADDON.kind) if addon.configuration_values
    ]
    variables = cni_settings.read_configuration_values(configured[0]) if configured else {}
    return (
        (
            _without_other_variables(
                decode(LIST_DAEMON_SETS.kind, cni_settings.aws_node_daemon_set(variables))
            ),
        )
        if variables
        else ()
    )
