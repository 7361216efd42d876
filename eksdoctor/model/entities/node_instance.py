"""The EC2 instance behind a node."""

from functools import cached_property
from ipaddress import IPv4Address

from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.node import NodePart
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.entities.subnets import Subnets
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import Items, NotKnown, fact, known
from eksdoctor.model.instance_types.limits import InstanceLimits, bundled_limits, limits_of
from eksdoctor.snapshot.records.aws import DESCRIBE_INSTANCE_TYPES


class InstanceTypes(ClusterPart, inline=True):
    """The limits of the instance types in use."""

    @cached_property
    def _limits(self) -> dict[str, InstanceLimits]:
        found = (limits_of(kind) for kind in self.cluster.snapshot.of(DESCRIBE_INSTANCE_TYPES.kind))
        return {limits.instance_type: limits for limits in found if limits is not None}

    def limits_of(self, instance_type: str) -> InstanceLimits:
        """What a type can hold: EC2's word first, the bundled table second; raises NotKnown without both."""
        live = self._limits.get(instance_type) or bundled_limits(instance_type)
        if live is not None:
            return live
        self.cluster.require_same_cluster()
        missing = gap(self.cluster.snapshot, requests.instance_types(self.instance_types_in_use))
        if missing is not None:
            raise NotKnown(missing)
        raise NotKnown.because(f"neither EC2 nor the bundled table knows the instance type {instance_type}")

    @cached_property
    def instance_types_in_use(self) -> tuple[str, ...]:
        """The types of the EC2 Linux nodes."""
        nodes = self.cluster.part(Nodes).ec2_linux_nodes
        types = [node.instance_type for node in nodes] if isinstance(nodes, Items) else []
        return tuple(sorted({name for name in types if isinstance(name, str)}))


class NodeInstance(NodePart, inline=True):
    """A node's EC2 instance: limits of its type, and the subnet of its primary ENI."""

    @fact
    def subnet(self) -> "Subnet":
        """The subnet of the primary ENI, by the InternalIP."""
        address = int(IPv4Address(known(self.node.internal_ip)))
        found = self.node.cluster.part(Subnets).subnet_at(address)
        if found is not None:
            return found
        self.node.cluster.part(Subnets).subnet_records.all()
        raise NotKnown.because("the node's IP is in no subnet of the cluster's VPC")

    @fact
    def limits(self) -> InstanceLimits:
        """What the type can hold."""
        return self.node.cluster.part(InstanceTypes).limits_of(known(self.node.instance_type))

    @fact
    def uses_prefixes(self) -> bool:
        """Prefix delegation as it works here: types that are not Nitro fall back to single addresses."""
        return known(self.node.cluster.part(CNI).prefix_delegation) and known(self.limits).nitro
