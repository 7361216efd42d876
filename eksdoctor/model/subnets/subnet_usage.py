"""Who holds the addresses of a subnet: the facts of its address map."""

from eksdoctor.model.addresses.address_map import AddressMap, Holding
from eksdoctor.model.addresses.address_map_builder import LARGEST, SMALLEST, survey
from eksdoctor.model.addresses.eni_owner import Estate
from eksdoctor.model.aws_node.cooldown import CoolingAddresses
from eksdoctor.model.entities.nodes import Nodes
from eksdoctor.model.entities.pods import Pods
from eksdoctor.model.entities.subnet import PREFIX, SubnetPart
from eksdoctor.model.facts.fact import Items, NotKnown, fact, known
from eksdoctor.model.pods.pod_table import PodRows
from eksdoctor.snapshot.records import aws
from eksdoctor.snapshot.records.aws import DESCRIBE_NETWORK_INTERFACES


class SubnetUsage(SubnetPart, inline=True):
    """What the IPs of a subnet are used for, by ENIs, reservations and the pod table."""

    @fact
    def address_map(self) -> AddressMap:
        """What every address is used for."""
        known(self.subnet.reservations).all()
        return self._surveyed(known(self.pod_addresses))

    @fact
    def holdings(self) -> AddressMap:
        """The map without its pods: who holds what can be told where pods or reservations cannot be read."""
        return self._surveyed(frozenset())

    def _surveyed(self, pods: frozenset[str]) -> AddressMap:
        if not LARGEST <= known(self.subnet.cidr).prefixlen <= SMALLEST:
            raise NotKnown.because("EC2 allows no subnet with this CIDR")
        reservations = known(self.subnet.reservations)
        return survey(
            known(self.subnet.cidr),
            known(self.subnet.interfaces).all(),
            reservations.elements,
            known(self._estate),
            pods=pods,
            cooling=self.subnet.cluster.part(CoolingAddresses).cooling_addresses,
            available=known(self.subnet.free_ips) if reservations.missing is None else None,
        )

    @fact
    def _estate(self) -> Estate:
        nodes, snapshot = known(self.subnet.cluster.part(Nodes).nodes).all(), self.subnet.cluster.snapshot
        instances, addresses = [node.instance_id for node in nodes], [node.internal_ip for node in nodes]
        return Estate.of(
            known(self.subnet.cluster.target_name),
            (found for found in instances if isinstance(found, str)),
            (found for found in addresses if isinstance(found, str)),
            snapshot.of(DESCRIBE_NETWORK_INTERFACES.kind),
            self.subnet.cluster.at,
        )

    @fact
    def pod_addresses(self) -> frozenset[str]:
        """Addresses of the cluster's pods: those of the API server's table, and of pods read one by one."""
        table = self.subnet.cluster.part(PodRows).pod_table()
        for node in table.unclear_nodes:  # of these the table does not say who is over
            self.subnet.cluster.part(Pods).pods_on(node).all()
        records = (
            pod.record for pod in self.subnet.cluster.part(Pods).pods if pod.has_address and not pod.is_over
        )
        return frozenset(table.by_address) | {
            record.status.pod_ip for record in records if record is not None
        }

    @fact
    def fragmentation_score(self) -> int:
        """Aligned /28s that no prefix can be made of, in per cent; 100 is a subnet without a free one."""
        known(self.subnet.free_prefixes)  # not known where addresses are held by somebody who cannot be seen
        return known(self.holdings).fragmentation_score

    @fact
    def fragmented_prefixes(self) -> int:
        """Aligned /28s that are partly taken, as far as holders can be seen."""
        return known(self.holdings).fragmented_prefixes

    @fact
    def full_prefixes(self) -> int:
        """Aligned /28s that are wholly taken, or reserved explicitly, as far as holders can be seen."""
        return known(self.holdings).full_prefixes

    @fact
    def other_holders(self) -> Items[Holding]:
        """Who else holds addresses here, largest first; this cluster's own control plane does not count."""
        return Items(known(self.holdings).others, known(self.subnet.reservations).missing)

    @fact
    def addresses_of_others(self) -> int:
        """Addresses that others hold, at least."""
        return known(self.holdings).held_by_others

    @fact
    def single_addresses_of_others(self) -> int:
        """Addresses that others hold one by one, anywhere between the prefixes."""
        found = known(self.holdings)
        if not found.single_of_others and known(self.subnet.hidden_ips):
            raise NotKnown.because(
                f"{known(self.subnet.hidden_ips)} IPs belong to an owner that this account cannot see"
            )
        return found.single_of_others

    @fact
    def addresses_of_other_clusters(self) -> int:
        """Addresses that other clusters' nodes and pods hold, by their tags."""
        return known(self.holdings).of_other_clusters

    @fact
    def leaked_interfaces(self) -> Items[aws.NetworkInterface]:
        """ENIs that the CNI or the resource controller made and nobody uses any more."""
        return Items(known(self.holdings).leaked)

    @fact
    def leaked_ips(self) -> int:
        """Addresses that they hold."""
        return sum(holding.addresses for holding in known(self.holdings).of_leaked)

    @fact
    def prefix_reservations(self) -> int:
        """Reservations from which only prefixes are taken."""
        return sum(1 for found in known(self.subnet.reservations).all() if found.reservation_type == PREFIX)

    @fact
    def reserved_ips(self) -> int:
        """Addresses that nobody holds in reservations of either type."""
        known(self.subnet.reservations).all()
        return known(self.holdings).reserved

    @fact
    def reserved_for_prefixes(self) -> int:
        """Those of them that are for prefixes only."""
        known(self.subnet.reservations).all()
        return known(self.holdings).reserved_for_prefixes

    @fact
    def free_outside_reservations(self) -> int:
        """Addresses that look free to anybody."""
        known(self.subnet.reservations).all()
        return known(self.holdings).free

    @fact
    def idle_prefixes(self) -> int:
        """Prefixes of nodes here in which no pod has an address."""
        return known(self.address_map).idle_prefixes
