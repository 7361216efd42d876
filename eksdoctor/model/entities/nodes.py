"""The nodes of a cluster, and the ties between nodes and pods."""

from functools import cached_property

from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.node import Node, NodePart
from eksdoctor.model.entities.observation_index import ObservationIndex
from eksdoctor.model.entities.pod import Pod, PodPart
from eksdoctor.model.entities.pods import Pods
from eksdoctor.model.entities.vpc_cni import CNI
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import listed
from eksdoctor.model.facts.fact import Items, fact, known
from eksdoctor.model.instance_types.compute import Compute
from eksdoctor.snapshot.records import kubernetes
from eksdoctor.snapshot.records.kubernetes import LIST_NODES, LIST_PODS


class Nodes(ClusterPart, inline=True):
    """The nodes of a cluster."""

    @cached_property
    def node_records(self) -> Items[kubernetes.Node]:
        """The nodes the API server lists."""
        return listed(self.cluster.snapshot, LIST_NODES.kind, requests.NODES)

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        return {
            record.metadata.name: Node(self.cluster, record.metadata.name, record)
            for record in self.node_records
        }

    @fact
    def nodes(self) -> Items[Node]:
        """Every node."""
        names = dict.fromkeys(record.metadata.name for record in self.node_records)
        if self.node_records.missing is not None:  # then one that is only named somewhere counts too
            bound = (record.spec.node_name for record in self.cluster.snapshot.of(LIST_PODS.kind))
            names |= dict.fromkeys(sorted({*self.cluster.part(ObservationIndex).nodes_named, *bound} - {""}))
        return Items(tuple(self.node_named(name) for name in names), self.node_records.missing)

    def node_named(self, name: str) -> Node:
        """A node by name; one that is only named elsewhere has unknown facts."""
        if name not in self._nodes:
            self._nodes[name] = Node(self.cluster, name, None)
        return self._nodes[name]

    @fact
    def nodes_of_vpc_cni(self) -> Items[Node]:
        """The nodes whose pods get addresses from aws-node."""
        return known(self.nodes).where(lambda node: node.part(ServedByVpcCni).is_served_by_vpc_cni)

    @fact
    def ec2_linux_nodes(self) -> Items[Node]:
        """The nodes on which a CNI DaemonSet belongs: EC2, Linux, not Auto Mode."""
        return known(self.nodes).where(lambda node: node.is_ec2_linux)


class ServedByVpcCni(NodePart, inline=True):
    """Whether aws-node gives this node's pods their IPs."""

    @fact
    def is_served_by_vpc_cni(self) -> bool:
        """Whether this node's pods get their addresses from aws-node; its own words prove it.

        On a node of Auto Mode they are another daemon's, which goes by none of aws-node's settings.
        """
        if self.node.compute == Compute.AUTO:
            return False
        if self.node.cluster.part(ObservationIndex).is_vpc_cni(self.node.name):
            return True
        return known(self.node.is_ec2_linux) and known(self.node.cluster.part(CNI).is_present)


class PodsOfNode(NodePart, inline=True):
    """The pods that are bound to a node."""

    @fact
    def pods(self) -> Items[Pod]:
        """Every pod bound to the node."""
        return self.node.cluster.part(Pods).pods_on(self.node.name)


class NodeOfPod(PodPart, inline=True):
    """The node that a pod is bound to."""

    @property
    def node(self) -> "Node | None":
        """The node it is bound to."""
        return self.pod.cluster.part(Nodes).node_named(self.pod.node_name) if self.pod.node_name else None
