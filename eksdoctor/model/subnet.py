"""A subnet: what it has, what is left, who asks it for more."""

from collections import Counter
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING

from eksdoctor.model import sources
from eksdoctor.model.address_map import BLOCK, AddressMap, Holding
from eksdoctor.model.discovery import ROLE_TAG
from eksdoctor.model.fact import Items, NotKnown, Unknown, fact, join, known, union
from eksdoctor.model.holders import Estate
from eksdoctor.model.lowering import freed
from eksdoctor.model.node import Node
from eksdoctor.model.pod import Pod
from eksdoctor.model.pool import claim_at
from eksdoctor.model.prefixes import free_prefixes, usable
from eksdoctor.model.sight import gap
from eksdoctor.model.survey import LARGEST, SMALLEST, survey
from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.records import aws

if TYPE_CHECKING:
    from eksdoctor.model.cluster import Cluster

EXPLICIT, PREFIX = "explicit", "prefix"


class Subnet:
    """One subnet of the cluster's VPC; `record` is None for one that is only named somewhere."""

    id: str

    def __init__(self, cluster: "Cluster", subnet_id: str, record: aws.Subnet | None) -> None:
        self.cluster = cluster
        self.id = subnet_id
        self.record = record

    def __str__(self) -> str:
        return self.id

    def _known_record(self) -> aws.Subnet:
        if self.record is not None:
            return self.record
        self.cluster.subnet_records.all()
        raise NotKnown.because("the subnet does not exist in the cluster's VPC")

    @fact
    def zone(self) -> str:
        """Availability zone."""
        return self._known_record().availability_zone

    @fact
    def cidr(self) -> IPv4Network:
        """Its IPv4 range."""
        try:
            return IPv4Network(self._known_record().cidr_block)
        except ValueError as error:
            raise NotKnown.because("the subnet states no IPv4 range") from error

    @fact
    def usable_ips(self) -> int:
        """Addresses less the five that AWS keeps."""
        return usable(known(self.cidr))

    @fact
    def free_ips(self) -> int:
        """AvailableIpAddressCount."""
        count = self._known_record().available_ip_address_count
        if count is None:
            raise NotKnown.because("the subnet's free count is not in the answer")
        return count

    @fact
    def free_percent(self) -> int:
        """Free addresses in whole per cent of the usable ones."""
        return known(self.free_ips) * 100 // max(known(self.usable_ips), 1)

    @fact
    def tags(self) -> dict[str, str]:
        """Its tags."""
        return {tag.key: tag.value for tag in self._known_record().tags}

    @property
    def is_tagged_for_pods(self) -> bool:
        """Whether it carries the CNI's discovery tag, with any value."""
        return self.record is not None and any(tag.key == ROLE_TAG for tag in self.record.tags)

    @fact
    def has_discovery_tag_in_zone(self) -> bool:
        """Whether a subnet of this zone carries the CNI's discovery tag, with any value."""
        zone = known(self.zone)
        return any(s.is_tagged_for_pods for s in self.cluster.subnet_records.all() if known(s.zone) == zone)

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
        waiting = [node for node in known(self.nodes) if known(node.starved_pods).elements]
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
                parts.append(known(node.pods_short_of_subnet))
        found = union(parts)
        if nodes.missing is None:
            return found
        return Items(
            found.elements, join([nodes.missing, *([found.missing] if found.missing is not None else [])])
        )

    @fact
    def refusals_for_addresses(self) -> int:
        """Nodes here that EC2 refused an address for want of free ones, as far as anybody heard."""
        heard = sum(1 for node in known(self.nodes) if node.agent_saw_no_addresses is True)
        if heard:
            return heard
        raise NotKnown(self.cluster.unheard)

    @fact
    def interfaces(self) -> Items[aws.NetworkInterface]:
        """Every ENI in the subnet that this account can see."""
        self.cluster.require_same_cluster()
        missing = gap(self.cluster.snapshot, sources.interfaces(self.id))
        return Items(self.cluster.interfaces_in(self.id), missing)

    @fact
    def reservations(self) -> Items[aws.CidrReservation]:
        """Its CIDR reservations."""
        found = self.cluster.snapshot.of(kinds.RESERVATIONS)
        mine = tuple(reservation for reservation in found if reservation.subnet_id == self.id)
        return Items(mine, gap(self.cluster.snapshot, sources.reservations(self.id)))

    @fact
    def reserved_ranges(self) -> tuple[IPv4Network, ...]:
        """Explicit reservations, from which neither addresses nor prefixes are taken by themselves."""
        reservations = known(self.reservations).all()
        return tuple(
            IPv4Network(r.cidr) for r in reservations if r.reservation_type == EXPLICIT and ":" not in r.cidr
        )

    @fact
    def held_ips(self) -> int:
        """Addresses held by ENIs that can be seen, prefixes counted whole."""
        return sum(
            len(eni.private_ip_addresses) + 16 * len(eni.ipv4_prefixes)
            for eni in known(self.interfaces).all()
        )

    @fact
    def hidden_ips(self) -> int:
        """Addresses in use that no visible ENI holds: another account's in a shared VPC, or reserved."""
        return max(known(self.usable_ips) - known(self.free_ips) - known(self.held_ips), 0)

    @fact
    def prefixes_without_visible_holder(self) -> int:
        """Aligned /28s outside reservations that hold no visible address."""
        held: list[int] = []
        for eni in known(self.interfaces).all():
            held += [int(IPv4Address(address.private_ip_address)) for address in eni.private_ip_addresses]
            held += [int(IPv4Network(prefix.ipv4_prefix).network_address) for prefix in eni.ipv4_prefixes]
        return free_prefixes(known(self.cidr), held, known(self.reserved_ranges))

    @fact
    def free_prefixes(self) -> int:
        """Wholly free aligned /28s; with holders that cannot be seen, only their absence is certain."""
        count = known(self.prefixes_without_visible_holder)
        hidden = known(self.hidden_ips)
        if count and hidden:
            raise NotKnown.because(f"{hidden} addresses are held by somebody this account cannot see")
        return count

    @fact
    def uses_prefixes(self) -> bool:
        """Whether nodes here ask for prefixes."""
        return any(known(node.uses_prefixes) for node in known(self.nodes))

    @fact
    def room_for_pods(self) -> int:
        """Addresses that the pools of its nodes hold or could still take."""
        return known(self.free_ips) + sum(known(node.total_ips) for node in known(self.nodes).all())

    @fact
    def left_after_lowering(self) -> int:
        """Addresses still free when every node holds its share under the lowered targets."""
        wanted = [known(node.wanted_ips) for node in known(self.nodes).all()]
        return known(self.room_for_pods) - known(self.cluster.lowered_targets).demand(wanted)

    @fact
    def freed_by_lowering(self) -> int:
        """Addresses that the lowered warm targets would give back here."""
        return freed(
            (known(node.pool) for node in known(self.nodes).all()), known(self.cluster.lowered_targets)
        )

    @fact
    def idle_ips(self) -> int:
        """Addresses that nodes here hold and no pod uses."""
        return sum(known(node.available_ips) for node in known(self.nodes).all())

    # --- who holds what ------------------------------------------------------------------------

    @fact
    def address_map(self) -> AddressMap:
        """What every address is used for."""
        known(self.reservations).all()
        return self._surveyed(known(self.pod_addresses))

    @fact
    def _held(self) -> AddressMap:
        """The map without its pods: who holds what can be told where pods or reservations cannot be read."""
        return self._surveyed(frozenset())

    def _surveyed(self, pods: frozenset[str]) -> AddressMap:
        if not LARGEST <= known(self.cidr).prefixlen <= SMALLEST:
            raise NotKnown.because("the range is none that EC2 allows a subnet")
        reservations = known(self.reservations)
        return survey(
            known(self.cidr),
            known(self.interfaces).all(),
            reservations.elements,
            known(self._estate),
            pods=pods,
            available=known(self.free_ips) if reservations.missing is None else None,
        )

    @fact
    def _estate(self) -> Estate:
        nodes, snapshot = known(self.cluster.nodes).all(), self.cluster.snapshot
        instances, addresses = [node.instance_id for node in nodes], [node.internal_ip for node in nodes]
        return Estate.of(
            known(self.cluster.target_name),
            (found for found in instances if isinstance(found, str)),
            (found for found in addresses if isinstance(found, str)),
            snapshot.of(kinds.INTERFACES),
            self.cluster.at,
        )

    @fact
    def pod_addresses(self) -> frozenset[str]:
        """Addresses of the cluster's pods: those of the API server's table, and of pods read one by one."""
        table = self.cluster.pod_table()
        for node in table.unclear_nodes:  # of these the table does not say who is over
            self.cluster.pods_on(node).all()
        records = (pod.record for pod in self.cluster.pods if pod.has_address and not pod.is_over)
        return frozenset(table.by_address) | {
            record.status.pod_ip for record in records if record is not None
        }

    @fact
    def fragmentation_score(self) -> int:
        """Aligned /28s that no prefix can be made of, in per cent; 100 is a subnet without a free one."""
        known(self.free_prefixes)  # not known where addresses are held by somebody who cannot be seen
        return known(self._held).fragmentation_score

    @fact
    def other_holders(self) -> Items[Holding]:
        """Who else holds addresses here, largest first; this cluster's own control plane does not count."""
        return Items(known(self._held).others, known(self.reservations).missing)

    @fact
    def addresses_of_others(self) -> int:
        """Addresses that others hold, at least."""
        return known(self._held).held_by_others

    @fact
    def single_addresses_of_others(self) -> int:
        """Addresses that others hold one by one, anywhere between the prefixes."""
        found = known(self._held)
        if not found.single_of_others and known(self.hidden_ips):
            raise NotKnown.because(
                f"{known(self.hidden_ips)} addresses are held by somebody this account cannot see"
            )
        return found.single_of_others

    @fact
    def addresses_of_other_clusters(self) -> int:
        """Addresses that other clusters' nodes and pods hold, by their tags."""
        return known(self._held).of_other_clusters

    @fact
    def leaked_interfaces(self) -> Items[aws.NetworkInterface]:
        """ENIs that the CNI or the resource controller made and nobody uses any more."""
        return Items(known(self._held).leaked)

    @fact
    def leaked_ips(self) -> int:
        """Addresses that they hold."""
        return sum(holding.addresses for holding in known(self._held).of_leaked)

    @fact
    def prefix_reservations(self) -> int:
        """Reservations from which only prefixes are taken."""
        return sum(1 for found in known(self.reservations).all() if found.reservation_type == PREFIX)

    @fact
    def reserved_ips(self) -> int:
        """Addresses that nobody holds in reservations of either type."""
        known(self.reservations).all()
        return known(self._held).reserved

    @fact
    def reserved_for_prefixes(self) -> int:
        """Those of them that are for prefixes only."""
        known(self.reservations).all()
        return known(self._held).reserved_for_prefixes

    @fact
    def free_outside_reservations(self) -> int:
        """Addresses that look free to anybody."""
        known(self.reservations).all()
        return known(self._held).free

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

    @fact
    def idle_prefixes(self) -> int:
        """Prefixes of nodes here in which no pod has an address."""
        return known(self.address_map).idle_prefixes


def _is_same(found: "Subnet | Unknown", wanted: Subnet) -> bool | Unknown:
    return found if isinstance(found, Unknown) else found is wanted
