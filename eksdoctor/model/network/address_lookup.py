"""Who stands at an address: the ENI that holds it, the groups of that, and the rules of those."""

from functools import cached_property
from ipaddress import IPv4Address, ip_address

from eksdoctor.model.entities.cluster import Cluster, ClusterPart
from eksdoctor.model.entities.subnets import Subnets
from eksdoctor.model.facts import requests
from eksdoctor.model.facts.coverage import gap
from eksdoctor.model.facts.fact import Items, NotKnown, Unknown
from eksdoctor.model.network.security_group_rules import Peer
from eksdoctor.snapshot.records import aws
from eksdoctor.snapshot.records.aws import DESCRIBE_NETWORK_INTERFACES
from eksdoctor.snapshot.records.network import DESCRIBE_SECURITY_GROUP_RULES, SecurityGroupRule


class Peers(ClusterPart):
    """The ends of connections within the cluster's VPC."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.snapshot = cluster.snapshot

    def rules_of(self, group: str) -> Items[SecurityGroupRule]:
        """The rules of a group."""
        vpc = self.cluster.vpc_id
        if isinstance(vpc, Unknown):  # AWS may show another cluster's
            return Items((), vpc)
        asked = requests.asked_with(self.snapshot, requests.security_group_rules([group]))
        return Items(self._rules.get(group, ()), gap(self.snapshot, asked))

    @cached_property
    def _rules(self) -> dict[str, tuple[SecurityGroupRule, ...]]:
        found: dict[str, tuple[SecurityGroupRule, ...]] = {}
        for rule in self.snapshot.of(DESCRIBE_SECURITY_GROUP_RULES.kind):
            found[rule.group_id] = (*found.get(rule.group_id, ()), rule)
        return found

    def peer_at(self, address: str) -> Peer:
        """An address and the groups of its ENI; raises NotKnown when it is no address."""
        try:
            parsed = ip_address(address)
        except ValueError as error:
            raise NotKnown.because("an IP could not be parsed") from error
        try:
            return Peer(parsed, self._groups_at(address))
        except NotKnown as missing:
            return Peer(parsed, missing.unknown)

    def _groups_at(self, address: str) -> tuple[str, ...]:
        eni = self.interface_at(address)
        if eni.groups is None:
            raise NotKnown.because(
                "this snapshot does not contain the security groups of ENIs", "a new snapshot"
            )
        return tuple(group.group_id for group in eni.groups)

    def interface_at(self, address: str) -> aws.NetworkInterface:
        """The ENI that holds an IPv4 address; raises NotKnown when it is not seen."""
        self.cluster.require_same_cluster()
        try:
            number = int(IPv4Address(address))
        except ValueError as error:
            raise NotKnown.because("the IPv6 IPs of ENIs are not collected") from error
        found = self._holders.get(number) or self._holders_of_prefixes.get(number >> 4)
        if found is not None:
            return found
        subnet = self.cluster.part(Subnets).subnet_at(number)
        if subnet is None:
            self.cluster.part(Subnets).subnet_records.all()
            raise NotKnown.because(f"{address} is in no subnet of the cluster's VPC")
        missing = gap(self.snapshot, requests.interfaces(subnet.id))
        raise NotKnown(missing if missing is not None else Unknown.because(f"no ENI holds {address}"))

    @cached_property
    def _holders(self) -> dict[int, aws.NetworkInterface]:
        return {
            number: eni
            for eni in self.snapshot.of(DESCRIBE_NETWORK_INTERFACES.kind)
            for address in eni.private_ip_addresses
            if (number := number_of(address.private_ip_address)) is not None
        }

    @cached_property
    def _holders_of_prefixes(self) -> dict[int, aws.NetworkInterface]:
        """By the upper 28 bits."""
        return {
            number >> 4: eni
            for eni in self.snapshot.of(DESCRIBE_NETWORK_INTERFACES.kind)
            for prefix in eni.ipv4_prefixes
            if (number := number_of(prefix.ipv4_prefix.partition("/")[0])) is not None
        }


def number_of(address: str) -> int | None:
    """An IPv4 address as a number; None for anything else."""
    try:
        return int(IPv4Address(address))
    except ValueError:
        return None
