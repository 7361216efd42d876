"""What a SecurityGroupPolicy does: which pods it can give a branch ENI, and whether its groups are there."""

from eksdoctor.model.branch_enis.policy import Policy, PolicyPart
from eksdoctor.model.custom_networking.security_group_lookup import is_missing, is_of_another_vpc
from eksdoctor.model.entities.nodes import NodeOfPod
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.pods import Pods
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import Items, NotKnown, Reason, Unknown, fact, known
from eksdoctor.model.facts.subject import Part, Subject
from eksdoctor.model.instance_types.compute import Compute
from eksdoctor.model.pods.trouble import PodTrouble, Trouble

GROUP_REFUSALS = ("InvalidSecurityGroupID.NotFound", "InvalidGroup.NotFound", "InvalidSecurityGroup.NotFound")


class PolicyReach(PolicyPart, Subject, name="reach"):
    """The effect of one policy."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy)
        self.cluster = policy.cluster

    # --- pods --------------------------------------------------------------------------------------

    @fact
    def pods(self) -> Items[Pod]:
        """The pods it selects that can have a branch ENI: no host-network, Windows, Fargate or finished ones.

        A pod without a node is one when the webhook has given it the limit.
        """
        return known(self.policy.pods).where(_can_have_branch)

    @fact
    def waiting_pods(self) -> Items[Pod]:
        """Those that are bound and wait for their branch ENI."""
        if not known(self.cluster.part(CNI).security_groups_for_pods):
            return Items()
        return known(self.pods).where(_waits)

    @fact
    def is_without_pods(self) -> bool:
        """Whether it selects no pod at all."""
        selected = known(self.policy.pods)
        return not selected.elements and not selected.all()

    # --- the policy itself -------------------------------------------------------------------------

    @property
    def has_selector(self) -> bool:
        """Whether it has a selector, empty or not."""
        spec = self.policy.record.spec
        return spec.pod_selector is not None or spec.service_account_selector is not None

    @property
    def has_groups(self) -> bool:
        """Whether it names a group."""
        return bool(self.policy.groups)

    @fact
    def accounts_named(self) -> tuple[str, ...]:
        """Service accounts whose name stands where a label's value belongs."""
        selector = self.policy.record.spec.service_account_selector
        if selector is None:
            return ()
        values = set(selector.match_labels.values())
        for expression in selector.match_expressions:
            found = expression.get("values")
            values |= {one for one in found if isinstance(one, str)} if isinstance(found, list) else set()
        mine = (pod for pod in self.cluster.part(Pods).pods if pod.namespace == self.policy.namespace)
        return tuple(sorted({pod.service_account for pod in mine} & values))

    # --- its groups --------------------------------------------------------------------------------

    @fact
    def missing_groups(self) -> Items[str]:
        """Its groups that do not exist."""
        return Items(self.policy.groups).where(lambda group: is_missing(self.cluster, group))

    @fact
    def foreign_groups(self) -> Items[str]:
        """Its groups that are of another VPC."""
        return Items(self.policy.groups).where(lambda group: is_of_another_vpc(self.cluster, group))

    @fact
    def group_refusals(self) -> int:
        """Its waiting pods whose events carry EC2's refusal of a group; EC2's silence proves nothing."""
        found = sum(1 for pod in known(self.waiting_pods) if _is_refused_a_group(pod))
        if not found:
            raise NotKnown(Unknown((Reason("no pod event shows its security groups", asked=False),)))
        return found

    # --- what nodes can carry ----------------------------------------------------------------------


def _can_have_branch(pod: Pod) -> bool | Unknown:
    if pod.record is None or pod.is_host_network or pod.is_over:
        return False
    node = pod.part(NodeOfPod).node
    if node is None:
        return pod.wants_branch_eni_first
    compute = node.compute
    if isinstance(compute, Unknown) or compute != Compute.EC2:
        return compute if isinstance(compute, Unknown) else False
    windows = node.is_windows
    return windows if isinstance(windows, Unknown) else not windows


def _waits(pod: Pod) -> bool | Unknown:
    if not pod.wants_branch_eni_first or pod.has_branch_eni:
        return False
    trouble = pod.part(PodTrouble).trouble
    return trouble if isinstance(trouble, Unknown) else trouble == Trouble.STARVED


def _is_refused_a_group(pod: Pod) -> bool:
    return any(code in event.message for event in pod.events for code in GROUP_REFUSALS)


class PolicyReachPart(Part, of=PolicyReach):
    """Facts of one topic about the effect of a policy."""

    def __init__(self, reach: PolicyReach) -> None:
        self.reach = reach
        self.cluster = reach.cluster
