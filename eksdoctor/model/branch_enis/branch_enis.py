"""Security groups for pods in a cluster: who waits for a branch ENI, and for what."""

from functools import cached_property

from eksdoctor.model.branch_enis.by_instance_type import BranchType, by_type
from eksdoctor.model.branch_enis.controller_config_map import number, setting
from eksdoctor.model.branch_enis.controller_failures import BranchFailure, Step, failures
from eksdoctor.model.branch_enis.node_branch_enis import BranchState, NodeBranch
from eksdoctor.model.branch_enis.policy import Policies
from eksdoctor.model.branch_enis.policy_effect import PolicyReach
from eksdoctor.model.branch_enis.shortage import BranchShortage, shortage
from eksdoctor.model.entities.cluster import Cluster, ClusterPart
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.pod import BRANCH_RESOURCE, Pod
from eksdoctor.model.entities.pod_events import PodEvents
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known, union
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.pods.scheduler_message import SchedulerAnswer, is_short_of, required_answer
from eksdoctor.model.pods.trouble import PodTrouble, Trouble
from eksdoctor.model.vpc_cni.addon import Addon
from eksdoctor.model.warm_pool.lower_targets import merged_configuration

COOL_DOWN_KEY = "branch-eni-cooldown"
DEFAULT_COOL_DOWN = 60  # seconds
LEAST_COOL_DOWN = 30


class Branches(ClusterPart, name="branches"):
    """The branch ENIs of a cluster."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self._causes: dict[SchedulerAnswer, BranchShortage] = {}

    # --- nodes -------------------------------------------------------------------------------------

    @fact
    def nodes(self) -> "Items[Node]":
        """The nodes that offer branch ENIs."""
        return known(self.cluster.part(Nodes).nodes).where(_offers)

    @fact
    def total(self) -> int:
        """Branch ENIs that all nodes together offer."""
        return sum(known(node.part(NodeBranch).limit) for node in known(self.nodes).all())

    @fact
    def types(self) -> Items[BranchType]:
        """The same nodes by instance type."""
        return by_type(known(self.nodes))

    @fact
    def nodes_that_could(self) -> "Items[Node]":
        """Nodes of capable types on which ENABLE_POD_ENI is off."""
        return known(self.cluster.part(Nodes).ec2_linux_nodes).where(
            lambda node: (
                s if isinstance(s := node.part(NodeBranch).state, Unknown) else s == BranchState.DISABLED
            )
        )

    @cached_property
    def nodes_to_look_at(self) -> "tuple[Node, ...]":
        """Nodes that offer no branch ENI while a pod finds none: their ENIs tell of a trunk."""
        short, nodes = self.pods_short, self.cluster.part(Nodes).ec2_linux_nodes
        if isinstance(short, Unknown) or isinstance(nodes, Unknown) or not short.elements:
            return ()
        if self.cluster.part(CNI).security_groups_for_pods is not True:
            return ()
        return tuple(
            node
            for node in nodes
            if node.part(NodeBranch).limit == 0 and node.part(NodeBranch).can_have_trunk is not False
        )

    # --- pods that no node takes -------------------------------------------------------------------

    @fact
    def pods_short(self) -> Items[Pod]:
        """Pending pods for which the scheduler finds no branch ENI."""
        return known(self.cluster.part(AffectedPods).pods_in_trouble).where(_is_short)

    def _pods_for(self, cause: BranchShortage) -> Items[Pod]:
        def is_it(pod: Pod) -> bool | Unknown:
            found = self._cause(pod)
            return found if isinstance(found, Unknown) else found == cause

        return known(self.pods_short).where(is_it)

    def _cause(self, pod: Pod) -> BranchShortage | Unknown:
        """What a pod stays Pending for; pods of one workload have the same answer."""
        try:
            answer = required_answer(pod)
            if answer not in self._causes:
                self._causes[answer] = shortage(self.cluster, answer)
        except NotKnown as missing:
            return missing.unknown
        return self._causes[answer]

    @fact
    def pods_while_disabled(self) -> Items[Pod]:
        """Those that wait because ENABLE_POD_ENI is off."""
        return self._pods_for(BranchShortage.DISABLED)

    @fact
    def pods_without_trunk(self) -> Items[Pod]:
        """Those that wait because nodes that could have no trunk."""
        return self._pods_for(BranchShortage.NO_TRUNK)

    @fact
    def pods_not_advertised(self) -> Items[Pod]:
        """Those that wait because nodes with a trunk do not offer it."""
        return self._pods_for(BranchShortage.NOT_ADVERTISED)

    @fact
    def pods_out_of_budget(self) -> Items[Pod]:
        """Those that wait because the nodes gave all branch ENIs they have."""
        return self._pods_for(BranchShortage.BUDGET)

    @fact
    def pods_on_unsupported(self) -> Items[Pod]:
        """Those that wait because all nodes that are left to them are of types without a trunk."""
        return self._pods_for(BranchShortage.UNSUPPORTED)

    # --- bound pods --------------------------------------------------------------------------------

    @fact
    def waiting_pods(self) -> Items[Pod]:
        """Bound pods that wait for their branch ENI."""
        if not known(self.cluster.part(CNI).security_groups_for_pods):
            return Items()
        return known(self.cluster.part(AffectedPods).pods_in_trouble).where(_waits)

    @fact
    def failures(self) -> Items[BranchFailure]:
        """What the controller could not do."""
        missing = self.cluster.part(PodEvents).pod_requests[1]
        return Items(failures(self.cluster), missing)

    @fact
    def allocation_failures(self) -> Items[BranchFailure]:
        """Branch ENIs that could not be made."""
        return known(self.failures).where(lambda failure: failure.step == Step.ALLOCATION)

    @fact
    def annotation_failures(self) -> Items[BranchFailure]:
        """Branch ENIs that were made and could not be written onto the pod."""
        return known(self.failures).where(lambda failure: failure.step == Step.ANNOTATION)

    # --- policies ----------------------------------------------------------------------------------

    @fact
    def pods_meant_for_branches(self) -> Items[Pod]:
        """Pods that policies select and that could have a branch ENI, and those that wait for one."""
        parts: list[Items[Pod]] = []
        policies = known(self.cluster.part(Policies).policies)
        for policy in policies:
            found = policy.part(PolicyReach).pods
            parts.append(Items((), found) if isinstance(found, Unknown) else found)
        parts += [known(self.pods_while_disabled), Items((), policies.missing)]
        return union(parts)

    # --- settings ----------------------------------------------------------------------------------

    @fact
    def cool_down(self) -> int:
        """Seconds that a deleted branch ENI still counts (vpc-resource-controller cooldown.go)."""
        seconds = number(setting(self.cluster, COOL_DOWN_KEY))
        return DEFAULT_COOL_DOWN if seconds is None else max(seconds, LEAST_COOL_DOWN)

    @fact
    def enabling_configuration(self) -> str:
        """The add-on's configurationValues with ENABLE_POD_ENI merged in."""
        addon = known(self.cluster.part(CNI).part(Addon).record)
        if addon is None:
            raise NotKnown.because("the CNI is not an EKS add-on")
        return merged_configuration(addon.configuration_values, {"ENABLE_POD_ENI": "true"})

    @fact
    def cluster_role(self) -> str:
        """The name of the role with which the controller calls EC2."""
        self.cluster.require_same_cluster()
        name = known(self.cluster.record).role_arn.rpartition("/")[2]
        if not name:
            raise NotKnown.because("the DescribeCluster response has no role")
        return name


def _offers(node: "Node") -> bool | Unknown:
    limit = node.part(NodeBranch).limit
    return limit if isinstance(limit, Unknown) else limit > 0


def _is_short(pod: Pod) -> bool | Unknown:
    trouble = pod.part(PodTrouble).trouble
    if isinstance(trouble, Unknown) or trouble != Trouble.UNBOUND:
        return trouble if isinstance(trouble, Unknown) else False
    try:
        return is_short_of(pod, BRANCH_RESOURCE)
    except NotKnown as missing:
        return missing.unknown


def _waits(pod: Pod) -> bool | Unknown:
    if not pod.wants_branch_eni_first or pod.has_branch_eni:
        return False
    trouble = pod.part(PodTrouble).trouble
    return trouble if isinstance(trouble, Unknown) else trouble == Trouble.STARVED
