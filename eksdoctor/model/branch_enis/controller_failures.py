"""What the resource controller could not do for a pod, from its events on the pod, by the inner error."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from eksdoctor.model.branch_enis.node_branch_enis import NodeBranch
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.entities.event_times import last_seen, times
from eksdoctor.model.entities.nodes import NodeOfPod
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.pods import Pods
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.facts.fact import Items, Unknown, fact, known
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.pods.trouble import PodTrouble, Trouble
from eksdoctor.snapshot.records import kubernetes

MOST_SHOWN = 300  # characters of an event, as evidence
Found = tuple[Pod, kubernetes.Event]
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class Step(StrEnum):
    """What failed."""

    ALLOCATION = "BranchAllocationFailed"
    ANNOTATION = "BranchENIAnnotationFailed"


STEPS = tuple(step.value for step in Step)


class FailureReason(StrEnum):
    """Why, decoded from the inner error."""

    SUBNET = "subnet"
    GROUP = "group"
    GROUPS = "groups"
    IAM = "iam"
    QUOTA = "quota"
    THROTTLED = "throttled"
    TRUNK = "trunk"
    STALE = "stale"
    ADMISSION = "admission"
    POD_SECURITY = "pod-security"
    RBAC = "rbac"
    OTHER = "other"


SAYS = {
    FailureReason.SUBNET: "the subnet has no free address",
    FailureReason.GROUP: "a security group does not exist or is of another VPC",
    FailureReason.GROUPS: "more security groups come together than one ENI takes",
    FailureReason.IAM: "IAM denies the cluster role the call",
    FailureReason.QUOTA: "the region's quota of network interfaces is reached",
    FailureReason.THROTTLED: "EC2 limits the rate of calls",
    FailureReason.TRUNK: "EC2 does not tie the branch ENI to the trunk",
    FailureReason.STALE: "the controller still holds the entry of an earlier try",
    FailureReason.ADMISSION: "an admission webhook or policy refuses the controller's patch",
    FailureReason.POD_SECURITY: "a pod security policy refuses the controller's patch",
    FailureReason.RBAC: "Kubernetes RBAC denies the controller the patch",
    FailureReason.OTHER: "for a reason that its words alone tell",
}

# The first that a message holds decides. Codes are EC2's, the other texts the controller's
# (amazon-vpc-resource-controller-k8s pkg/provider/branch/trunk/trunk.go) and the API server's.
WORDS = {
    Step.ALLOCATION: {
        FailureReason.GROUPS: ("SecurityGroupsPerInterfaceLimitExceeded",),
        FailureReason.GROUP: (
            "InvalidSecurityGroupID.NotFound",
            "InvalidGroup.NotFound",
            "InvalidSecurityGroup.NotFound",
        ),
        FailureReason.SUBNET: (
            "InsufficientFreeAddressesInSubnet",
            "InsufficientCidrBlocks",
            "There aren't sufficient free Ipv4 addresses",
        ),
        FailureReason.IAM: ("UnauthorizedOperation", "AccessDenied", "AuthFailure"),
        FailureReason.QUOTA: ("NetworkInterfaceLimitExceeded",),
        FailureReason.THROTTLED: ("RequestLimitExceeded", "Throttling"),
        FailureReason.STALE: ("already exist, older entry",),
        FailureReason.TRUNK: ("associating branch to trunk",),
    },
    Step.ANNOTATION: {
        FailureReason.POD_SECURITY: ("pod security policy", "PodSecurityPolicy"),
        FailureReason.ADMISSION: ("admission webhook", "ValidatingAdmissionPolicy", "denied the request"),
        FailureReason.RBAC: ("cannot patch resource", "cannot update resource", "is forbidden"),
    },
}


def reason_of(step: Step, message: str) -> FailureReason:
    """Why a step failed."""
    for why, words in WORDS[step].items():
        if any(word in message for word in words):
            return why
    return FailureReason.OTHER


class BranchFailure:
    """One step that failed for one reason, and the pods that it failed for last."""

    name: str
    step: Step
    why: FailureReason

    def __init__(self, cluster: "Cluster", step: Step, why: FailureReason, found: Iterable[Found]) -> None:
        self.cluster = cluster
        self.step = step
        self.why = why
        self.name = SAYS[why]
        self.found = tuple(found)
        self.every_pod = tuple(pod for pod, _ in self.found)

    def __str__(self) -> str:
        return self.name

    @property
    def count(self) -> int:
        """How often the controller said so."""
        return sum(times(event) for _, event in self.found)

    @property
    def words(self) -> str:
        """What it said last, shortened."""
        _, event = max(self.found, key=lambda one: (_at(one[1]), one[1].message))
        text = " ".join(event.message.split())
        return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"

    @property
    def example(self) -> Pod:
        """One of the pods."""
        return self.every_pod[0]

    @fact
    def pods(self) -> Items[Pod]:
        """Those of its pods that are or were in trouble."""
        mine = set(self.every_pod)
        return known(self.cluster.part(AffectedPods).pods_in_trouble).where(lambda pod: pod in mine)

    @fact
    def waiting_pods(self) -> Items[Pod]:
        """Those that wait for a branch ENI now."""
        return known(self.pods).where(
            lambda pod: t if isinstance(t := pod.part(PodTrouble).trouble, Unknown) else t == Trouble.STARVED
        )

    @fact
    def subnets(self) -> "Items[Subnet]":
        """Where the branch ENIs of its pods' nodes are made."""
        nodes = {
            pod.node_name: node for pod in self.every_pod if (node := pod.part(NodeOfPod).node) is not None
        }
        found = Items(tuple(nodes[name] for name in sorted(nodes))).map(
            lambda node: node.part(NodeBranch).subnet
        )
        distinct = {subnet.id: subnet for subnet in found}
        return Items(tuple(distinct[key] for key in sorted(distinct)), found.missing)


def failures(cluster: "Cluster") -> tuple[BranchFailure, ...]:
    """The failures of the window, each pod with what failed for it last."""
    found: defaultdict[tuple[Step, FailureReason], list[Found]] = defaultdict(list)
    for pod in cluster.part(Pods).pods:
        last = _last(pod)
        if last is not None:
            step = Step(last.reason)
            found[(step, reason_of(step, last.message))].append((pod, last))
    return tuple(BranchFailure(cluster, *key, found[key]) for key in sorted(found))


def _last(pod: Pod) -> kubernetes.Event | None:
    """The last failure of a pod.

    After any failure the controller's next try may only meet the entry of the first: that is said last
    and is no reason, as long as another is known.
    """
    events = [event for event in pod.events if event.reason in STEPS]
    reasons = [e for e in events if reason_of(Step(e.reason), e.message) != FailureReason.STALE]
    return max(reasons or events, key=lambda event: (_at(event), event.reason), default=None)


def _at(event: kubernetes.Event) -> datetime:
    return last_seen(event) or _EARLIEST
