"""Who holds the addresses of a subnet: the facts of its address map."""

from eksdoctor.model.facts.fact import Items, NotKnown, fact, known
from eksdoctor.model.subnets.address_map import AddressMap, Holding
from eksdoctor.model.subnets.address_map_builder import LARGEST, SMALLEST, survey
from eksdoctor.model.subnets.eni_owner import Estate
from eksdoctor.model.subnets.subnet_record import PREFIX, SubnetAddresses
from eksdoctor.snapshot import kinds
from eksdoctor.snapshot.records import aws


class SubnetHolders(SubnetAddresses):
    """The holders of a subnet's addresses, as ENIs, reservations and the pod table show them."""

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
            cooling=self.cluster.cooling_addresses,
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
    def fragmented_prefixes(self) -> int:
        """Aligned /28s that are partly taken, as far as holders can be seen."""
        return known(self._held).fragmented_prefixes

    @fact
    def full_prefixes(self) -> int:
        """Aligned /28s that are wholly taken, or reserved explicitly, as far as holders can be seen."""
        return known(self._held).full_prefixes

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
    def idle_prefixes(self) -> int:
        """Prefixes of nodes here in which no pod has an address."""
        return known(self.address_map).idle_prefixes
