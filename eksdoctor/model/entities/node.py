"""A node as the API server lists it."""

from datetime import datetime
from ipaddress import IPv4Address

from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.facts.fact import NotKnown, fact, known
from eksdoctor.model.facts.subject import Part, Subject
from eksdoctor.model.instance_types.compute import COMPUTE_TYPE, CORDONED, Compute
from eksdoctor.snapshot.records import kubernetes

MOST_DIGITS = 9  # of a number of pods


class Node(Subject):
    """One node; `record` is None for one that only a pod, an event or a log names."""

    name: str

    def __init__(self, cluster: "Cluster", name: str, record: kubernetes.Node | None) -> None:
        self.cluster = cluster
        self.name = name
        self.record = record

    def __str__(self) -> str:
        return self.name

    def known_record_or_raise(self) -> kubernetes.Node:
        """What the API server shows of it; raises NotKnown when it was not seen."""
        if self.record is not None:
            return self.record
        self.cluster.require_nodes()
        raise NotKnown.because("the node is gone")

    @fact
    def known_record(self) -> kubernetes.Node:
        """What the API server shows of it."""
        return self.known_record_or_raise()

    @fact
    def conditions(self) -> tuple[kubernetes.Condition, ...]:
        """What the kubelet and the node's monitors report."""
        return self.known_record_or_raise().status.conditions

    @fact
    def labels(self) -> dict[str, str]:
        """The node's labels."""
        return self.known_record_or_raise().metadata.labels

    @fact
    def zone(self) -> str:
        """Availability zone."""
        zone = known(self.labels).get("topology.kubernetes.io/zone", "")
        if not zone:
            raise NotKnown.because("the node has no zone label")
        return zone

    @fact
    def instance_type(self) -> str:
        """EC2 instance type."""
        found = known(self.labels).get("node.kubernetes.io/instance-type", "")
        if not found:
            raise NotKnown.because("the node has no instance-type label")
        return found

    @fact
    def instance_id(self) -> str:
        """EC2 instance id, from the provider id."""
        found = self.known_record_or_raise().spec.provider_id.rpartition("/")[2]
        if not found.startswith("i-"):
            raise NotKnown.because("the node's provider ID is not an EC2 instance")
        return found

    @fact
    def compute(self) -> Compute:
        """EC2 with aws-node, or a kind of node that has none by design."""
        record = self.known_record_or_raise()
        label = record.metadata.labels.get(COMPUTE_TYPE, "")
        if label in (Compute.AUTO, Compute.FARGATE, Compute.HYBRID):
            return Compute(label)
        if record.metadata.name.startswith("fargate-"):
            return Compute.FARGATE
        return Compute.EC2 if record.spec.provider_id.startswith("aws:///") else Compute.OTHER

    @fact
    def is_windows(self) -> bool:
        """Whether the node runs Windows, whose addresses the VPC resource controller hands out."""
        return self.known_record_or_raise().status.node_info.operating_system == "windows"

    @fact
    def is_ec2_linux(self) -> bool:
        """A Linux node on EC2 that is not EKS Auto Mode's: aws-node belongs on it."""
        return known(self.compute) == Compute.EC2 and not known(self.is_windows)

    @fact
    def is_unschedulable(self) -> bool:
        """Cordoned; the daemon goes by the taint that follows."""
        spec = self.known_record_or_raise().spec
        return spec.unschedulable or any(
            taint.key == CORDONED and taint.effect == "NoSchedule" for taint in spec.taints
        )

    @fact
    def internal_ip(self) -> str:
        """The primary address of the primary ENI."""
        for address in self.known_record_or_raise().status.addresses:
            if address.type == "InternalIP" and _is_ipv4(address.address):
                return address.address
        raise NotKnown.because("the node has no IPv4 InternalIP")

    @fact
    def max_pods(self) -> int:
        """The kubelet's own limit (capacity, which is what the daemon reads)."""
        text = self.known_record_or_raise().status.capacity.get("pods", "")
        if not text.isdecimal():
            raise NotKnown.because("the node reports no pod capacity")
        return int(text)

    @fact
    def allocatable_pods(self) -> int:
        """How many pods the scheduler may bind here."""
        text = self.known_record_or_raise().status.allocatable.get("pods", "")
        if not (text.isdecimal() and len(text) < MOST_DIGITS):
            raise NotKnown.because("the node reports no allocatable pods")
        return int(text)

    @fact
    def created_at(self) -> datetime:
        """When the node joined the cluster."""
        created = self.known_record_or_raise().metadata.creation_timestamp
        if created is None:
            raise NotKnown.because("the node has no creation time")
        return created


class NodePart(Part, of=Node):
    """Facts of one topic about a node."""

    def __init__(self, node: Node) -> None:
        self.node = node


def _is_ipv4(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True
