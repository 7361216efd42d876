"""A subnet as EC2 describes it."""

import re
from collections import defaultdict
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network

from eksdoctor.model.addresses.free_prefixes import free_prefixes, usable
from eksdoctor.model.aws_node_settings.discovery_tag import ROLE_TAG
from eksdoctor.model.entities.cluster import Cluster
from eksdoctor.model.entities.interfaces import Interfaces
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import Items, NotKnown, fact, known
from eksdoctor.model.facts.subject import Part, Subject
from eksdoctor.snapshot.records import aws
from eksdoctor.snapshot.records.aws import GET_SUBNET_CIDR_RESERVATIONS

EXPLICIT, PREFIX = "explicit", "prefix"
ID = re.compile(r"subnet-[0-9a-z-]{1,64}")


class Subnet(Subject):
    """One subnet of the VPC; `record` is None for one that is only named somewhere."""

    id: str

    def __init__(self, cluster: "Cluster", subnet_id: str, record: aws.Subnet | None) -> None:
        self.cluster = cluster
        self.id = subnet_id
        self.record = record

    def __str__(self) -> str:
        return self.id

    @fact
    def id_in_aws(self) -> str:
        """Its id where that is one AWS takes: nothing may tell more of it than whose pods draw on it."""
        if not ID.fullmatch(self.id):
            self.cluster.require_subnets()
            raise NotKnown.because(f"the AWS response does not show which subnet {self.id} is")
        return self.id

    def _known_record(self) -> aws.Subnet:
        if self.record is not None:
            return self.record
        self.cluster.require_subnets()
        raise NotKnown.because("the subnet does not exist in the cluster's VPC")

    @fact
    def exists(self) -> bool:
        """Whether it is one of the cluster's VPC; False when the VPC's subnets are known and it is none."""
        vpc = known(self.cluster.vpc_id)
        if self.record is not None and self.record.vpc_id == vpc:
            return True
        self.cluster.require_subnets()
        return False

    @fact
    def zone(self) -> str:
        """Availability zone."""
        return self._known_record().availability_zone

    @property
    def zone_id(self) -> str:
        """The zone's id, the same in every account; empty where the answer does not say."""
        return self.record.availability_zone_id if self.record is not None else ""

    @fact
    def cidr(self) -> IPv4Network:
        """Its IPv4 range."""
        try:
            return IPv4Network(self._known_record().cidr_block)
        except ValueError as error:
            raise NotKnown.because("the subnet has no IPv4 CIDR") from error

    @fact
    def usable_ips(self) -> int:
        """Addresses less the five that AWS keeps."""
        return usable(known(self.cidr))

    @fact
    def free_ips(self) -> int:
        """AvailableIpAddressCount."""
        count = self._known_record().available_ip_address_count
        if count is None:
            raise NotKnown.because("the AWS response has no count of free IPs for the subnet")
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
    def interfaces(self) -> Items[aws.NetworkInterface]:
        """Every ENI in the subnet that this account can see."""
        self.cluster.require_same_cluster()
        missing = gap(self.cluster.snapshot, requests.interfaces(self.id))
        return Items(self.cluster.part(Interfaces).interfaces_in(self.id), missing)

    def interfaces_of(self, instance: str) -> Items[aws.NetworkInterface]:
        """Its ENIs that are attached to an instance."""
        return Items(tuple(self._by_instance.get(instance, ())), known(self.interfaces).missing)

    @cached_property
    def _by_instance(self) -> dict[str, list[aws.NetworkInterface]]:
        found: dict[str, list[aws.NetworkInterface]] = defaultdict(list)
        for eni in known(self.interfaces):
            if eni.attachment is not None:
                found[eni.attachment.instance_id].append(eni)
        return found

    @fact
    def reservations(self) -> Items[aws.CidrReservation]:
        """Its CIDR reservations."""
        found = self.cluster.snapshot.of(GET_SUBNET_CIDR_RESERVATIONS.kind)
        mine = tuple(reservation for reservation in found if reservation.subnet_id == self.id)
        return Items(mine, gap(self.cluster.snapshot, requests.reservations(self.id)))

    @fact
    def reserved_ranges(self) -> tuple[IPv4Network, ...]:
        """Explicit reservations, from which neither addresses nor prefixes are taken by themselves."""
        reservations = known(self.reservations).all()
        explicit = (r.cidr for r in reservations if r.reservation_type == EXPLICIT and ":" not in r.cidr)
        return tuple(network_of(cidr) for cidr in explicit)

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
            held += [first_of(address.private_ip_address) for address in eni.private_ip_addresses]
            held += [first_of(prefix.ipv4_prefix) for prefix in eni.ipv4_prefixes]
        return free_prefixes(known(self.cidr), held, known(self.reserved_ranges))

    @fact
    def free_prefixes(self) -> int:
        """Wholly free aligned /28s; with holders that cannot be seen, only their absence is certain."""
        count = known(self.prefixes_without_visible_holder)
        hidden = known(self.hidden_ips)
        if count and hidden:
            raise NotKnown.because(f"{hidden} IPs belong to an owner that this account cannot see")
        return count


class SubnetPart(Part, of=Subnet):
    """Facts of one topic about a subnet."""

    def __init__(self, subnet: Subnet) -> None:
        self.subnet = subnet


def network_of(cidr: str) -> IPv4Network:
    """A range as AWS writes it; raises NotKnown for what is none."""
    try:
        return IPv4Network(cidr, strict=False)
    except ValueError as error:
        raise NotKnown.because("a CIDR in the AWS response cannot be parsed") from error


def first_of(address: str) -> int:
    """An address, or the first of a prefix, as a number; raises NotKnown for what is none."""
    try:
        return int(IPv4Address(address.partition("/")[0]))
    except ValueError as error:
        raise NotKnown.because("an IP in the AWS response cannot be parsed") from error
