"""The subnets of a cluster's VPC."""

from functools import cached_property
from ipaddress import IPv4Network

from eksdoctor.model.entities.cluster import ClusterPart
from eksdoctor.model.entities.subnet import Subnet, SubnetPart
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import Items, Unknown, fact, known
from eksdoctor.snapshot.records.aws import DESCRIBE_SUBNETS


class Subnets(ClusterPart, inline=True):
    """The subnets of the cluster's VPC."""

    @cached_property
    def _subnets(self) -> dict[str, Subnet]:
        return {
            record.subnet_id: Subnet(self.cluster, record.subnet_id, record)
            for record in self.cluster.snapshot.of(DESCRIBE_SUBNETS.kind)
        }

    @cached_property
    def subnet_records(self) -> Items[Subnet]:
        """The subnets of the cluster's VPC."""
        vpc = self.cluster.vpc_id
        if isinstance(vpc, Unknown):
            return Items((), vpc)
        mine = tuple(s for s in self._subnets.values() if s.record is not None and s.record.vpc_id == vpc)
        return Items(mine, gap(self.cluster.snapshot, requests.subnets(vpc)))

    def subnet_named(self, subnet_id: str) -> Subnet:
        """A subnet by id; one that is only named somewhere has unknown facts."""
        if subnet_id not in self._subnets:
            self._subnets[subnet_id] = Subnet(self.cluster, subnet_id, None)
        return self._subnets[subnet_id]

    @cached_property
    def _ranges(self) -> list[tuple[int, int, Subnet]]:
        ranges = []
        for subnet in self.subnet_records:
            network = subnet.cidr
            if isinstance(network, IPv4Network):
                ranges.append((int(network.network_address), int(network.broadcast_address), subnet))
        return ranges

    def subnet_at(self, address: int) -> Subnet | None:
        """The VPC's subnet that an address lies in."""
        return next((subnet for first, last, subnet in self._ranges if first <= address <= last), None)


class DiscoveryInZone(SubnetPart, inline=True):
    """Whether discovery tags are in use in a subnet's zone."""

    @fact
    def has_discovery_tag_in_zone(self) -> bool:
        """Whether a subnet of this zone carries the CNI's discovery tag, with any value."""
        zone = known(self.subnet.zone)
        return any(
            s.is_tagged_for_pods
            for s in self.subnet.cluster.part(Subnets).subnet_records.all()
            if known(s.zone) == zone
        )
