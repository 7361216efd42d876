"""What nodes ask of a subnet, and which pods wait because it has too few IPs."""

from collections import Counter
from collections.abc import Callable

from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.addresses.address_map import BLOCK
from eksdoctor.model.aws_node_settings.discovery_tag import ROLE_TAG
from eksdoctor.model.entities.node import Node
from eksdoctor.model.entities.node_instance import NodeInstance
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.observation_index import SUBNET_REFUSALS, ObservationIndex
from eksdoctor.model.entities.pod import Pod
from eksdoctor.model.entities.subnet import Subnet, SubnetPart
from eksdoctor.model.entities.vpc_cni import CNI, WarmTargets
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, join, known, union
from eksdoctor.model.node_problems.pool_stops import PoolStops
from eksdoctor.model.nodes.node_enis import NodeInterfaces
from eksdoctor.model.nodes.node_pool import NodePool
from eksdoctor.model.nodes.waits_for_eni import pods_refused_on, pods_without_new_eni
from eksdoctor.model.subnets.discovery_exclusion import Miss, miss_of
from eksdoctor.model.subnets.refused_subnets import SubnetRefusals
from eksdoctor.model.subnets.subnet_usage import SubnetUsage
from eksdoctor.model.warm_pool.pool import claim_at


class SubnetDemand(SubnetPart, inline=True):
    """Which nodes take IPs from a subnet, and which pods wait because it has too few."""

    @fact
    def discovery_miss(self) -> Miss:
        """Why it serves no node although it is tagged for discovery."""
        known(self.subnet.tags)
        return miss_of(self.subnet) if self.subnet.is_tagged_for_pods else Miss.NONE

    @fact
    def is_tagged_zero(self) -> bool:
        """Whether the value of its discovery tag is 0."""
        return known(self.subnet.tags).get(ROLE_TAG) == "0"

    @fact
    def nodes_in_zone(self) -> Items[Node]:
        """The nodes of the VPC CNI in its zone."""
        zone = known(self.subnet.zone)
        return known(self.subnet.cluster.part(Nodes).nodes_of_vpc_cni).where(
            lambda node: found if isinstance(found := node.zone, Unknown) else found == zone
        )

    @fact
    def nodes(self) -> Items[Node]:
        """The nodes whose pods draw on this subnet."""
        return known(self.subnet.cluster.part(Nodes).nodes_of_vpc_cni).where(
            lambda node: _is_same(node.part(NodePool).pod_subnet, self.subnet)
        )

    @fact
    def serves_vpc_cni_nodes(self) -> bool:
        """Whether pods of nodes with the VPC CNI draw on it."""
        nodes = known(self.nodes)
        return bool(nodes.elements or nodes.all())

    @fact
    def usual_type_node(self) -> Node:
        """A node of the commonest instance type here."""
        nodes = known(self.nodes)
        types = Counter(known(node.instance_type) for node in nodes)
        if not types:
            nodes.all()
            raise NotKnown.because("no node is in this subnet")
        usual = min(types, key=lambda name: (-types[name], name))
        return next(node for node in nodes if node.instance_type == usual)

    @fact
    def addresses_per_new_node(self) -> int:
        """What one more node of the usual type takes by the time it runs its first pod."""
        return claim_at(
            known(self.subnet.cluster.part(WarmTargets).targets),
            known(known(self.usual_type_node).part(NodePool).shape),
            1,
        ).addresses

    @fact
    def smallest_request(self) -> int:
        """The least that a node with waiting pods asks of it next; 1 or a prefix when none waits."""
        nodes = known(self.nodes)
        waiting = [
            n
            for n in nodes
            if known(n.part(NodePool).starved_pods).elements or pods_without_new_eni(n).elements
        ]
        asked = [request for node in waiting if (request := known(node.part(NodePool).next_request)) > 0]
        if asked:
            return min(asked)
        return 16 if known(known(self.usual_type_node).part(NodeInstance).uses_prefixes) else 1

    @fact
    def starved_pods(self) -> Items[Pod]:
        """Waiting pods whose node has no address left and asks this subnet for more than it has."""
        free = known(self.subnet.free_ips)
        return self._pods_where(lambda asks: asks > free)

    @fact
    def pods_short_of_prefixes(self) -> Items[Pod]:
        """Waiting pods whose node has no address left and asks this subnet for a prefix."""
        return self._pods_where(lambda asks: asks >= 16)  # noqa: PLR2004 (a /28)

    def _pods_where(self, asks_too_much: Callable[[int], bool]) -> Items[Pod]:
        parts: list[Items[Pod]] = []
        nodes = known(self.nodes)
        for node in nodes:
            asked = node.part(NodePool).next_request
            if isinstance(asked, Unknown):
                waiting = known(node.part(NodePool).starved_pods)
                parts.append(Items((), asked) if waiting.elements or waiting.missing is not None else Items())
            elif asks_too_much(asked):
                parts += [known(node.part(PoolStops).pods_short_of_subnet), pods_without_new_eni(node)]
        found = union(parts)
        if nodes.missing is None:
            return found
        return Items(
            found.elements, join([nodes.missing, *([found.missing] if found.missing is not None else [])])
        )

    @fact
    def refusals(self) -> int:
        """How often EC2 refused an address, a prefix or an ENI here, as far as heard."""
        return self._refusals(EvidenceClass.SUBNET_WITHOUT_ADDRESSES, EvidenceClass.SUBNET_WITHOUT_PREFIX)

    @fact
    def refusals_for_addresses(self) -> int:
        """How often EC2 refused an address or an ENI for want of free addresses here, as far as heard."""
        return self._refusals(EvidenceClass.SUBNET_WITHOUT_ADDRESSES)

    @fact
    def refusals_for_prefixes(self) -> int:
        """How often EC2 found no free /28 here, as far as heard."""
        return self._refusals(EvidenceClass.SUBNET_WITHOUT_PREFIX)

    def _refusals(self, *classes: EvidenceClass) -> int:
        found = sum(
            one.count for one in self.subnet.cluster.part(SubnetRefusals).refused_in(self.subnet.id, *classes)
        )
        if not found:
            for node in known(self.nodes).all():
                self.subnet.cluster.part(ObservationIndex).require_hearing(node.name)
        return found

    @fact
    def pods_refused(self) -> Items[Pod]:
        """Waiting pods of the nodes on which EC2's refusals were heard, and are heard still."""
        said = [
            one
            for one in self.subnet.cluster.part(SubnetRefusals).refused_in(self.subnet.id, *SUBNET_REFUSALS)
            if one.node
        ]
        still = {
            one.node for one in said if not self.subnet.cluster.part(ObservationIndex).is_quiet_since(one)
        }
        nodes = [
            self.subnet.cluster.part(Nodes).node_named(name) for name in sorted({one.node for one in said})
        ]
        return union(pods_refused_on(node, is_over=node.name not in still) for node in nodes)

    @fact
    def pods_without_addresses(self) -> Items[Pod]:
        """Pods that wait for addresses of it, by what it has left or by what EC2 was heard to refuse."""
        return _either(self.starved_pods, self.pods_refused)

    @fact
    def pods_without_prefixes(self) -> Items[Pod]:
        """Pods that wait for a prefix of it, by what it has left or by what EC2 was heard to refuse."""
        return _either(self.pods_short_of_prefixes, self.pods_refused)

    @fact
    def uses_prefixes(self) -> bool:
        """Whether nodes here ask for prefixes."""
        nodes = known(self.nodes)
        if any(known(node.part(NodeInstance).uses_prefixes) for node in nodes):
            return True
        nodes.all()
        return False

    @fact
    def room_for_pods(self) -> int:
        """Addresses that the pools of its nodes hold or could still take."""
        return known(self.subnet.free_ips) + sum(
            known(node.part(NodePool).total_ips) for node in known(self.nodes).all()
        )

    @fact
    def wanted_by_node(self) -> list[int]:
        """Of each of its nodes the addresses that pods hold or wait for."""
        return [known(node.part(NodePool).wanted_ips) for node in known(self.nodes).all()]

    @fact
    def full_plan(self) -> int:
        """Addresses that its nodes hold once each runs as many pods as kubelet and type allow."""
        return sum(known(node.part(NodePool).full_claim) for node in known(self.nodes).all())

    @fact
    def room_of_plan(self) -> int:
        """Usable addresses of it, and of the other subnets that discovery may take instead."""
        subnets = {self.subnet.id: self.subnet}
        if known(self.subnet.cluster.part(CNI).subnet_discovery) and not known(
            self.subnet.cluster.part(CNI).custom_networking
        ):
            for node in known(self.nodes).all():
                subnets |= {found.id: found for found in known(node.part(NodeInterfaces).discovered_subnets)}
        return sum(known(subnet.usable_ips) for subnet in subnets.values())

    @fact
    def idle_ips(self) -> int:
        """Addresses that nodes here hold and no pod uses."""
        return sum(known(node.part(NodePool).available_ips) for node in known(self.nodes).all())

    @fact
    def reserved_out_of_reach(self) -> int:
        """Addresses that nobody holds and that reservations keep from the pools of this mode."""
        known(self.subnet.reservations).all()
        whole_blocks = known(self.subnet.part(SubnetUsage).holdings).withheld_prefixes * BLOCK
        return (
            whole_blocks if known(self.uses_prefixes) else known(self.subnet.part(SubnetUsage).reserved_ips)
        )

    @fact
    def free_in_reach(self) -> int:
        """Free addresses that the pools of this mode can take: outside reservations, or in whole prefixes."""
        known(self.subnet.reservations).all()
        found = known(self.subnet.part(SubnetUsage).holdings)
        if found.hidden:
            raise NotKnown.because(f"{found.hidden} IPs belong to an owner that this account cannot see")
        in_reach = found.free_prefixes * BLOCK if known(self.uses_prefixes) else found.free
        return min(in_reach, known(self.subnet.free_ips))

    @fact
    def starved_by_reservation(self) -> Items[Pod]:
        """Waiting pods whose node asks for more than reservations leave in reach."""
        if not known(self.reserved_out_of_reach):
            return Items()
        in_reach = known(self.free_in_reach)
        return self._pods_where(lambda asks: asks > in_reach)


def _either(*parts: Items[Pod] | Unknown) -> Items[Pod]:
    return union(Items((), part) if isinstance(part, Unknown) else part for part in parts)


def _is_same(found: "Subnet | Unknown", wanted: Subnet) -> bool | Unknown:
    return found if isinstance(found, Unknown) else found is wanted
