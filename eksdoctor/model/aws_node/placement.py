"""Why the DaemonSet makes no pod for a node: what of its template keeps it off."""

from collections.abc import Iterable, Mapping
from typing import Any

from eksdoctor.model.facts.label_selector import selects
from eksdoctor.snapshot.records.kubernetes import Node, Selector, Taint, TemplateSpec, Toleration

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
STOPS = ("NoSchedule", "NoExecute")
# The DaemonSet controller adds these by itself:
# https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations
ALWAYS_BORNE = frozenset(
    f"node.kubernetes.io/{name}"
    for name in (
        "not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable",
        "network-unavailable",
    )
)  # fmt: skip


def obstacle(template: TemplateSpec, node: Node) -> str:
    """What keeps the template's pods off a node, in words; empty when nothing does."""
    labels = node.metadata.labels
    for key, value in sorted(template.node_selector.items()):
        if labels.get(key) != value:
            return f"the DaemonSet's nodeSelector wants the label {key}={value}"
    if not _admits(template.affinity, node):
        return "the DaemonSet's node affinity excludes the node"
    for taint in node.spec.taints:
        if not _bears(template.tolerations, taint):
            words = f"{taint.key}={taint.value}" if taint.value else taint.key
            return f"the DaemonSet does not tolerate the node's taint {words}:{taint.effect}"
    return ""


def _bears(tolerations: Iterable[Toleration], taint: Taint) -> bool:
    if taint.effect not in STOPS or taint.key in ALWAYS_BORNE:
        return True
    return any(_tolerates(toleration, taint) for toleration in tolerations)


def _tolerates(toleration: Toleration, taint: Taint) -> bool:
    if toleration.effect not in ("", taint.effect):
        return False
    if toleration.operator == "Exists":
        return toleration.key in ("", taint.key)
    return toleration.key == taint.key and toleration.value == taint.value


def _admits(affinity: Mapping[str, Any], node: Node) -> bool:
    """Whether one of the required terms matches; a template without required terms admits every node."""
    of_node = affinity.get("nodeAffinity")
    required = of_node.get(REQUIRED) if isinstance(of_node, Mapping) else None
    terms = required.get("nodeSelectorTerms") if isinstance(required, Mapping) else None
    if not isinstance(terms, list):
        return True
    return any(_matches(term, node) for term in terms if isinstance(term, Mapping))


def _matches(term: Mapping[str, Any], node: Node) -> bool:
    expressions, fields = _requirements(term, "matchExpressions"), _requirements(term, "matchFields")
    if not expressions and not fields:
        return False  # the API's word: an empty term matches nothing
    named = {"metadata.name": node.metadata.name}
    return all(_holds(one, node.metadata.labels) for one in expressions) and all(
        _holds(one, named) for one in fields
    )


def _requirements(term: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = term.get(key)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _holds(requirement: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, operator, listed = (requirement.get(name) for name in ("key", "operator", "values"))
    if not isinstance(key, str):
        return False
    values = [str(value) for value in listed] if isinstance(listed, list) else []
    if operator not in ("Gt", "Lt"):
        expression = {"key": key, "operator": operator, "values": values}
        return selects(Selector(match_expressions=(expression,)), labels)
    actual, bound = labels.get(key, ""), values[0] if values else ""
    if not (_is_number(actual) and _is_number(bound)):
        return False
    return int(actual) > int(bound) if operator == "Gt" else int(actual) < int(bound)


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and len(text) <= 18  # noqa: PLR2004  digits of an int64
