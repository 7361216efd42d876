"""The affected pods of a cluster."""

from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.nodes import NodeOfPod, Nodes
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.pods import Pods
from eksdoctor.model.facts.fact import Items, Unknown, fact, known
from eksdoctor.model.pods.trouble import PodTrouble, Trouble


class AffectedPods(ClusterPart, inline=True):
    """The pods that wait for an IP or a node, or did so in the window."""

    @fact
    def pods_in_trouble(self) -> Items[Pod]:
        """The pods that wait for an address, find no node for want of one, or did so in the window."""
        focus = self.cluster.snapshot.focus
        pods = self.cluster.part(Pods).pods
        if focus.namespace:
            pods = pods.where(lambda pod: pod.namespace == focus.namespace)
        if focus.pod:
            pods = pods.where(lambda pod: pod.short_name == focus.pod)
        return pods.where(
            lambda pod: t if isinstance(t := pod.part(PodTrouble).trouble, Unknown) else t != Trouble.NONE
        )

    @fact
    def pods_waiting_for_addresses(self) -> Items[Pod]:
        """Starved or recovered pods whose own events name the VPC CNI's answer."""
        return known(self.pods_in_trouble).where(lambda pod: pod.waits_for_address)

    @fact
    def pods_waiting_for_volumes(self) -> Items[Pod]:
        """Starved pods whose volumes are not mounted, so that no sandbox was tried."""
        return known(self.pods_in_trouble).where(lambda pod: pod.waits_for_volume)

    @fact
    def pods_waiting_with_address(self) -> Items[Pod]:
        """Pods that do not run yet although they have had their address for a minute and more."""
        namespace = self.cluster.snapshot.focus.namespace
        mine = (
            self.cluster.part(Pods).pods
            if not namespace
            else self.cluster.part(Pods).pods.where(lambda pod: pod.namespace == namespace)
        )
        return mine.where(lambda pod: pod.waits_with_address)

    @fact
    def pods_without_cni(self) -> Items[Pod]:
        """Pods in trouble on nodes where a CNI belongs, none of which is the VPC CNI."""
        return known(self.pods_in_trouble).where(_is_on_ec2_linux)

    @fact
    def nodes_in_question(self) -> Items[Node]:
        """The nodes that pods in trouble are bound to."""
        names = {pod.node_name for pod in known(self.pods_in_trouble)} - {""}
        return Items(
            tuple(self.cluster.part(Nodes).node_named(name) for name in sorted(names)),
            known(self.pods_in_trouble).missing,
        )

    @fact
    def names_in_question(self) -> frozenset[str]:
        """Their names; raises NotKnown when there may be more."""
        return frozenset(node.name for node in known(self.nodes_in_question).all())


def _is_on_ec2_linux(pod: Pod) -> bool | Unknown:
    node = pod.part(NodeOfPod).node
    return node.is_ec2_linux if node is not None else False
