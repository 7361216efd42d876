"""The nodes of a cluster, and what their types can hold."""

from collections import defaultdict
from functools import cached_property

from eksdoctor.model.cluster.cluster_identity import ClusterIdentity
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap, listed
from eksdoctor.model.facts.fact import Items, NotKnown, fact, known
from eksdoctor.model.instance_types.limits import InstanceLimits, bundled_limits, limits_of
from eksdoctor.model.nodes.node import Node
from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.records import kubernetes
from eksdoctor.snapshot.records.node_text import NODE_TEXTS, NodeText


class ClusterNodes(ClusterIdentity):
    """Its nodes."""

    @cached_property
    def node_records(self) -> Items[kubernetes.Node]:
        """The nodes the API server lists."""
        return listed(self.snapshot, kinds.NODES, requests.NODES)

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        return {
            record.metadata.name: Node(self.whole, record.metadata.name, record)
            for record in self.node_records
        }

    @fact
    def nodes(self) -> Items[Node]:
        """Every node."""
        names = dict.fromkeys(record.metadata.name for record in self.node_records)
        if self.node_records.missing is not None:  # then one that is only named somewhere counts too
            bound = (record.spec.node_name for record in self.snapshot.of(kinds.PODS))
            names |= dict.fromkeys(sorted({*self.heard.nodes_named, *bound} - {""}))
        return Items(tuple(self.node_named(name) for name in names), self.node_records.missing)

    def node_named(self, name: str) -> Node:
        """A node by name; one that is only named elsewhere has unknown facts."""
        if name not in self._nodes:
            self._nodes[name] = Node(self.whole, name, None)
        return self._nodes[name]

    @fact
    def nodes_of_vpc_cni(self) -> Items[Node]:
        """The nodes whose pods get addresses from aws-node."""
        return known(self.nodes).where(lambda node: node.is_served_by_vpc_cni)

    @fact
    def ec2_linux_nodes(self) -> Items[Node]:
        """The nodes on which a CNI DaemonSet belongs: EC2, Linux, not Auto Mode."""
        return known(self.nodes).where(lambda node: node.is_ec2_linux)

    @cached_property
    def _words(self) -> defaultdict[str, list[NodeText]]:
        found: defaultdict[str, list[NodeText]] = defaultdict(list)
        for words in self.snapshot.of(NODE_TEXTS):
            found[words.node].append(words)
        return found

    def words_of(self, node: str) -> tuple[NodeText, ...]:
        """What a node's daemon wrote, as far as it was kept as a record."""
        return tuple(self._words.get(node, ()))

    @cached_property
    def _limits(self) -> dict[str, InstanceLimits]:
        found = (limits_of(kind) for kind in self.snapshot.of(kinds.INSTANCE_TYPES))
        return {limits.instance_type: limits for limits in found if limits is not None}

    def limits_of(self, instance_type: str) -> InstanceLimits:
        """What a type can hold: EC2's word first, the bundled table second; raises NotKnown without both."""
        live = self._limits.get(instance_type) or bundled_limits(instance_type)
        if live is not None:
            return live
        self.require_same_cluster()
        missing = gap(self.snapshot, requests.instance_types(self.instance_types_in_use))
        if missing is not None:
            raise NotKnown(missing)
        raise NotKnown.because(f"neither EC2 nor the bundled table knows the instance type {instance_type}")

    @cached_property
    def instance_types_in_use(self) -> tuple[str, ...]:
        """The types of the EC2 Linux nodes."""
        nodes = self.ec2_linux_nodes
        types = [node.instance_type for node in nodes] if isinstance(nodes, Items) else []
        return tuple(sorted({name for name in types if isinstance(name, str)}))
