"""Why the scheduler finds no branch ENI for a pod: which kind of node it is that has none to give.

The scheduler tells how many nodes are short of `vpc.amazonaws.com/pod-eni`, not which. A kind of node is
among them for certain when they are more than all the other nodes that are not ruled out.
"""

from collections.abc import Iterable
from enum import StrEnum

from eksdoctor.model.branch_enis.node_branch_enis import BranchState, NodeBranch
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.pod import BRANCH_RESOURCE
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import NotKnown, known
from eksdoctor.model.instance_types.compute import CORDONED
from eksdoctor.model.pods.scheduler_message import SchedulerAnswer

KEEPS_OUT = ("NoSchedule", "NoExecute")


class BranchShortage(StrEnum):
    """What a pod that asks for a branch ENI stays Pending for."""

    DISABLED = "disabled"
    NO_TRUNK = "no-trunk"
    NOT_ADVERTISED = "not-advertised"
    BUDGET = "budget"
    UNSUPPORTED = "unsupported"


FAULTS = {  # a node that should offer branch ENIs and does not comes before one that gave all of its own
    BranchState.DISABLED: BranchShortage.DISABLED,
    BranchState.NO_TRUNK: BranchShortage.NO_TRUNK,
    BranchState.NOT_ADVERTISED: BranchShortage.NOT_ADVERTISED,
    BranchState.ADVERTISED: BranchShortage.BUDGET,
}
MAY_SERVE = (*FAULTS, BranchState.STARTING)


def shortage(cluster: "Cluster", answer: SchedulerAnswer) -> BranchShortage:
    """What a pod with this answer stays Pending for; raises NotKnown where the counts leave it open."""
    nodes = known(cluster.part(Nodes).nodes).all()
    if _is_disabled(cluster, nodes):
        return BranchShortage.DISABLED
    short = answer.short_of_nothing_else(BRANCH_RESOURCE)
    if not short:
        raise NotKnown.because("the nodes without a free branch ENI may lack other resources too")
    left = nodes_left(answer, nodes)
    gone = max(answer.nodes - len(nodes), 0)
    states = [known(node.part(NodeBranch).state) for node in left]
    for state, cause in FAULTS.items():
        others = sum(1 for found in states if found != state)
        if short > others + gone:
            return cause
    if BranchState.UNSUPPORTED in states and not any(state in MAY_SERVE for state in states):
        return BranchShortage.UNSUPPORTED
    raise NotKnown.because("the scheduler's event does not name the nodes without a free branch ENI")


def _is_disabled(cluster: "Cluster", nodes: Iterable["Node"]) -> bool:
    """Whether ENABLE_POD_ENI is off and no node has branch ENIs from before."""
    if known(cluster.part(CNI).security_groups_for_pods):
        return False
    return all(known(node.part(NodeBranch).limit) == 0 for node in nodes)


def nodes_left(answer: SchedulerAnswer, nodes: Iterable["Node"]) -> list["Node"]:
    """The nodes that may be short of a resource: not those that a cordon or taint surely kept out.

    It surely did when the answer counts as many as there are.
    """
    left = list(nodes)
    cordoned = [node for node in left if node.is_unschedulable is True]
    if answer.cordoned >= len(cordoned):
        left = [node for node in left if node not in cordoned]
    tainted = [node for node in left if _is_tainted(node)]
    if answer.tainted >= len(tainted):
        left = [node for node in left if node not in tainted]
    return left


def _is_tainted(node: "Node") -> bool:
    taints = node.record.spec.taints if node.record is not None else ()
    return any(taint.effect in KEEPS_OUT and taint.key != CORDONED for taint in taints)
