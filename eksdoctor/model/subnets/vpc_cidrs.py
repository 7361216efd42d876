"""The address ranges of the cluster's VPC, and whether EC2 really associated them."""

from ipaddress import IPv4Network

from eksdoctor.model.entities.cluster import Cluster, ClusterPart
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, known, union
from eksdoctor.model.node_problems.pool_stops import PoolStops
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.snapshot.records import aws
from eksdoctor.snapshot.records.aws import DESCRIBE_VPCS

FAILED = ("failing", "failed")  # associating and disassociating pass by themselves


class VpcRange:
    """One IPv4 CIDR block of the VPC."""

    block: str
    state: str
    vpc: str

    def __init__(self, cluster: "Cluster", vpc: str, record: aws.CidrAssociation) -> None:
        self.cluster = cluster
        self.vpc = vpc
        self.block = record.cidr_block
        self.state = record.cidr_block_state.state

    def __str__(self) -> str:
        return self.block

    @property
    def has_failed(self) -> bool:
        """Whether EC2 gave up on associating it."""
        return self.state in FAILED

    @fact
    def nodes(self) -> "Items[Node]":
        """The nodes whose pods draw on a subnet of it."""
        try:
            block = IPv4Network(self.block)
        except ValueError as error:
            raise NotKnown.because("the CIDR is not IPv4") from error
        return known(self.cluster.part(Nodes).nodes_of_vpc_cni).where(lambda node: _draws_on(node, block))

    @fact
    def pods(self) -> Items[Pod]:
        """Waiting pods whose node asks a subnet of it for more."""
        return union(known(node.part(PoolStops).pods_short_of_subnet) for node in known(self.nodes))


def _draws_on(node: "Node", block: IPv4Network) -> bool | Unknown:
    subnet = node.part(NodePool).pod_subnet
    if isinstance(subnet, Unknown):
        return subnet
    cidr = subnet.cidr
    return cidr if isinstance(cidr, Unknown) else cidr.subnet_of(block)


def ranges(cluster: "Cluster") -> Items[VpcRange]:
    """The ranges of the cluster's VPC."""
    vpc = known(cluster.vpc_id)
    found = tuple(
        VpcRange(cluster, vpc, association)
        for record in cluster.snapshot.of(DESCRIBE_VPCS.kind)
        if record.vpc_id == vpc
        for association in record.cidr_block_association_set
    )
    return Items(found, gap(cluster.snapshot, requests.vpcs(vpc)))


class VpcRanges(ClusterPart, inline=True):
    """The CIDR blocks of the VPC."""

    @fact
    def vpc_ranges(self) -> Items[VpcRange]:
        """The CIDR blocks of the VPC."""
        return ranges(self.cluster)
