"""The pods that wait because their node needs one more ENI: whatever stops EC2 from giving it stops them."""

from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.facts.fact import Items, Unknown, all_of, known, union
from eksdoctor.model.nodes.node_capacity import NodeCapacity
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.model.pods.affected_pods import AffectedPods
from eksdoctor.model.pods.trouble import PodTrouble, Trouble
from eksdoctor.model.pods.waits_for_aws_node import waits_for_daemon

# What the kubelet and the runtime say while aws-node has not started, as it does not without any pod ENI.
NO_DAEMON = ("NetworkPluginNotReady", "cni plugin not initialized", 'plugin type="aws-cni"')


def pods_without_new_eni(node: "Node") -> Items[Pod]:
    """Waiting pods, when no address is left, no attached ENI has room and the daemon asks for an ENI."""
    waiting = known(node.cluster.part(AffectedPods).pods_in_trouble).where(lambda pod: _waits_on(pod, node))
    if not waiting.elements and waiting.missing is None:
        return Items()
    needs = needs_new_eni(node)
    if isinstance(needs, Unknown):
        return Items((), needs)
    return waiting if needs else Items()


def pods_refused_on(node: "Node", *, is_over: bool) -> Items[Pod]:
    """Pods that wait where EC2 refuses addresses or an ENI; of what is over those that recovered."""
    starved = known(node.part(NodePool).starved_pods)
    if is_over:
        return starved.where(lambda pod: pod.part(PodTrouble).trouble == Trouble.RECOVERED)
    return union((starved, pods_without_new_eni(node)))


def needs_new_eni(node: "Node") -> bool | Unknown:
    """Whether the next address of a node can come of a new ENI only."""
    available, asks, slots, left = (
        node.part(NodePool).available_ips,
        node.part(NodePool).next_request,
        node.part(NodeCapacity).free_slots,
        node.part(NodeCapacity).eni_slots_left,
    )
    return all_of(
        available if isinstance(available, Unknown) else available == 0,
        slots if isinstance(slots, Unknown) else slots == 0,
        left if isinstance(left, Unknown) else left > 0,
        asks if isinstance(asks, Unknown) else asks > 0,
    )


def _waits_on(pod: Pod, node: "Node") -> bool | Unknown:
    if pod.node_name != node.name:
        return False
    answered = pod.waits_for_address
    if answered is True and waits_for_daemon(pod) is not True:
        return True
    enis = node.part(NodeCapacity).slots_by_eni
    if isinstance(enis, Unknown):
        return enis if _hears_no_daemon(pod) else answered
    if not enis:
        return _hears_no_daemon(pod)
    return answered if isinstance(answered, Unknown) else False


def _hears_no_daemon(pod: Pod) -> bool:
    """Without one pod ENI the daemon does not start, and the pod's events speak of that."""
    if pod.part(PodTrouble).trouble != Trouble.STARVED:
        return False
    return any(word in event.message for event in pod.events for word in NO_DAEMON)
