"""IPv4 or IPv6: what the daemon refuses to start with, and what IPv6 pods and nodes still need of IPv4.

isConfigValid in https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.23.1/pkg/ipamd/ipamd.go
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network

from eksdoctor.model.aws_node.health import DaemonPod
from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.node_instance import NodeInstance
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.subnet import Subnet
from eksdoctor.model.entities.subnets import Subnets
from eksdoctor.model.entities.vpc_cni import AWS_NODE, CNI
from eksdoctor.model.facts.fact import Items, Unknown, fact, join, known, union
from eksdoctor.model.facts.version import Version
from eksdoctor.model.node_groups.managed_node_group import NodeGroups
from eksdoctor.model.pods.affected_pods import AffectedPods

IPV6_SINCE = Version(1, 10)
V4_EGRESS_SINCE = Version(1, 15, 1)


@dataclass(frozen=True, slots=True)
class RefusedFamily:
    """Settings that the daemon does not start with, and what it then writes; `nodes` are where it does so."""

    settings: str
    words: str
    nodes: "tuple[Node, ...]"

    def __str__(self) -> str:
        return self.settings


class AddressFamily(ClusterPart, name="family"):
    """The address family that pods get."""

    @fact
    def has_egress_to_ipv4(self) -> bool:
        """ENABLE_V4_EGRESS: pods get a host-local IPv4 address too, which the node translates."""
        on = known(self.cluster.part(CNI).environment).flag("ENABLE_V4_EGRESS", default=True)
        return on or known(self.cluster.part(CNI).version) < V4_EGRESS_SINCE

    # --- settings the daemon refuses ----------------------------------------------------------------

    @fact
    def refusals(self) -> Items[RefusedFamily]:
        """What it refuses of the settings as they are; the first check that fails is the one it names."""
        cni = self.cluster.part(CNI)
        if known(cni.version) < IPV6_SINCE:
            return Items()
        environment = known(cni.environment)
        four = environment.flag("ENABLE_IPv4", default=False)
        six = known(cni.ipv6)
        everywhere = known(self.cluster.part(Nodes).nodes_of_vpc_cni)
        settings, words = "", ""
        if four and six:
            settings = "ENABLE_IPv4 and ENABLE_IPv6 are both true"
            words = "IPv4 and IPv6 are both enabled"
        elif not four and not six:
            settings = "ENABLE_IPv4 is not true and ENABLE_IPv6 is not either"
            words = "IPv4 and IPv6 are both disabled"
        elif six and known(cni.custom_networking):
            settings = "ENABLE_IPv6 with AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"
            words = "IPv6 is supported only in Prefix Delegation mode"
        elif six and not known(cni.prefix_delegation):
            settings = "ENABLE_IPv6 without ENABLE_PREFIX_DELEGATION"
            words = "IPv6 is supported only in Prefix Delegation mode"
        if settings:
            return Items((RefusedFamily(settings, words, everywhere.elements),), everywhere.missing)
        return self._on_old_types(everywhere) if six else Items()

    def _on_old_types(self, everywhere: "Items[Node]") -> Items[RefusedFamily]:
        old = everywhere.where(_is_not_nitro)
        if not old.elements:
            return Items((), old.missing)
        types = ", ".join(sorted({known(node.instance_type) for node in old}))
        refused = RefusedFamily(
            f"ENABLE_IPv6 on {types}",
            "Prefix Delegation is not supported on non-nitro instance",
            old.elements,
        )
        return Items((refused,), old.missing)

    @fact
    def pods_without_daemon(self) -> Items[Pod]:
        """Pods that nobody answers, on nodes where aws-node refuses and keeps exiting."""
        refusals = known(self.refusals)
        nodes = {node.name: node for refusal in refusals for node in refusal.nodes}
        stopped = union(_stopped(nodes[name]) for name in sorted(nodes) if name in self._questioned())
        return Items(stopped.elements, stopped.missing if stopped.missing is not None else refusals.missing)

    def _questioned(self) -> set[str]:
        return {node.name for node in known(self.cluster.part(AffectedPods).nodes_in_question)}

    # --- IPv4 that nodes still need -------------------------------------------------------------------

    @fact
    def launch_subnets(self) -> "Items[Subnet]":
        """The subnets that nodes stand in or managed node groups launch into."""
        if not known(self.cluster.part(CNI).ipv6):
            return Items()
        found: dict[str, Subnet] = {}
        missing: list[Unknown] = []
        nodes, groups = self.cluster.part(Nodes).ec2_linux_nodes, self.cluster.part(NodeGroups).node_groups
        for part in (nodes, groups):
            gap = part if isinstance(part, Unknown) else part.missing
            if gap is not None:
                missing.append(gap)
        for node in () if isinstance(nodes, Unknown) else nodes:
            subnet = self._subnet_of(node)
            if isinstance(subnet, Unknown):
                missing.append(subnet)
            else:
                found[subnet.id] = subnet
        for group in () if isinstance(groups, Unknown) else groups:
            found |= {name: self.cluster.part(Subnets).subnet_named(name) for name in group.record.subnets}
        return Items(tuple(found[name] for name in sorted(found)), join(missing) if missing else None)

    def _subnet_of(self, node: "Node") -> "Subnet | Unknown":
        """By the node's IPv4 InternalIP, else by its IPv6 one."""
        by_ipv4 = node.part(NodeInstance).subnet
        if not isinstance(by_ipv4, Unknown):
            return by_ipv4
        addresses = node.record.status.addresses if node.record is not None else ()
        numbers = [found for one in addresses if one.type == "InternalIP" and (found := _ipv6(one.address))]
        for subnet in self.cluster.part(Subnets).subnet_records:
            if any(number in network for network in _ranges(subnet) for number in numbers):
                return subnet
        missing = self.cluster.part(Subnets).subnet_records.missing
        return missing if missing is not None else Unknown.because("a node's IP is in no subnet's CIDR")


def _is_not_nitro(node: "Node") -> bool | Unknown:
    limits = node.part(NodeInstance).limits
    return limits if isinstance(limits, Unknown) else not limits.nitro


def _stopped(node: "Node") -> Items[Pod]:
    """A node's waiting pods, when its aws-node ends again and again by itself."""
    crash = node.part(DaemonPod).crash
    if isinstance(crash, Unknown):
        return Items((), crash)
    if crash is None or crash.container != AWS_NODE:
        return Items()
    found = node.part(DaemonPod).pods_stopped_by_crash
    return Items((), found) if isinstance(found, Unknown) else found


def _ipv6(text: str) -> IPv6Address | None:
    try:
        return IPv6Address(text)
    except ValueError:
        return None


def _ranges(subnet: "Subnet") -> Iterator[IPv6Network]:
    associations = subnet.record.ipv6_cidr_block_association_set if subnet.record is not None else ()
    for association in associations:
        try:
            yield IPv6Network(association.ipv6_cidr_block)
        except ValueError:
            continue
