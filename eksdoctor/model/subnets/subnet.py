"""A subnet: who asks it for more, and what that does to the pods that wait."""

from collections import Counter
from collections.abc import Callable
from functools import cached_property

from eksdoctor.evidence.signatures.classes import EvidenceClass
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown, fact, join, known, union
from eksdoctor.model.network.discovery_tag import ROLE_TAG
from eksdoctor.model.nodes.node import Node
from eksdoctor.model.observations.index import SUBNET_REFUSALS
from eksdoctor.model.pods.pod import Pod
from eksdoctor.model.pods.waits_for_eni import pods_refused_on, pods_without_new_eni
from eksdoctor.model.subnets.address_map import BLOCK
from eksdoctor.model.subnets.discovery_evidence import SubnetDiscovery
from eksdoctor.model.subnets.discovery_exclusion import Miss, miss_of
from eksdoctor.model.subnets.subnet_usage import SubnetHolders
from eksdoctor.model.warm_pool.lower_targets import freed
from eksdoctor.model.warm_pool.pool import claim_at


class Subnet(SubnetHolders):
    """One subnet of the cluster's VPC; `record` is None for one that is only named somewhere."""

    @fact
    def has_discovery_tag_in_zone(self) -> bool:
        """Whether a subnet of this zone carries the CNI's discovery tag, with any value."""
        zone = known(self.zone)
        return any(s.is_tagged_for_pods for s in self.cluster.subnet_records.all() if known(s.zone) == zone)

    @fact
    def discovery_miss(self) -> Miss:
        """Why it serves no node although it is tagged for discovery."""
        known(self.tags)
        return miss_of(self) if self.is_tagged_for_pods else Miss.NONE

    @cached_property
    def discovery(self) -> SubnetDiscovery:
        """What daemons said of the choice that tags leave them."""
        return SubnetDiscovery(self)

    @fact
    def is_tagged_zero(self) -> bool:
        """Whether the value of its discovery tag is 0."""
        return known(self.tags).get(ROLE_TAG) == "0"

    @fact
    def nodes_in_zone(self) -> Items[Node]:
        """The nodes of the VPC CNI in its zone."""
        zone = known(self.zone)
        return known(self.cluster.nodes_of_vpc_cni).where(
            lambda node: found if isinstance(found := node.zone, Unknown) else found == zone
        )

    @fact
    def nodes(self) -> Items[Node]:
        """The nodes whose pods draw on this subnet."""
        return known(self.cluster.nodes_of_vpc_cni).where(lambda node: _is_same(node.pod_subnet, self))

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
            raise NotKnown.because("no node stands in this subnet")
        usual = min(types, key=lambda name: (-types[name], name))
        return next(node for node in nodes if node.instance_type == usual)

    @fact
    def addresses_per_new_node(self) -> int:
        """What one more node of the usual type takes by the time it runs its first pod."""
        return claim_at(known(self.cluster.targets), known(known(self.usual_type_node).shape), 1).addresses

    @fact
    def smallest_request(self) -> int:
        """The least that a node with waiting pods asks of it next; 1 or a prefix when none waits."""
        nodes = known(self.nodes)
        waiting = [n for n in nodes if known(n.starved_pods).elements or pods_without_new_eni(n).elements]
        asked = [request for node in waiting if (request := known(node.next_request)) > 0]
        if asked:
            return min(asked)
        return 16 if known(known(self.usual_type_node).uses_prefixes) else 1

    @fact
    def starved_pods(self) -> Items[Pod]:
        """Waiting pods whose node has no address left and asks this subnet for more than it has."""
        free = known(self.free_ips)
        return self._pods_where(lambda asks: asks > free)

    @fact
    def pods_short_of_prefixes(self) -> Items[Pod]:
        """Waiting pods whose node has no address left and asks this subnet for a prefix."""
        return self._pods_where(lambda asks: asks >= 16)  # noqa: PLR2004 (a /28)

    def _pods_where(self, asks_too_much: Callable[[int], bool]) -> Items[Pod]:
        parts: list[Items[Pod]] = []
        nodes = known(self.nodes)
        for node in nodes:
            asked = node.next_request
            if isinstance(asked, Unknown):
                waiting = known(node.starved_pods)
                parts.append(Items((), asked) if waiting.elements or waiting.missing is not None else Items())
            elif asks_too_much(asked):
                parts += [known(node.pods_short_of_subnet), pods_without_new_eni(node)]
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
        heard = self.cluster.heard
        found = sum(one.count for one in heard.refused_in(self.id, *classes))
        if not found:
            for node in known(self.nodes).all():
                heard.require_hearing(node.name)
        return found

    @fact
    def pods_refused(self) -> Items[Pod]:
        """Waiting pods of the nodes on which EC2's refusals were heard, and are heard still."""
        heard = self.cluster.heard
        said = [one for one in heard.refused_in(self.id, *SUBNET_REFUSALS) if one.node]
        still = {one.node for one in said if not heard.is_quiet_since(one)}
        nodes = [self.cluster.node_named(name) for name in sorted({one.node for one in said})]
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
        if any(known(node.uses_prefixes) for node in nodes):
            return True
        nodes.all()
        return False

    @fact
    def room_for_pods(self) -> int:
        """Addresses that the pools of its nodes hold or could still take."""
        return known(self.free_ips) + sum(known(node.total_ips) for node in known(self.nodes).all())

    @fact
    def wanted_by_node(self) -> list[int]:
        """Of each of its nodes the addresses that pods hold or wait for."""
        return [known(node.wanted_ips) for node in known(self.nodes).all()]

    @fact
    def left_after_lowering(self) -> int:
        """Addresses still free when every node holds its share under the lowered targets."""
        demand = known(self.cluster.lowered_targets).demand(known(self.wanted_by_node))
        return known(self.room_for_pods) - demand

    @fact
    def freed_by_lowering(self) -> int:
        """Addresses that the lowered warm targets would give back here."""
        return freed(
            (known(node.pool) for node in known(self.nodes).all()), known(self.cluster.lowered_targets)
        )

    @fact
    def full_plan(self) -> int:
        """Addresses that its nodes hold once each runs as many pods as kubelet and type allow."""
        return sum(known(node.full_claim) for node in known(self.nodes).all())

    @fact
    def room_of_plan(self) -> int:
        """Usable addresses of it, and of the other subnets that discovery may take instead."""
        subnets = {self.id: self}
        if known(self.cluster.cni.subnet_discovery) and not known(self.cluster.cni.custom_networking):
            for node in known(self.nodes).all():
                subnets |= {found.id: found for found in known(node.discovered_subnets)}
        return sum(known(subnet.usable_ips) for subnet in subnets.values())

    @fact
    def idle_ips(self) -> int:
        """Addresses that nodes here hold and no pod uses."""
        return sum(known(node.available_ips) for node in known(self.nodes).all())

    @fact
    def reserved_out_of_reach(self) -> int:
        """Addresses that nobody holds and that reservations keep from the pools of this mode."""
        known(self.reservations).all()
        whole_blocks = known(self._held).withheld_prefixes * BLOCK
        return whole_blocks if known(self.uses_prefixes) else known(self.reserved_ips)

    @fact
    def free_in_reach(self) -> int:
        """Free addresses that the pools of this mode can take: outside reservations, or in whole prefixes."""
        known(self.reservations).all()
        found = known(self._held)
        if found.hidden:
            raise NotKnown.because(f"{found.hidden} addresses are held by somebody this account cannot see")
        in_reach = found.free_prefixes * BLOCK if known(self.uses_prefixes) else found.free
        return min(in_reach, known(self.free_ips))

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
