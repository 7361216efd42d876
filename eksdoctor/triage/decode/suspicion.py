"""Suspicion: a paste read as if it showed all there is, to see which rules would then speak.

Somebody who reads `ENABLE_PREFIX_DELEGATION: true` beside `pods: 8` supposes that all other settings are
as shipped. That is no evidence, so only rules that say what is enough (`suspect_when`) are asked, and
what they find is likely at most.
"""

from dataclasses import replace

from msgspec import structs

from eksdoctor.engine.evaluation.evaluate import evaluate
from eksdoctor.engine.evaluation.finding import Confidence
from eksdoctor.engine.rulebook.load import Rulebook
from eksdoctor.model.cluster.cluster import Cluster
from eksdoctor.model.facts import requests
from eksdoctor.paste import cni_settings
from eksdoctor.paste.cni_settings import INCOMPLETE_ENV
from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.records import kubernetes
from eksdoctor.snapshot.request import Request
from eksdoctor.snapshot.snapshot import Outcome, Snapshot, decode

NAME = "pasted"
"""The cluster of a paste that names none."""
RELEASE = "v1.20.4"
"""Supposed where the paste names none: what is true of the settings has been so for years."""
SAID_ONLY = (
    "ENABLE_PREFIX_DELEGATION",
    "WARM_IP_TARGET",
    "MINIMUM_IP_TARGET",
    "WARM_PREFIX_TARGET",
    "WARM_ENI_TARGET",
)
"""What people set most: where a paste does not show one of these, nothing is supposed of it."""
WHOLE: tuple[Request, ...] = (
    requests.DAEMON_SETS,
    requests.CONFIG_MAP,
    requests.AWS_NODE_PODS,
    requests.cluster(NAME),
    requests.addon(NAME),
)


def suspected(snapshot: Snapshot, rulebook: Rulebook) -> tuple[str, ...]:
    """The rules for which what was pasted is enough to suspect their cause."""
    cluster = Cluster(supposing(snapshot))
    found = []
    for rule in rulebook:
        if rule.suspect_when:
            outcome = evaluate(rule, cluster)
            fired = any(one.confidence != Confidence.PAST for one in outcome.fired)
            if fired or any(one.is_suspected for one in outcome.undecided):
                found.append(rule.id)
    return tuple(found)


def supposing(snapshot: Snapshot) -> Snapshot:
    """The snapshot as if nothing else were set and no other object existed."""
    records = dict(snapshot.records)
    sets = tuple(_alone(one) for one in snapshot.of(kinds.DAEMON_SETS))
    records[kinds.DAEMON_SETS.file] = sets or _as_configured(snapshot)
    records[kinds.CLUSTER.file] = ({"name": NAME},)
    nodes = [node.metadata.name for node in snapshot.of(kinds.NODES)]
    listed = (requests.NODES, *map(requests.pods_of_node, nodes)) if nodes else ()
    outcomes = {request: Outcome() for request in (*WHOLE, *listed)}
    return replace(
        snapshot, records=records, outcomes=outcomes, target=replace(snapshot.target, cluster=NAME)
    )


def _alone(daemon_set: kubernetes.DaemonSet) -> kubernetes.DaemonSet:
    """The same without the mark that any other variable may be set."""
    template = daemon_set.spec.template
    containers = tuple(
        _as_shipped(one) if INCOMPLETE_ENV in one.env_from else one for one in template.spec.containers
    )
    spec = structs.replace(template.spec, containers=containers)
    return structs.replace(
        daemon_set, spec=structs.replace(daemon_set.spec, template=structs.replace(template, spec=spec))
    )


def _as_shipped(container: kubernetes.TemplateContainer) -> kubernetes.TemplateContainer:
    shown = {variable.name for variable in container.env}
    unknown = (
        kubernetes.EnvironmentVariable(name, value_from=INCOMPLETE_ENV)
        for name in SAID_ONLY
        if name not in shown
    )
    image = f"{container.image}:{RELEASE}"
    return structs.replace(container, env=(*container.env, *unknown), env_from=(), image=image)


def _as_configured(snapshot: Snapshot) -> tuple[kubernetes.DaemonSet, ...]:
    """aws-node as the add-on is told to run it, where the DaemonSet itself was not pasted."""
    told = [addon.configuration_values for addon in snapshot.of(kinds.ADDONS) if addon.configuration_values]
    variables = cni_settings.read_configuration_values(told[0]) if told else {}
    return (
        (_alone(decode(kinds.DAEMON_SETS, cni_settings.aws_node_daemon_set(variables))),) if variables else ()
    )
