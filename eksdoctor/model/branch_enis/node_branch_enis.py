"""A node's branch ENIs: whether it has a trunk to hang them on, how many it takes, which it holds."""

from datetime import timedelta
from enum import StrEnum

from eksdoctor.model.branch_enis.annotation import annotated_enis, trunk_of
from eksdoctor.model.custom_networking.node_eniconfig import NodeENIConfig
from eksdoctor.model.entities.node import Node, NodePart
from eksdoctor.model.entities.node_instance import NodeInstance
from eksdoctor.model.entities.nodes import Nodes, PodsOfNode
from eksdoctor.model.entities.pod import BRANCH_RESOURCE, Pod
from eksdoctor.model.entities.pod_events import PodEvents
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import listed
from eksdoctor.model.facts.fact import Items, NotKnown, fact, known
from eksdoctor.model.facts.subject import Part, Subject
from eksdoctor.model.facts.version import Version
from eksdoctor.model.nodes.node_capacity import NodeCapacity
from eksdoctor.model.nodes.node_enis import NodeInterfaces
from eksdoctor.snapshot.records import aws, kubernetes
from eksdoctor.snapshot.records.kubernetes import LIST_CNI_NODES

TRUNK_LABEL = "vpc.amazonaws.com/has-trunk-attached"
FEATURE = "SecurityGroupsForPods"
CNI_NODES_SINCE = Version(1, 15)  # before it daemon and controller agreed by the label
START = timedelta(minutes=5)  # daemon, controller and EC2 need about one
MOST_DIGITS = 9


class BranchState(StrEnum):
    """What a node is to branch ENIs."""

    ADVERTISED = "advertised"  # the scheduler may place pods with branch ENIs on it
    ELSEWHERE = "elsewhere"  # Windows, Fargate, Auto Mode, hybrid: never
    UNSUPPORTED = "unsupported"  # the type cannot carry a trunk
    DISABLED = "disabled"  # ENABLE_POD_ENI is off
    STARTING = "starting"  # the node is minutes old
    NO_TRUNK = "no-trunk"
    NOT_ADVERTISED = "not-advertised"  # there is a trunk, and the scheduler does not know


class NodeBranch(NodePart, Subject, name="branch"):
    """Security groups for pods on one node."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.cluster = node.cluster

    def _quantity(self, quantities: dict[str, str]) -> int:
        if not quantities:
            raise NotKnown.because("the node reports no resources")
        text = quantities.get(BRANCH_RESOURCE, "0")
        if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
            raise NotKnown.because(f"the node's {BRANCH_RESOURCE} is not a number")
        return int(text)

    def _record(self) -> kubernetes.Node:
        if self.node.record is not None:
            return self.node.record
        self.cluster.part(Nodes).node_records.all()
        raise NotKnown.because("the node is gone")

    @fact
    def limit(self) -> int:
        """Branch ENIs that the scheduler may count on here: the node's allocatable, 0 without any."""
        return self._quantity(self._record().status.allocatable)

    @fact
    def capacity(self) -> int:
        """Branch ENIs that the controller wrote into the node's capacity."""
        return self._quantity(self._record().status.capacity)

    @fact
    def limit_of_type(self) -> int:
        """Branch ENIs that the type can carry, by the bundled table: EC2 does not tell."""
        found = known(self.node.part(NodeInstance).limits).branch_enis
        if found is None:
            raise NotKnown.because(
                f"whether {known(self.node.instance_type)} supports a trunk ENI is unknown"
            )
        return found

    @fact
    def can_have_trunk(self) -> bool:
        """Whether the type can carry a trunk: by the controller's own word, else by the table."""
        if known(self.node.labels).get(TRUNK_LABEL) == "not-supported":
            return False
        if any(event.reason == "Unsupported" for event in self._events):
            return False
        return known(self.limit_of_type) > 0

    @fact
    def has_trunk(self) -> bool:
        """Whether a trunk ENI is attached, by EC2's word."""
        interfaces = known(self.node.part(NodeInterfaces).interfaces)
        if any(eni.interface_type == "trunk" for eni in interfaces):
            return True
        interfaces.all()
        return False

    @fact
    def has_slot_for_trunk(self) -> bool:
        """Whether fewer ENIs are attached than type and MAX_ENI allow."""
        attached = known(self.node.part(NodeInterfaces).interfaces).all()
        first_card = [e for e in attached if e.attachment is None or e.attachment.network_card_index == 0]
        return len(first_card) < known(self.node.part(NodeCapacity).eni_limit)

    @fact
    def state(self) -> BranchState:
        """What the node is to branch ENIs; its own allocatable goes before every table."""
        if known(self.limit) > 0:
            return BranchState.ADVERTISED
        if not known(self.node.is_ec2_linux):
            return BranchState.ELSEWHERE
        if not known(self.can_have_trunk):
            return BranchState.UNSUPPORTED
        if not known(self.cluster.part(CNI).security_groups_for_pods):
            return BranchState.DISABLED
        created = self._record().metadata.creation_timestamp
        if created is not None and self.cluster.at - created < START:
            return BranchState.STARTING
        return BranchState.NOT_ADVERTISED if known(self.has_trunk) else BranchState.NO_TRUNK

    # --- the controller ----------------------------------------------------------------------------

    @property
    def _events(self) -> tuple[kubernetes.Event, ...]:
        return self.cluster.part(PodEvents).events_about("Node", self.node.name)

    @property
    def trunk_errors(self) -> tuple[str, ...]:
        """Why EC2 refused a trunk; other failures the controller does not tell in a warning."""
        errors = (event.message for event in self._events if event.reason == "TrunkENICreationFailed")
        return tuple(dict.fromkeys(errors))

    @property
    def was_denied_trunk(self) -> bool:
        """Whether the cluster role's rights were the reason."""
        return any(
            code in error for error in self.trunk_errors for code in ("UnauthorizedOperation", "AccessDenied")
        )

    @fact
    def cni_node(self) -> kubernetes.CNINode | None:
        """The controller's record of this node; None when it manages no such node."""
        records = listed(self.cluster.snapshot, LIST_CNI_NODES.kind, requests.CNI_NODES)
        for record in records:
            if record.metadata.name == self.node.name:
                return record
        records.all()
        return None

    @fact
    def is_managed(self) -> bool:
        """Whether the controller has a record of this node."""
        return known(self.cni_node) is not None

    @fact
    def asked_for_trunk(self) -> bool:
        """Whether the daemon asked the controller for a trunk: the feature in the CNINode since v1.15."""
        if known(self.cluster.part(CNI).version) < CNI_NODES_SINCE:
            return TRUNK_LABEL in known(self.node.labels)
        record = known(self.cni_node)
        return record is not None and any(feature.name == FEATURE for feature in record.spec.features)

    # --- the budget --------------------------------------------------------------------------------

    @fact
    def pods(self) -> Items[Pod]:
        """Pods on the node that count against its branch ENIs, as far as pods were listed."""
        return Items(tuple(pod for pod in known(self.node.part(PodsOfNode).pods) if pod.counts_as_branch))

    @fact
    def used(self) -> int:
        """How many these are; at least, because only namespaces with a policy are listed whole."""
        return len(known(self.pods))

    @fact
    def trunk(self) -> aws.NetworkInterface:
        """The trunk ENI."""
        for eni in known(self.node.part(NodeInterfaces).interfaces):
            if eni.interface_type == "trunk":
                return eni
        known(self.node.part(NodeInterfaces).interfaces).all()
        raise NotKnown.because("the node has no trunk ENI")

    @fact
    def enis(self) -> tuple[aws.NetworkInterface, ...]:
        """The branch ENIs that hang on its trunk."""
        trunk = known(self.trunk).network_interface_id
        return tuple(
            eni
            for subnet in known(self.node.part(NodeInterfaces).eni_subnets)
            for eni in known(subnet.interfaces).all()
            if trunk_of(eni) == trunk
        )

    @fact
    def subnet(self) -> "Subnet":
        """Where its branch ENIs are made, one address each: as pods' ENIs, but discovery has no say.

        https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/master/pkg/aws/ec2/instance.go
        """
        if not known(self.cluster.part(CNI).custom_networking):
            return known(self.node.part(NodeInstance).subnet)
        config = known(self.node.part(NodeENIConfig).eni_config)
        if config is None:
            raise NotKnown.because("the node's ENIConfig does not exist")
        return config.subnet

    @fact
    def deleted_enis(self) -> tuple[str, ...]:
        """Branch ENIs that no pod of the node holds any more: they cool, or were forgotten."""
        held = {
            eni
            for pod in known(self.node.part(PodsOfNode).pods).all()
            if not pod.is_over
            for eni in annotated_enis(pod)
        }
        ids = (eni.network_interface_id for eni in known(self.enis))
        return tuple(eni for eni in ids if eni not in held)

    @fact
    def is_held_by_deleted(self) -> bool:
        """Whether EC2 has as many branch ENIs here as the node takes, and pods hold fewer."""
        most = known(self.limit)
        return most > 0 and len(known(self.enis)) >= most and bool(known(self.deleted_enis))


class NodeBranchPart(Part, of=NodeBranch):
    """Facts of one topic about the branch ENIs of a node."""

    def __init__(self, branch: NodeBranch) -> None:
        self.node = branch.node
        self.cluster = branch.node.cluster
