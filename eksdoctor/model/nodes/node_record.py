"""A node by its own word and its type's: where it stands, who runs it, what its type can hold."""

from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from eksdoctor.model.facts.fact import NotKnown, fact, known
from eksdoctor.model.instance_types.limits import InstanceLimits
from eksdoctor.snapshot.records import kubernetes

if TYPE_CHECKING:
    from eksdoctor.model.cluster.cluster import Cluster
    from eksdoctor.model.subnets.subnet import Subnet

COMPUTE_TYPE = "eks.amazonaws.com/compute-type"
CORDONED = "node.kubernetes.io/unschedulable"
MOST_DIGITS = 9  # of a number of pods


class Compute(StrEnum):
    """Who runs the machine."""

    EC2 = "ec2"
    AUTO = "auto"
    FARGATE = "fargate"
    HYBRID = "hybrid"
    OTHER = "other"


class NodeIdentity:
    """What a node says of itself; `record` is None for one that is only named by a pod or an event."""

    name: str

    def __init__(self, cluster: "Cluster", name: str, record: kubernetes.Node | None) -> None:
        self.cluster = cluster
        self.name = name
        self.record = record

    def __str__(self) -> str:
        return self.name

    def _known_record(self) -> kubernetes.Node:
        if self.record is not None:
            return self.record
        self.cluster.node_records.all()
        raise NotKnown.because("the node is gone")

    @fact
    def known_record(self) -> kubernetes.Node:
        """What the API server shows of it."""
        return self._known_record()

    @fact
    def conditions(self) -> tuple[kubernetes.Condition, ...]:
        """What the kubelet and the node's monitors report."""
        return self._known_record().status.conditions

    @fact
    def labels(self) -> dict[str, str]:
        """The node's labels."""
        return self._known_record().metadata.labels

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
        found = self._known_record().spec.provider_id.rpartition("/")[2]
        if not found.startswith("i-"):
            raise NotKnown.because("the node's provider id names no EC2 instance")
        return found

    @fact
    def compute(self) -> Compute:
        """EC2 with aws-node, or a kind of node that has none by design."""
        record = self._known_record()
        label = record.metadata.labels.get(COMPUTE_TYPE, "")
        if label in (Compute.AUTO, Compute.FARGATE, Compute.HYBRID):
            return Compute(label)
        if record.metadata.name.startswith("fargate-"):
            return Compute.FARGATE
        return Compute.EC2 if record.spec.provider_id.startswith("aws:///") else Compute.OTHER

    @fact
    def is_windows(self) -> bool:
        """Whether the node runs Windows, whose addresses the VPC resource controller hands out."""
        return self._known_record().status.node_info.operating_system == "windows"

    @fact
    def is_ec2_linux(self) -> bool:
        """A Linux node on EC2 that is not EKS Auto Mode's: aws-node belongs on it."""
        return known(self.compute) == Compute.EC2 and not known(self.is_windows)

    @fact
    def is_served_by_vpc_cni(self) -> bool:
        """Whether this node's pods get their addresses from aws-node; its own words prove it.

        On a node of Auto Mode they are another daemon's, which goes by none of aws-node's settings.
        """
        if self.compute == Compute.AUTO:
            return False
        if self.cluster.heard.is_vpc_cni(self.name):
            return True
        return known(self.is_ec2_linux) and known(self.cluster.cni.is_present)

    @fact
    def is_unschedulable(self) -> bool:
        """Cordoned; the daemon goes by the taint that follows."""
        spec = self._known_record().spec
        return spec.unschedulable or any(
            taint.key == CORDONED and taint.effect == "NoSchedule" for taint in spec.taints
        )

    @fact
    def internal_ip(self) -> str:
        """The primary address of the primary ENI."""
        for address in self._known_record().status.addresses:
            if address.type == "InternalIP" and _is_ipv4(address.address):
                return address.address
        raise NotKnown.because("the node has no IPv4 InternalIP")

    @fact
    def max_pods(self) -> int:
        """The kubelet's own limit (capacity, which is what the daemon reads)."""
        text = self._known_record().status.capacity.get("pods", "")
        if not text.isdecimal():
            raise NotKnown.because("the node states no pod capacity")
        return int(text)

    @fact
    def allocatable_pods(self) -> int:
        """How many pods the scheduler may bind here."""
        text = self._known_record().status.allocatable.get("pods", "")
        if not (text.isdecimal() and len(text) < MOST_DIGITS):
            raise NotKnown.because("the node states no allocatable pods")
        return int(text)

    @fact
    def created_at(self) -> datetime:
        """When the node joined the cluster."""
        created = self._known_record().metadata.creation_timestamp
        if created is None:
            raise NotKnown.because("the node does not say when it was made")
        return created

    @fact
    def subnet(self) -> "Subnet":
        """The subnet of the primary ENI, by the InternalIP."""
        address = int(IPv4Address(known(self.internal_ip)))
        found = self.cluster.subnet_at(address)
        if found is not None:
            return found
        self.cluster.subnet_records.all()
        raise NotKnown.because("the node's address is in no subnet of the cluster's VPC")

    @fact
    def limits(self) -> InstanceLimits:
        """What the type can hold."""
        return self.cluster.limits_of(known(self.instance_type))

    @fact
    def uses_prefixes(self) -> bool:
        """Prefix delegation as it works here: types that are not Nitro fall back to single addresses."""
        return known(self.cluster.cni.prefix_delegation) and known(self.limits).nitro


def _is_ipv4(text: str) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True
