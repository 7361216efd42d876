"""The names of ENIConfigs that nodes resolve to: by their labels, or by what their daemons said."""

from collections import Counter
from typing import TYPE_CHECKING

from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.custom_networking.eniconfig import zones_of
from eksdoctor.model.facts.fact import Items, Unknown, fact, known, union
from eksdoctor.model.pods.pod import Pod
from eksdoctor.model.pods.waits_for_eni import pods_without_new_eni

if TYPE_CHECKING:
    from eksdoctor.model.cluster.cluster import Cluster
    from eksdoctor.model.nodes.node import Node

MISSING = EvidenceClass.ENICONFIG_MISSING
UNNAMED = "(not named)"


class ENIConfigUse:
    """A name that nodes resolve to, whether or not an ENIConfig has it."""

    name: str
    wanted: str
    nodes: "Items[Node]"

    def __init__(self, cluster: "Cluster", name: str, nodes: "Items[Node]") -> None:
        self.cluster = cluster
        self.name = name or "(empty)"
        self.wanted = name
        self.nodes = nodes

    def __str__(self) -> str:
        return self.name

    @fact
    def exists(self) -> bool:
        """Whether there is an ENIConfig of that name."""
        return self.cluster.eni_config_named(self.wanted) is not None

    @fact
    def misses(self) -> int:
        """How often the daemons of these nodes said that they found none, or that they know others only."""
        found = sum(one.count for node in self.nodes for one in node.heard.said(MISSING))
        if not found and any(self.wanted not in named for node in self.nodes if (named := _others(node))):
            return 1
        if not found:
            for node in self.nodes:
                self.cluster.heard.require_hearing(node.name)
        return found

    @fact
    def sources(self) -> tuple[str, ...]:
        """By what the nodes were resolved: the kind and key of what names it, with how many nodes."""
        names = [known(node.eni_config_name) for node in self.nodes]
        counted = Counter(f"{name.via} {name.key}".strip() for name in names)
        return tuple(f"{words} ({number})" for words, number in sorted(counted.items()))

    @fact
    def zones(self) -> tuple[str, ...]:
        """The zones of these nodes."""
        return zones_of(self.nodes)

    @fact
    def names_there(self) -> tuple[str, ...]:
        """The ENIConfigs that there are."""
        return tuple(sorted(config.name for config in known(self.cluster.eni_configs)))

    @fact
    def pods_without_eni(self) -> Items[Pod]:
        """Pods that wait for a new ENI on any of these nodes; all that wait, where the daemon said why."""
        said = [node for node in self.nodes if node.heard.said(MISSING) or _others(node)]
        return union((*(pods_without_new_eni(node) for node in self.nodes), *_waiting(said)))


def heard_uses(cluster: "Cluster", known_nodes: set[str]) -> list[ENIConfigUse]:
    """The names that daemons spoke of, on nodes whose own labels cannot be seen."""
    uses: dict[str, list[Node]] = {}
    for name in cluster.heard.nodes_named:
        node = cluster.node_named(name)
        if name not in known_nodes and (node.heard.said(MISSING) or _others(node)):
            uses.setdefault(resolved_name(node), []).append(node)
    return [ENIConfigUse(cluster, name, Items(tuple(uses[name]))) for name in sorted(uses)]


def resolved_name(node: "Node") -> str:
    """The name that its daemon resolved to, by its latest word."""
    said = [
        one for one in node.heard.said(EvidenceClass.SETTINGS) if one.signature.id == "ipamd-eniconfig-name"
    ]
    return said[-1].texts.get("name", UNNAMED) if said else UNNAMED


def _others(node: "Node") -> set[str]:
    """The ENIConfigs its daemon knows, if it said which name it resolved to and that name is none of them."""
    listed = {one.texts.get("listed", "") for one in node.heard.said(EvidenceClass.SETTINGS)} - {""}
    name = resolved_name(node)
    return listed if listed and name != UNNAMED and name not in listed else set()


def _waiting(nodes: "list[Node]") -> "list[Items[Pod]]":
    parts = []
    for node in nodes:
        waiting = node.starved_pods
        parts.append(Items((), waiting) if isinstance(waiting, Unknown) else waiting)
    return parts
