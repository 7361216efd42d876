"""Addresses of Windows pods, which the resource controller hands out from one ENI of each node."""

from eksdoctor.model.branch_enis.controller_config_map import setting
from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.nodes import NodeOfPod, Nodes
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.pod_events import PodEvents
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known
from eksdoctor.model.instance_types.compute import Compute
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.pods.scheduler_message import is_short_of, required_answer
from eksdoctor.model.pods.trouble import PodTrouble, Trouble

ADDRESS_RESOURCE = "vpc.amazonaws.com/PrivateIPv4Address"
NO_ADDRESS = f"pod does not have label {ADDRESS_RESOURCE}"
MOST_DIGITS = 9


class WindowsNode:
    """A Windows node as the scheduler sees its addresses."""

    name: str

    def __init__(self, node: "Node") -> None:
        self.node = node
        self.name = node.name

    def __str__(self) -> str:
        return self.name

    @fact
    def limit(self) -> int:
        """Pod addresses that the node offers: its allocatable, 0 without any."""
        record = self.node.record
        if record is None or not record.status.allocatable:
            raise NotKnown.because("the node reports no resources")
        text = record.status.allocatable.get(ADDRESS_RESOURCE, "0")
        if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
            raise NotKnown.because(f"the node's {ADDRESS_RESOURCE} is not a number")
        return int(text)

    @fact
    def instance_type(self) -> str:
        """EC2 instance type."""
        return known(self.node.instance_type)


class WindowsAddresses(ClusterPart, name="windows"):
    """The addresses of a cluster's Windows pods."""

    @fact
    def nodes(self) -> Items[WindowsNode]:
        """The Windows nodes on EC2."""
        return known(self.cluster.part(Nodes).nodes).where(_is_windows).map(WindowsNode)

    @fact
    def is_managed(self) -> bool:
        """Whether the controller hands out addresses: ConfigMap key `enable-windows-ipam`, shipped false."""
        return setting(self.cluster, "enable-windows-ipam") == "true"

    @fact
    def uses_prefixes(self) -> bool:
        """Whether nodes take whole prefixes: key `enable-windows-prefix-delegation`, shipped false."""
        return setting(self.cluster, "enable-windows-prefix-delegation") == "true"

    @fact
    def pods_short(self) -> Items[Pod]:
        """Pending pods for which the scheduler finds no address on Windows nodes."""
        return known(self.cluster.part(AffectedPods).pods_in_trouble).where(_is_short)

    @fact
    def pods_without_ipam(self) -> Items[Pod]:
        """Pods that get no address because the controller hands none out."""
        managed = self.is_managed
        if managed is True:
            return Items()
        found = known(self.cluster.part(AffectedPods).pods_in_trouble).where(self._lacks_ipam)
        if isinstance(managed, Unknown) and found.elements:
            return Items((), managed)
        return found

    def _lacks_ipam(self, pod: Pod) -> bool | Unknown:
        try:
            if pod.part(PodTrouble).trouble == Trouble.UNBOUND:
                return is_short_of(pod, ADDRESS_RESOURCE) and self._advertised() == 0
            node = pod.part(NodeOfPod).node
            if node is None or not known(node.is_windows):
                return False
            found = any(NO_ADDRESS in event.message for event in pod.sandbox_events)
            if not found:
                self.cluster.part(PodEvents).require_events()
        except NotKnown as missing:
            return missing.unknown
        return found

    def _advertised(self) -> int:
        return sum(1 for node in known(self.nodes).all() if known(node.limit) > 0)

    @fact
    def pods_out_of_budget(self) -> Items[Pod]:
        """Those of which the scheduler found more nodes short than there are nodes that offer none.

        Windows pods carry a selector for their system, so no Linux node is among them.
        """

        def is_it(pod: Pod) -> bool | Unknown:
            try:
                answer = required_answer(pod)
                silent = len(known(self.nodes).all()) - self._advertised()
                if answer.short_of_nothing_else(ADDRESS_RESOURCE) > silent:
                    return True
                if not self._advertised():
                    return False
            except NotKnown as missing:
                return missing.unknown
            return Unknown.because("the scheduler's event does not name the nodes without a free IP")

        return known(self.pods_short).where(is_it)


def _is_windows(node: "Node") -> bool | Unknown:
    compute = node.compute
    if isinstance(compute, Unknown) or compute != Compute.EC2:
        return compute if isinstance(compute, Unknown) else False
    return node.is_windows


def _is_short(pod: Pod) -> bool | Unknown:
    trouble = pod.part(PodTrouble).trouble
    if isinstance(trouble, Unknown) or trouble != Trouble.UNBOUND:
        return trouble if isinstance(trouble, Unknown) else False
    try:
        return is_short_of(pod, ADDRESS_RESOURCE)
    except NotKnown as missing:
        return missing.unknown
