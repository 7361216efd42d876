"""The aws-node pod of a node as the kubelet reports it."""

from datetime import datetime

from eksdoctor.model.aws_node.pods_by_node import Daemons
from eksdoctor.model.entities.node import NodePart
from eksdoctor.model.facts.fact import NotKnown, fact, known
from eksdoctor.snapshot.records import kubernetes

AWS_NODE = "aws-node"
READY = "Ready"


class DaemonReport(NodePart):
    """What the kubelet and the API server show of the daemon on one node."""

    def __str__(self) -> str:
        record = self.record
        return record.metadata.name if isinstance(record, kubernetes.Pod) else AWS_NODE

    @fact
    def record(self) -> kubernetes.Pod | None:
        """The pod; None when there is known to be none."""
        return self.node.cluster.part(Daemons).on(self.node.name)

    def _present(self) -> kubernetes.Pod:
        record = known(self.record)
        if record is None:
            raise NotKnown.because("there is no aws-node pod on the node")
        return record

    @fact
    def name(self) -> str:
        """The pod's name."""
        return self._present().metadata.name

    @fact
    def is_reported(self) -> bool:
        """Whether the node's kubelet still reports; of a silent one everything here is out of date."""
        for condition in known(self.node.conditions):
            if condition.type == READY:
                return condition.status != "Unknown"
        raise NotKnown.because("the node has no Ready condition")

    @fact
    def statuses(self) -> tuple[kubernetes.ContainerStatus, ...]:
        """Its containers in the order they start; raises NotKnown where their states were not kept."""
        status = self._present().status
        found = (*status.init_container_statuses, *status.container_statuses)
        if any(one.state is None for one in found):
            raise NotKnown.because(
                "this snapshot does not contain the states of containers", "a new snapshot"
            )
        return tuple(sorted(found, key=lambda one: _rank(status, one)))

    @fact
    def is_ready(self) -> bool:
        """Whether its container aws-node is ready: ipamd answers its probe."""
        status = self._present().status
        return any(one.ready for one in status.container_statuses if one.name == AWS_NODE)

    @fact
    def ready_since(self) -> datetime:
        """Since when the pod has been ready."""
        return self._ready_condition("True")

    @fact
    def not_ready_since(self) -> datetime:
        """Since when it has not."""
        return self._ready_condition("False")

    def _ready_condition(self, status: str) -> datetime:
        for condition in self._present().status.conditions:
            if (condition.type, condition.status) == (READY, status) and condition.last_transition_time:
                return condition.last_transition_time
        raise NotKnown.because("the aws-node pod's Ready condition has no time")


def _rank(status: kubernetes.PodStatus, one: kubernetes.ContainerStatus) -> int:
    """Init containers first, aws-node next, then what runs beside it."""
    if one in status.init_container_statuses:
        return 0
    return 1 if one.name == AWS_NODE else 2
