"""Pods that find no node because the nodes run as many pods as they may, though they lack nothing else."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.nodes import Nodes, PodsOfNode, ServedByVpcCni
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known
from eksdoctor.model.instance_types.compute import Compute
from eksdoctor.model.instance_types.max_pods_setting import MaxPodsChange
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.pods.pod_table import OVER
from eksdoctor.model.pods.trouble import PodTrouble, Trouble
from eksdoctor.model.pods.unschedulable_pod import RefusedPod, refused
from eksdoctor.model.provisioning.node_max_pods import Density
from eksdoctor.model.provisioning.read_node_origin import NODE_GROUP
from eksdoctor.snapshot.records.kubernetes import TABULATE_PODS

MOST_GROUPS = 5  # node groups that a triage asks for beside those with waiting pods
# Words of the pod table that only a pod has which is not over; `Error` and its like say either.
ALIVE = {
    "Running", "Pending", "ContainerCreating", "PodInitializing", "Terminating", "NotReady",
    "CrashLoopBackOff", "ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError",
}  # fmt: skip
CUT_OFF = Unknown.because("the scheduler's message is truncated")
UNDIVIDED = Unknown.because("the scheduler's counts do not show which nodes lack only pod slots")


@dataclass(frozen=True, slots=True)
class FullKind:
    """Full nodes of one instance type and one max-pods; `node` is one of them."""

    node: "Node"
    nodes: "Items[Node]"


class PodCeiling(ClusterPart, name="pod_ceiling"):
    """The cluster's nodes against their max-pods."""

    @fact
    def refusals(self) -> Items[RefusedPod]:
        """Unbound pods that full nodes refused at the scheduler's last try."""
        unbound = known(self.cluster.part(AffectedPods).pods_in_trouble).where(
            lambda pod: t if isinstance(t := pod.part(PodTrouble).trouble, Unknown) else t == Trouble.UNBOUND
        )
        return unbound.map(refused).where(lambda one: one.full_nodes > 0)

    @fact
    def refused_pods(self) -> Items[Pod]:
        """These pods, whatever else the nodes lack."""
        return known(self.refusals).map(lambda one: one.pod)

    @fact
    def pods_kept_out(self) -> Items[Pod]:
        """The pods for which at least one node of the VPC CNI lacks nothing but room under its max-pods."""
        return self._kept_out_by(lambda node: node.part(ServedByVpcCni).is_served_by_vpc_cni)

    @fact
    def pods_kept_out_below_capacity(self) -> Items[Pod]:
        """Those of them that a node refuses which admits fewer pods than it should."""

        def is_below(node: "Node") -> bool | Unknown:
            served = node.part(ServedByVpcCni).is_served_by_vpc_cni
            return node.part(Density).is_below_capacity if served is True else served

        return self._kept_out_by(is_below)

    def _kept_out_by(self, is_one: "Callable[[Node], bool | Unknown]") -> Items[Pod]:
        """Refused pods that more nodes refuse for pods alone than there are full nodes of other kinds."""
        refusals = known(self.refusals)
        if not refusals.elements:
            return Items((), refusals.missing)
        others = sum(
            1
            for node in known(self.cluster.part(Nodes).nodes).all()
            if is_one(node) is not True and self.is_full(node) is not False and not _is_fargate(node)
        )

        def is_kept_out(one: RefusedPod) -> bool | Unknown:
            if one.most_short_of_pods_alone < 1:
                return False
            if not one.answer.is_whole:
                return CUT_OFF
            return True if one.nodes_short_of_pods_alone > others else UNDIVIDED

        return refusals.where(is_kept_out).map(lambda one: one.pod)

    @fact
    def full_nodes(self) -> "Items[Node]":
        """The nodes of the VPC CNI that run as many pods as they may."""
        return known(self.cluster.part(Nodes).nodes_of_vpc_cni).where(self.is_full)

    @fact
    def full_kinds(self) -> Items[FullKind]:
        """The full nodes by instance type, number and place of the setting, the most numerous first."""
        full = known(self.full_nodes)
        found: dict[tuple[object, ...], list[Node]] = {}
        for node in full:
            found.setdefault(_kind_of(node), []).append(node)
        groups = sorted(found.values(), key=lambda nodes: (-len(nodes), nodes[0].name))
        return Items(tuple(FullKind(nodes[0], Items(tuple(nodes), full.missing)) for nodes in groups))

    @property
    def nodes_to_look_at(self) -> "tuple[Node, ...]":
        """One full node of each of the largest kinds while pods are refused: whose they are is asked for."""
        pods, full = self.refused_pods, self.full_nodes
        if isinstance(pods, Unknown) or isinstance(full, Unknown) or not pods.elements:
            return ()
        found: dict[str, list[Node]] = {}
        for node in full:
            labels = node.labels
            group = "" if isinstance(labels, Unknown) else labels.get(NODE_GROUP, "")
            found.setdefault(group, []).append(node)
        groups = sorted(found.values(), key=lambda nodes: (-len(nodes), nodes[0].name))
        return tuple(nodes[0] for nodes in groups[:MOST_GROUPS])

    @fact
    def raises(self) -> Items[MaxPodsChange]:
        """What to set where AWS recommends more than the full nodes admit, each once."""
        found: dict[MaxPodsChange, None] = {}
        for kind in known(self.full_kinds):
            if _could_admit_more(kind.node):
                changes = kind.node.part(Density).changes_to_recommended
                found |= dict.fromkeys(() if isinstance(changes, Unknown) else changes)
        return Items(tuple(found))

    @fact
    def kinds_at_best(self) -> Items[FullKind]:
        """The kinds that admit what AWS recommends, or more: other nodes must take the pods."""
        return known(self.full_kinds).where(lambda kind: not _could_admit_more(kind.node))

    @fact
    def could_gain_from_prefixes(self) -> bool:
        """Whether prefix delegation is off and would let one of the full kinds admit more."""
        if known(self.cluster.part(CNI).prefix_delegation):
            return False
        return any(
            known(kind.node.part(Density).recommended_with_prefixes) > known(kind.node.allocatable_pods)
            for kind in known(self.full_kinds)
        )

    def is_full(self, node: "Node") -> bool | Unknown:
        """Whether a node runs as many pods as the scheduler may bind to it."""
        try:
            limit = known(node.allocatable_pods)
            least, most = self._bound(node)
        except NotKnown as missing:
            return missing.unknown
        if least >= limit:
            return True
        return Unknown.because(f"which pods of {node.name} are over is not clear") if most >= limit else False

    def _bound(self, node: "Node") -> tuple[int, int]:
        """Pods bound to a node that are not over: surely, and at most."""
        pods = known(node.part(PodsOfNode).pods)
        if pods.missing is None:
            running = sum(1 for pod in pods if not pod.is_over)
            return running, running
        missing = gap(self.cluster.snapshot, requests.POD_ROWS)
        if missing is not None:
            raise NotKnown(missing)
        least, most = known(self._rows)
        return least[node.name], most[node.name]

    @fact
    def _rows(self) -> tuple[Counter[str], Counter[str]]:
        least: Counter[str] = Counter()
        most: Counter[str] = Counter()
        for row in self.cluster.snapshot.of(TABULATE_PODS.kind):
            status, _, node = row.cells
            if status not in OVER:
                most[node] += 1
                least[node] += status in ALIVE
        return least, most


def _is_fargate(node: "Node") -> bool:
    return node.compute == Compute.FARGATE  # a taint keeps pods away before pods are counted


def _kind_of(node: "Node") -> tuple[object, ...]:
    changes = node.part(Density).changes_to_recommended
    whose = () if isinstance(changes, Unknown) else changes.elements
    return (str(node.instance_type), str(node.allocatable_pods), whose)


def _could_admit_more(node: "Node") -> bool:
    admits, recommended = node.allocatable_pods, node.part(Density).recommended
    return isinstance(admits, int) and isinstance(recommended, int) and admits < recommended
