"""The names of ENIConfigs that nodes resolve to: by their labels, or by what their daemons said."""

from collections import Counter

from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.custom_networking.eniconfig import ENIConfigs, zones_of
from eksdoctor.model.custom_networking.node_eniconfig import NodeENIConfig
from eksdoctor.model.entities.cluster import Cluster, ClusterPart
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.observation_index import ObservationIndex
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import Items, Unknown, fact, known, union
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.model.nodes.waits_for_eni import pods_without_new_eni
from eksdoctor.model.observations.node_observations import NodeHearing

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
        return self.cluster.part(ENIConfigs).eni_config_named(self.wanted) is not None

    @fact
    def misses(self) -> int:
        """How often the daemons of these nodes said that they found none, or that they know others only."""
        found = sum(one.count for node in self.nodes for one in node.part(NodeHearing).said(MISSING))
        if not found and any(self.wanted not in named for node in self.nodes if (named := _others(node))):
            return 1
        if not found:
            for node in self.nodes:
                self.cluster.part(ObservationIndex).require_hearing(node.name)
        return found

    @fact
    def sources(self) -> tuple[str, ...]:
        """By what the nodes were resolved: the kind and key of what names it, with how many nodes."""
        names = [known(node.part(NodeENIConfig).eni_config_name) for node in self.nodes]
        counted = Counter(f"{name.via} {name.key}".strip() for name in names)
        return tuple(f"{words} ({number})" for words, number in sorted(counted.items()))

    @fact
    def zones(self) -> tuple[str, ...]:
        """The zones of these nodes."""
        return zones_of(self.nodes)

    @fact
    def names_there(self) -> tuple[str, ...]:
        """The ENIConfigs that there are."""
        return tuple(sorted(config.name for config in known(self.cluster.part(ENIConfigs).eni_configs)))

    @fact
    def pods_without_eni(self) -> Items[Pod]:
        """Pods that wait for a new ENI on any of these nodes; all that wait, where the daemon said why."""
        said = [node for node in self.nodes if node.part(NodeHearing).said(MISSING) or _others(node)]
        return union((*(pods_without_new_eni(node) for node in self.nodes), *_waiting(said)))


def heard_uses(cluster: "Cluster", known_nodes: set[str]) -> list[ENIConfigUse]:
    """The names that daemons spoke of, on nodes whose own labels cannot be seen."""
    uses: dict[str, list[Node]] = {}
    for name in cluster.part(ObservationIndex).nodes_named:
        node = cluster.part(Nodes).node_named(name)
        if name not in known_nodes and (node.part(NodeHearing).said(MISSING) or _others(node)):
            uses.setdefault(resolved_name(node), []).append(node)
    return [ENIConfigUse(cluster, name, Items(tuple(uses[name]))) for name in sorted(uses)]


def resolved_name(node: "Node") -> str:
    """The name that its daemon resolved to, by its latest word."""
    said = [
        one
        for one in node.part(NodeHearing).said(EvidenceClass.SETTINGS)
        if one.signature.id == "ipamd-eniconfig-name"
    ]
    return said[-1].texts.get("name", UNNAMED) if said else UNNAMED


def _others(node: "Node") -> set[str]:
    """The ENIConfigs its daemon knows, if it said which name it resolved to and that name is none of them."""
    listed = {one.texts.get("listed", "") for one in node.part(NodeHearing).said(EvidenceClass.SETTINGS)} - {
        ""
    }
    name = resolved_name(node)
    return listed if listed and name != UNNAMED and name not in listed else set()


def _waiting(nodes: "list[Node]") -> "list[Items[Pod]]":
    parts = []
    for node in nodes:
        waiting = node.part(NodePool).starved_pods
        parts.append(Items((), waiting) if isinstance(waiting, Unknown) else waiting)
    return parts


class ENIConfigUses(ClusterPart, inline=True):
    """The names of ENIConfigs that nodes resolve to."""

    @fact
    def eni_config_uses(self) -> Items[ENIConfigUse]:
        """The names of ENIConfigs that nodes resolve to; none without custom networking."""
        custom = self.cluster.part(CNI).custom_networking
        if custom is False:
            return Items()
        if isinstance(custom, Unknown):
            return Items(tuple(heard_uses(self.cluster, set())), custom)
        nodes = known(self.cluster.part(Nodes).nodes_of_vpc_cni)
        names = nodes.map(lambda node: node.part(NodeENIConfig).eni_config_name)
        groups: dict[str, list[Node]] = {}
        for node in nodes:
            name = node.part(NodeENIConfig).eni_config_name
            if not isinstance(name, Unknown):
                groups.setdefault(name.name, []).append(node)
        used = ((name, Items(tuple(groups[name]), names.missing)) for name in sorted(groups))
        uses = [ENIConfigUse(self.cluster, name, members) for name, members in used]
        placed = {node.name for members in groups.values() for node in members}
        return Items((*uses, *heard_uses(self.cluster, placed)), names.missing)

    def eni_config_users(self, name: str) -> Items[Node] | Unknown:
        """The nodes that resolve to an ENIConfig."""
        uses = self.eni_config_uses
        if isinstance(uses, Unknown):
            return uses
        return next((use.nodes for use in uses if use.wanted == name), Items((), uses.missing))
