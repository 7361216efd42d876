"""Something that was said about one place, judged: whom it stops, and whether it is more than a start."""

from collections.abc import Iterable

from eksdoctor.evidence.observed.observation import Observation
from eksdoctor.model.aws_node.health import DaemonPod
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.observation_index import ObservationIndex
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.entities.subnets import Subnets
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known, union
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.model.nodes.waits_for_eni import pods_without_new_eni
from eksdoctor.model.observations.observation_group import BRIEF, Utterance
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.pods.trouble import PodTrouble, Trouble

STOPPING = frozenset(
    {
        "AssignPrivateIpAddresses", "CreateNetworkInterface", "AttachNetworkInterface", "AssignIpv6Addresses",
        "ModifyNetworkInterfaceAttribute", "CreateTags",
    }
)  # fmt: skip
"""Without these no address comes. ModifyNetworkInterfaceAttribute when attaching: its denial in the refresh
of security groups is a class of its own.
https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.1/pkg/awsutils/awsutils.go"""
TOLERATED = frozenset(
    {"DescribeSubnets", "DescribeSecurityGroups", "DeleteNetworkInterface", "DetachNetworkInterface"}
)
GIVING_BACK = ("DeleteNetworkInterface", "DetachNetworkInterface", "UnassignPrivateIpAddresses")
GAVE_UP = "Initialization failure"
ATTRIBUTE = "ModifyNetworkInterfaceAttribute"
ATTACHING = ("AllocENI", "attach", "change the ENI's attribute")
COMBINED = "combined from similar events"


class Said(Utterance):
    """Statements of one class about one place: a node, else a pod, else a subnet."""

    def __init__(self, cluster: "Cluster", name: str, statements: Iterable[Observation]) -> None:
        super().__init__(name, statements)
        self.cluster = cluster

    @fact
    def node(self) -> "Node":
        """That node."""
        if not self.node_name:
            raise NotKnown.because("the log line or event names no node")
        return self.cluster.part(Nodes).node_named(self.node_name)

    @fact
    def subnet(self) -> "Subnet":
        """That subnet."""
        return self.cluster.part(Subnets).subnet_named(known(self.subnet_id))

    @property
    def instance_id(self) -> str:
        """The instance of its node; empty when it is not known."""
        node = self.node
        found = Unknown.because("no node") if isinstance(node, Unknown) else node.instance_id
        return "" if isinstance(found, Unknown) else found

    @property
    def plugin(self) -> str:
        """The plugin that it names; aws-cni where it names none."""
        return self.named("plugin") or "aws-cni"

    @property
    def enis(self) -> tuple[str, ...]:
        """The ENIs it names."""
        return tuple(dict.fromkeys(one.eni for one in self.statements if one.eni))

    @fact
    def stops_pods(self) -> bool:
        """Whether pods get no address without the call that was denied."""
        if GAVE_UP in self.words:
            return True
        action = known(self.action)
        if action == ATTRIBUTE and not any(words in self.words for words in ATTACHING):
            raise NotKnown.because(f"whether {action} was denied while an ENI was attached is unknown")
        if action in STOPPING:
            return True
        if action in TOLERATED:
            return False
        raise NotKnown.because(f"whether pods need {action} is unknown")

    @fact
    def is_past_a_start(self) -> bool:
        """Whether it is more than the minutes after aws-node's start in which nothing answers yet."""
        lasted = self.lasted
        if COMBINED in self.words or (lasted is not None and lasted > BRIEF):
            return True
        daemon = known(self.node).part(DaemonPod)
        if not known(daemon.is_ready):
            return known(self.cluster.at - known(daemon.not_ready_since) > BRIEF)
        return known(self.last) > known(daemon.ready_since) + BRIEF

    @fact
    def pods(self) -> Items[Pod]:
        """The pods in trouble that it is about: those it names, else those that wait on its node."""
        trouble = known(self.cluster.part(AffectedPods).pods_in_trouble)
        named = set(self.pods_named)
        mine = Items(tuple(pod for pod in trouble if {pod.name, pod.short_name} & named), trouble.missing)
        if all(one.pod for one in self.statements):
            return mine
        return union((mine, self._waiting()))

    @fact
    def pods_kept_waiting(self) -> Items[Pod]:
        """The same, but none where the call only gives something back."""
        return Items() if self.action in GIVING_BACK else known(self.pods)

    @fact
    def pods_without_eni(self) -> Items[Pod]:
        """The same, and those that wait on its node for a daemon which does not start without a pod ENI."""
        node = self.node
        without = Items[Pod]() if isinstance(node, Unknown) else pods_without_new_eni(node)
        return union((known(self.pods), without))

    @fact
    def pods_that_need_the_api_server(self) -> Items[Pod]:
        """The same pods, less those whose daemon gives out addresses without the API server."""
        needed = self.cluster.part(CNI).needs_api_server
        if isinstance(needed, Unknown):
            return Items((), needed)
        return known(self.pods) if needed else self._before_its_start()

    def _waiting(self) -> Items[Pod]:
        if not self.node_name:
            return Items((), Unknown.because("the log line or event names neither node nor pod"))
        starved = known(known(self.node).part(NodePool).starved_pods).where(self._may_be_about)
        return union((starved, self._before_its_start()))

    def _may_be_about(self, pod: Pod) -> bool:
        """Not where the pod still waits and the daemon has long not said it again."""
        is_quiet = all(self.cluster.part(ObservationIndex).is_quiet_since(one) for one in self.statements)
        return pod.part(PodTrouble).trouble != Trouble.STARVED or not is_quiet

    def _before_its_start(self) -> Items[Pod]:
        """Pods that wait for the daemon itself, where this is what it said when it gave up its start."""
        node = self.node
        if isinstance(node, Unknown) or not any(GAVE_UP in one.evidence for one in self.statements):
            return Items()
        return known(node.part(DaemonPod).pods_before_its_start)
