"""Subnets that are tagged for the CNI's discovery and that no node takes, and why."""

from enum import StrEnum

from eksdoctor.model.aws_node_settings.discovery_tag import EXCLUDES_SINCE, ROLE_TAG, is_candidate
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.node_instance import NodeInstance
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts.fact import known
from eksdoctor.model.nodes.node_enis import NodeInterfaces


class Miss(StrEnum):
    """Why a tagged subnet serves no node."""

    NONE = "none"
    ZONE = "no node with the VPC CNI is in its zone, and an ENI can't be attached across zones"
    CLUSTER = "its cluster tags name other clusters only"
    EMPTY = "its tag has no value, and v1.22 and later ignore such a tag"
    ZERO = "its tag is 0, and no other subnet in the zone is left for new ENIs"


def miss_of(subnet: "Subnet") -> Miss:
    """Why a tagged subnet helps nobody who lacks one; raises NotKnown."""
    cluster = subnet.cluster
    nodes = known(cluster.part(Nodes).nodes_of_vpc_cni).all()
    zone = known(subnet.zone)
    here = [node for node in nodes if known(known(node.part(NodeInstance).subnet).zone) == zone]
    if not here:
        return Miss.ZONE if any(_lacks_tagged(node) for node in nodes) else Miss.NONE
    version = known(cluster.part(CNI).version)
    if version < EXCLUDES_SINCE:
        return Miss.NONE  # any value opts in
    value = known(subnet.tags)[ROLE_TAG]
    if value == "0":
        return (
            Miss.ZERO
            if any(not known(node.part(NodeInterfaces).discovered_subnets) for node in here)
            else Miss.NONE
        )
    name = known(cluster.part(CNI).environment).text("CLUSTER_NAME") or ""
    takes = is_candidate(known(subnet.tags), version, name, is_own=False)
    if takes or not any(_lacks_tagged(node) for node in here):
        return Miss.NONE
    return Miss.CLUSTER if value else Miss.EMPTY


def _lacks_tagged(node: "Node") -> bool:
    """Whether no tagged subnet is among those that the node may put a new ENI into."""
    return not any(
        known(subnet.tags).get(ROLE_TAG) for subnet in known(node.part(NodeInterfaces).discovered_subnets)
    )
