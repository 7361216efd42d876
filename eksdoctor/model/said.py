"""Something that was said about one place, judged: whom it stops, and whether it is more than a start."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from eksdoctor.model.fact import Items, NotKnown, Unknown, fact, known, union
from eksdoctor.model.new_eni import pods_without_new_eni
from eksdoctor.model.pod import Pod
from eksdoctor.model.utterance import BRIEF, Utterance
from eksdoctor.testimony.statements import Statement

if TYPE_CHECKING:
    from eksdoctor.model.cluster import Cluster
    from eksdoctor.model.node import Node
    from eksdoctor.model.subnet import Subnet

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
COMBINED = "combined from similar events"


class Said(Utterance):
    """Statements of one class about one place: a node, else a pod, else a subnet."""

    def __init__(self, cluster: "Cluster", name: str, statements: Iterable[Statement]) -> None:
        super().__init__(name, statements)
        self.cluster = cluster

    @fact
    def node(self) -> "Node":
        """That node."""
        if not self.node_name:
            raise NotKnown.because("what was said names no node")
        return self.cluster.node_named(self.node_name)

    @fact
    def subnet(self) -> "Subnet":
        """That subnet."""
        return self.cluster.subnet_named(known(self.subnet_id))

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
        action = known(self.action)
        if action in STOPPING or "Initialization failure" in self.words:
            return True
        if action in TOLERATED:
            return False
        raise NotKnown.because(f"whether pods need {action} is not known")

    @fact
    def is_past_a_start(self) -> bool:
        """Whether it is more than the minutes after aws-node's start in which nothing answers yet."""
        lasted = self.lasted
        if COMBINED in self.words or (lasted is not None and lasted > BRIEF):
            return True
        daemon = known(self.node).daemon
        if not known(daemon.is_ready):
            return known(self.cluster.at - known(daemon.not_ready_since) > BRIEF)
        return known(self.last) > known(daemon.ready_since) + BRIEF

    @fact
    def pods(self) -> Items[Pod]:
        """The pods in trouble that it is about: those it names, else those that wait on its node."""
        trouble = known(self.cluster.pods_in_trouble)
        named = set(self.pods_named)
        mine = Items(tuple(pod for pod in trouble if {pod.name, pod.short_name} & named), trouble.missing)
        if all(one.pod for one in self.statements):
            return mine
        return union((mine, self._waiting()))

    @fact
    def pods_without_eni(self) -> Items[Pod]:
        """The same, and those that wait on its node for a daemon which does not start without a pod ENI."""
        node = self.node
        without = Items[Pod]() if isinstance(node, Unknown) else pods_without_new_eni(node)
        return union((known(self.pods), without))

    def _waiting(self) -> Items[Pod]:
        if not self.node_name:
            return Items((), Unknown.because("what was said names neither node nor pod"))
        return known(known(self.node).starved_pods)
